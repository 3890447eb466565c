// The archive's own lines: named by the reader, and looked at alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { message } from './generated.mjs';
import { open, page, program } from './opened.mjs';

const kSecond = '+14155550101';
const on_second = (id, number, text) => {
  const event = message(id, Date.now(), { number, outbound: false, text });
  Object.assign(event.data, { to_number: kSecond, to_name: null });
  return program.deliver(event);
};
const rows = (texts) => page.waitForFunction((wanted) => {
  const all = [...document.querySelectorAll('aside .row')].map((row) => row.innerText);
  return all.length === wanted.length && wanted.every((text, i) => all[i].includes(text));
}, texts);

test('a line is looked at alone, and given a name', async () => {
  await on_second('msg_second_1', '+14155550250', 'to the second line');
  await open('#/');
  await page.locator('aside .line-choice').selectOption(kSecond);
  await rows(['to the second line']);
  await program.deliver(message('msg_first', Date.now(), { number: '+14155550251', outbound: false, text: 'to the first line' }));
  await on_second('msg_second_2', '+14155550252', 'and another one');
  await rows(['and another one', 'to the second line']);
  // The overview counts that line alone, and its links list what it counts.
  await page.show('#/overview?range=all');
  assert.deepEqual(await page.locator('.tile strong').allInnerTexts(), ['0', '2', '0']);
  await page.locator('.tile').nth(1).click();
  await page.waitForFunction(() => document.querySelectorAll('.hit').length === 2);

  await page.locator('.tools .settings').click();
  await page.getByLabel('+1 415 555 0101').fill('Valley branch');
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Save', exact: true }).click()]);
  await page.show('#/numbers/%2B14155550250');
  await page.locator('.bubble .meta', { hasText: 'Valley branch' }).waitFor();
  await page.locator('aside .line-choice option', { hasText: 'Valley branch' }).waitFor({ state: 'attached' });
  await page.locator('aside .line-choice').selectOption('');
  await page.waitForFunction(() => document.querySelectorAll('aside .row').length > 5);
});

test('a call, a conversation and a person are bookmarked in this browser, and listed at the start', async () => {
  await open('#/calls/cll_amelia');
  await page.getByText('Saved', { exact: true }).click();
  await page.getByLabel('Name of this bookmark').fill('The weathervane');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved in this browser').waitFor();
  await page.show('#/');
  await page.locator('.saved-list a', { hasText: 'The weathervane' }).click();
  await page.waitForFunction(() => location.hash === '#/calls/cll_amelia');
});
