import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launch, open_page, settled } from './browser.mjs';
import { workshop } from './generated.mjs';
import { Program } from './program.mjs';

const program = new Program();
let browser;
let page;

before(async () => {
  program.import(workshop());
  await program.start();
  browser = await launch();
});
after(async () => {
  await browser.close();
  await program.remove();
});
afterEach(async () => {
  const { problems } = page;
  await page.context().close();
  assert.deepEqual(problems, []);
});

const open = async (hash) => {
  page = await open_page(browser, program.url);
  await page.show(hash);
};
const ask = async (path) => (await fetch(program.url + path)).json();

test('the totals are those of the archive', async () => {
  await open('#/overview?range=all');
  const [calls, messages] = await Promise.all(['calls', 'messages'].map(async (list) => (await ask(`/v1/${list}?limit=500`)).data));
  const tiles = await page.locator('.tile strong').allInnerTexts();
  assert.equal(tiles[0], String(calls.length));
  assert.equal(tiles[1], String(messages.length));
  const minutes = calls.reduce((sum, call) => sum + call.duration_seconds / 60, 0);
  assert.ok(Math.abs(Number(tiles[2].replace(',', '')) - minutes) < 2);
});

test('every plot is drawn, in the colours of the look, and again in the dark', async () => {
  await open('#/overview');
  const drawn = () => page.locator('.plot canvas').evaluateAll((canvases) => canvases.map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Map();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) {
      const colour = `${data[i]} ${data[i + 1]} ${data[i + 2]}`;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    return [...colours].filter(([, n]) => n > 200).map(([colour]) => colour);
  }));
  const light = await drawn();
  assert.equal(light.length, 3);
  for (const colours of light) assert.ok(colours.includes('31 111 116') && colours.includes('211 162 76'), colours.join(', '));
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForFunction(() => document.querySelectorAll('.plot canvas').length === 3);
  for (const colours of await drawn()) assert.ok(colours.includes('95 179 176'), colours.join(', '));
});

test('a bar tells its numbers and leads to the list that it counts', async () => {
  await open('#/overview?range=30d');
  const { data } = await ask('/v1/stats?by=day&tz=Europe/Paris');
  const last = data.at(-1);
  const plot = page.locator('.plot').first();
  const box = await plot.locator('.u-over').boundingBox();
  await page.mouse.move(box.x + box.width - 4, box.y + box.height - 4);
  const readout = await page.locator('.readout').first().innerText();
  assert.ok(readout.includes(`${last.calls} call`), readout);
  await page.mouse.click(box.x + box.width - 4, box.y + box.height - 4);
  await page.waitForFunction(() => location.hash.startsWith('#/find?kind=call'));
  await settled(page);
  assert.equal(await page.locator('.hit').count(), last.calls);
});

test('rankings count what their links list', async () => {
  await open('#/overview?range=all');
  for (const title of ['Tags', 'Results', 'Users']) {
    const first = page.locator('.panel', { has: page.getByRole('heading', { name: title }) }).locator('.ranking a').first();
    const counted = Number(await first.locator('.n').innerText());
    const query = new URLSearchParams((await first.getAttribute('href')).split('?')[1]);
    query.delete('kind');
    const { data } = await ask(`/v1/calls?limit=500&${query}`);
    assert.equal(data.length, counted, title);
  }
});

test('the heat map counts every call and message of its time once', async () => {
  await open('#/overview?range=30d');
  const cells = (await page.locator('.heat tbody td').allTextContents()).map((text) => Number(text.replace(',', '')));
  assert.equal(cells.length, 7 * 24);
  const tiles = (await page.locator('.tile strong').allInnerTexts()).map((text) => Number(text.replace(',', '')));
  assert.equal(cells.reduce((sum, n) => sum + n, 0), tiles[0] + tiles[1]);
});

test('the same numbers stand in a table for those who do not see plots', async () => {
  await open('#/overview?range=all');
  await page.getByText('As a table').click();
  const calls = await page.locator('.as-table tbody tr').evaluateAll((rows) =>
    rows.reduce((sum, row) => sum + Number(row.children[2].textContent.replace(',', '')), 0));
  assert.equal(String(calls), await page.locator('.tile strong').first().innerText());
});

test('another range is another address', async () => {
  await open('#/overview');
  await page.getByRole('link', { name: '7 days' }).click();
  await page.waitForFunction(() => location.hash === '#/overview?range=7d');
  await page.getByRole('heading', { name: 'Calls per hour' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Calls per day' }).waitFor();
});
