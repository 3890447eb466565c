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
const ids = async (path) => (await (await fetch(program.url + path)).json()).data.map(({ id }) => id);

test('typing searches, marks the words, and lands on the line', async () => {
  await open('#/');
  await page.getByLabel('Search calls, messages and contacts').pressSequentially('weather');
  await page.waitForFunction(() => location.hash === '#/find?q=weather');
  await page.getByText('Nothing found').waitFor();
  await page.keyboard.type('vane');
  await page.locator('mark').first().waitFor();
  assert.deepEqual([...new Set(await page.locator('mark').allTextContents())], ['weathervane']);
  assert.equal(await page.locator('.group').count(), 1);
  assert.match(await page.locator('.group-head').innerText(), /Amelia Hartley/);
  await page.locator('.match', { hasText: 'The weathervane, certainly' }).click();
  const line = page.locator('.line.target');
  await line.waitFor();
  assert.match(await line.innerText(), /The weathervane, certainly/);
  // Back leads to the search as it was, and once more to where the typing began.
  await page.goBack();
  await page.waitForFunction(() => location.hash === '#/find?q=weathervane');
  await page.locator('mark').first().waitFor();
  await page.goBack();
  await page.waitForFunction(() => location.hash === '#/');
});

test('accents, phrases, beginnings and exclusion find what they should', async () => {
  await open('#/find?q=chloe');
  await page.locator('.group', { hasText: 'Chloé Lefèvre' }).first().waitFor();
  await page.show(`#/find?${new URLSearchParams({ q: '"roof tiles" marm* -invoice' })}`);
  assert.match(await page.locator('.hit').innerText(), /marmalade roof tiles/);
});

test('Arabic is found and marked', async () => {
  await open(`#/find?${new URLSearchParams({ q: 'الثلاثاء' })}`);
  assert.equal(await page.locator('mark').first().innerText(), 'الثلاثاء');
});

test('a search that asks for nothing says so', async () => {
  await open('#/find?q=%22%21');
  await page.locator('.notice').waitFor();
  page.problems.length = 0;
});

test('planted markup in an excerpt stays text', async () => {
  await open('#/find?q=planted');
  await page.locator('mark').first().waitFor();
  assert.equal(await page.locator('main img, main script').count(), 0);
  assert.match(await page.locator('.match').first().innerText(), /<img src=x|<script>/);
});

test('a search with filters that only lists know still searches', async () => {
  await open('#/find?q=skylights&tag=meeting_booked');
  const expected = await ids('/v1/calls?q=skylights&tag=meeting_booked&limit=500');
  assert.ok(expected.length > 0);
  assert.equal(await page.locator('.hit').count(), Math.min(50, expected.length));
});

test('filters narrow the list, the address carries them, Back undoes', async () => {
  await open('#/find?kind=call');
  await page.getByLabel('Result').selectOption('VOICEMAIL');
  await page.waitForFunction(() => location.hash.includes('result=VOICEMAIL'));
  await settled(page);
  const expected = await ids('/v1/calls?result=VOICEMAIL&limit=500');
  await page.waitForFunction((n) => document.querySelectorAll('.hit').length === n, Math.min(50, expected.length));
  assert.ok((await page.locator('.hit').allInnerTexts()).every((text) => text.includes('voicemail')));

  await page.getByLabel('Tag').fill('interested');
  await page.getByLabel('Tag').press('Enter');
  await page.waitForFunction(() => location.hash.includes('tag=interested'));
  await settled(page);
  const both = await ids('/v1/calls?result=VOICEMAIL&tag=interested');
  await page.waitForFunction((n) => document.querySelectorAll('.hit').length === n, both.length);
});

test('a link with every filter opens the same list', async () => {
  await open('#/find?kind=message&direction=OUTBOUND&number=%2B14155550111&since=2000-01-01&until=2100-01-01');
  assert.equal(await page.getByLabel('Kind').inputValue(), 'message');
  assert.equal(await page.getByLabel('Direction').inputValue(), 'OUTBOUND');
  assert.equal(await page.getByLabel('Number').inputValue(), '+14155550111');
  assert.equal(await page.getByLabel('From').inputValue(), '2000-01-01');
  const expected = await ids('/v1/messages?direction=OUTBOUND&number=%2B14155550111&limit=500');
  assert.equal(await page.locator('.hit').count(), Math.min(50, expected.length));
  assert.equal(await page.locator('.group').count(), 1);
});

test('a list goes on when it is scrolled', async () => {
  await open('#/find');
  const first = await page.locator('.hit').count();
  await page.locator('main').evaluate((main) => { main.scrollTop = main.scrollHeight; });
  await page.waitForFunction((n) => document.querySelectorAll('.hit').length > n, first);
});

test('nothing found says so', async () => {
  await open('#/find?kind=call&tag=there-is-no-such-tag');
  await page.getByText('Nothing found').waitFor();
});

test('a wrong filter says what is wrong', async () => {
  await open('#/find?since=yesterday');
  await page.locator('.notice', { hasText: 'since' }).waitFor();
});

test('the view can be copied as curl', async () => {
  await open('#/find?kind=call&result=VOICEMAIL');
  await page.getByRole('button', { name: 'curl' }).click();
  await page.getByText('Copied as curl').waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(text, `curl '${program.url}/v1/calls?result=VOICEMAIL'`);
});
