import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { settled } from './browser.mjs';
import { open, page, program } from './opened.mjs';

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
  const drawn_in = (...colours) => page.waitForFunction((wanted) => {
    const canvases = [...document.querySelectorAll('.plot canvas')];
    return canvases.length === 3 && canvases.every((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const found = new Map();
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) {
        const colour = `${data[i]} ${data[i + 1]} ${data[i + 2]}`;
        found.set(colour, (found.get(colour) ?? 0) + 1);
      }
      return wanted.every((colour) => found.get(colour) > 200);
    });
  }, colours);
  await drawn_in('31 111 116', '211 162 76');
  await page.emulateMedia({ colorScheme: 'dark' });
  await drawn_in('95 179 176', '185 140 66');
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

test('a cell of the heat map leads to the list that it counts', async () => {
  await open('#/overview?range=90d');
  const cells = page.locator('.heat tbody td a');
  const counts = (await cells.allTextContents()).map(Number);
  const most = counts.indexOf(Math.max(...counts));
  await cells.nth(most).click();
  await page.waitForFunction(() => location.hash.startsWith('#/find?'));
  await settled(page);
  assert.equal(await page.locator('.hit').count(), counts[most]);
  await page.goBack();
  await page.locator('.heat').waitFor();
});

test('a query that takes the server too long costs its own panel alone', async () => {
  await open('#/');
  const slow = '**/v1/stats?*by=tag*';
  await page.route(slow, (route) => route.fulfill({
    status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'query_timeout', title: 'Timeout' }),
  }));
  await page.evaluate(() => { location.hash = '#/overview?range=all'; });
  const tags = page.locator('.panel', { has: page.getByRole('heading', { name: 'Tags' }) });
  await tags.getByText('The server took too long').waitFor();
  await page.locator('.panel', { has: page.getByRole('heading', { name: 'Results' }) }).locator('.ranking').waitFor();
  await page.unroute(slow);
  await tags.getByRole('button', { name: 'Try again' }).click();
  await tags.locator('.ranking').waitFor();
});

test('arrows walk the heat map, which is one stop for Tab', async () => {
  await open('#/overview?range=90d');
  assert.equal(await page.locator('.heat a[tabindex="0"]').count(), 1);
  await page.locator('.heat a[tabindex="0"]').focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
  assert.match(await page.evaluate(() => document.activeElement.title), /^Monday, 10\sAM: /);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash.includes('weekday=0&hour=10'));
});

test('the same numbers stand in a table for those who do not see plots', async () => {
  await open('#/overview?range=all');
  await page.getByText('As a table').click();
  await page.locator('.as-table tbody tr').first().waitFor();
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

test('the owner is told of deliveries that are kept but could not be read, and why', async () => {
  await open('#/overview?range=all');
  assert.equal(await page.locator('.unread').count(), 0);
  await page.context().close();
  await program.deliver({ topic: 'CONTACT_UPDATED', data: { name: 'Nobody knows the id' } });
  const { data, page: { total } } = await ask('/v1/deliveries?outcome=quarantined&count=exact');
  assert.equal(total, 1);
  await open('#/overview?range=all');
  const notice = page.locator('.unread');
  await notice.waitFor();
  assert.equal(await notice.locator('summary').innerText(), '1 delivery is kept but could not be read');
  await notice.locator('summary').click();
  assert.equal(await notice.locator('bdi').innerText(), data[0].reason);
  assert.ok((await notice.locator('li').innerText()).startsWith(`${data[0].delivery} · `));
});

const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
const whole_number = (text) => Number(text.replace(/\D/g, ''));

test('days of the reader\'s choice are a range, beside as many days before', async () => {
  await open('#/overview');
  await page.locator('.menu summary', { hasText: 'Chosen days' }).click();
  await page.getByLabel('From').fill(day(20));
  await page.getByLabel('To', { exact: true }).fill(day(11));
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.waitForFunction((until) => location.hash.endsWith(`until=${until}`), day(10));
  const counted = async (since, until) => (await ask(`/v1/stats?since=${since}&until=${until}&tz=Europe/Paris`)).total;
  const [now, before] = [await counted(day(20), day(10)), await counted(day(30), day(20))];
  await page.waitForFunction((n) => document.querySelector('.tile strong')?.textContent === String(n), now.calls);
  await page.locator('.tile .before', { hasText: `before: ${before.calls}` }).first().waitFor();
  await page.locator('.tile').first().click();
  await page.waitForFunction((hash) => location.hash.includes(hash), `until=${day(10)}`);
  await page.getByText(`${now.calls} result`).waitFor();
});

test('lines and colleagues are compared by what they did not answer', async () => {
  await open('#/overview?range=all');
  await page.getByText('Lines and colleagues').click();
  const row = page.locator('.sides tbody tr', { hasText: 'Marcus' });
  await row.waitFor();
  const [calls, missed] = (await row.locator('td').allInnerTexts()).map(whole_number);
  const { data } = await ask('/v1/stats?by=result&kind=call&direction=INBOUND&user_email=marcus@example.com');
  const sum = (rows) => rows.reduce((all, one) => all + one.calls, 0);
  assert.equal(calls, sum(data));
  assert.equal(missed, sum(data.filter(({ key }) => ['VOICEMAIL', 'FAILED'].includes(key))));
});

test('each ranking is a file for a spreadsheet', async () => {
  await open('#/overview?range=all');
  const tags = page.locator('.panel', { has: page.getByRole('heading', { name: 'Tags' }) });
  const [file] = await Promise.all([page.waitForEvent('download'), tags.getByRole('button', { name: 'Save as CSV' }).click()]);
  assert.equal(file.suggestedFilename(), 'callarchive-tag.csv');
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  assert.equal(lines[0], 'key,calls,messages,minutes');
  assert.ok(lines.some((line) => line.startsWith('to_call_back,')));
});

test('the owner is told how large the archive is, what is free, and whether there is a backup', async () => {
  await open('#/overview');
  await page.locator('.owner', { hasText: /The archive has [\d.]+ [kM]B, .*are free on the disk\. No backup is known\./ }).waitFor();
});
