// What surrounds the views: the focus, what is read out, a slow server, the place that one comes back to.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { settled } from './browser.mjs';
import { kPeople } from './generated.mjs';
import { open, page, program } from './opened.mjs';

const kAmelia = `#/numbers/${encodeURIComponent(kPeople[0].number)}`;
const go = (hash) => page.evaluate((to) => { location.hash = to; }, hash);
const focus_is_on = (selector) => page.waitForFunction((one) => document.activeElement?.matches(one), selector);

test('a new view takes the focus to its heading, and its title is read out', async () => {
  await open('#/');
  await page.locator('aside .row', { hasText: 'Amelia Hartley' }).locator('a').press('Enter');
  await focus_is_on('.view-head h1');
  await page.locator('[role=status]', { hasText: 'Amelia Hartley' }).waitFor({ state: 'attached' });
  await page.keyboard.press('j');
  await focus_is_on('.timeline .row');
  await go('#/overview');
  await focus_is_on('.overview h1');
  await go('#/contacts/per_0');
  await focus_is_on('.view-head h1');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => location.hash === '#/contacts');
});

test('j goes on from one list of the overview to the next', async () => {
  await open('#/overview?range=all');
  const panels = () => page.evaluate(() => [...document.querySelectorAll('.ranking')].indexOf(document.activeElement?.closest('.ranking')));
  await page.locator('.ranking').nth(0).locator('.row').last().focus();
  await page.keyboard.press('j');
  assert.equal(await panels(), 1);
});

test('every view has one main heading, the error too', async () => {
  await open('#/');
  for (const hash of ['#/', kAmelia, '#/find', '#/overview', '#/contacts', '#/contacts/per_0', '#/calls/cll_second', '#/calls/nothing']) {
    await page.show(hash);
    assert.equal(await page.locator('h1').count(), 1, hash);
  }
  assert.match(await page.title(), /^Error/);
});

test('a slow server is waited for in sight', async () => {
  await open('#/contacts');
  let answer;
  const answered = new Promise((resolve) => { answer = resolve; });
  await page.route('**/v1/stats**', async (route) => {
    await answered;
    await route.continue();
  });
  await go('#/overview');
  await page.locator('.skeleton').waitFor();
  await page.locator('[role=status]', { hasText: 'Loading' }).waitFor({ state: 'attached' });
  answer();
  await page.locator('.overview').waitFor();
  assert.equal(await page.locator('.skeleton').count(), 0);
});

test('Back and reload return to the place in a conversation, with its opened cards', async () => {
  await open(kAmelia);
  const card = page.locator('.card-head').nth(-6);
  await card.click();
  const key = await card.evaluate((one) => one.closest('.row').dataset.key);
  const top = () => page.evaluate((one) => document.querySelector(`[data-key="${one}"]`)?.getBoundingClientRect().top, key);
  await page.waitForFunction(() => history.state?.place?.top && history.state.place.open.length === 1);
  await settled(page);
  const before = await top();
  const is_back = async () => {
    await page.waitForFunction(([one, y]) => {
      const row = document.querySelector(`[data-key="${one}"]`);
      return row && Math.abs(row.getBoundingClientRect().top - y) < 12 && row.querySelector('[aria-expanded=true]');
    }, [key, before]);
  };
  await go('#/contacts');
  await page.locator('main .conversation').first().waitFor();
  await page.goBack();
  await is_back();
  await page.reload();
  await is_back();
});

test('the numbers behind the plots are a file for a spreadsheet', async () => {
  await open('#/overview?range=30d');
  await page.getByText('As a table').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.as-table:not(.sides)').getByRole('button', { name: 'Save as CSV' }).click()]);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  assert.equal(lines[0], 'from,to,direction,calls,messages,minutes');
  const { total } = await (await fetch(`${program.url}/v1/stats?since=${lines[1].split(',')[0]}`)).json();
  assert.equal(lines.slice(1).reduce((sum, line) => sum + Number(line.split(',')[3]), 0), total.calls);
});

test('the owner is told when the last delivery came', async () => {
  await open('#/overview');
  await page.locator('.owner', { hasText: 'The last delivery came' }).waitFor();
});
