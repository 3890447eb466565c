import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, page } from './opened.mjs';

test('the address book narrows while a name is typed, and keeps the field', async () => {
  await open('#/contacts');
  assert.equal(await page.locator('main .conversation').count(), 8);
  await page.getByLabel('Filter contacts').pressSequentially('hart');
  await page.waitForFunction(() => location.hash === '#/contacts?name=hart');
  await page.waitForFunction(() => document.querySelectorAll('main .conversation').length === 1);
  assert.equal(await page.evaluate(() => document.activeElement.value), 'hart');
});

test('a contact shows what changed and leads to its conversation', async () => {
  await open('#/contacts/per_0');
  const versions = page.locator('.versions li');
  assert.equal(await versions.count(), 2);
  assert.match(await versions.nth(0).innerText(), /Company\s+Hartley & Sons/);
  assert.doesNotMatch(await versions.nth(0).innerText(), /Last name/);
  assert.match(await versions.nth(1).innerText(), /first seen[\s\S]*Last name\s+Hartley/);
  await page.getByRole('link', { name: '+1 415 555 0111' }).click();
  await page.waitForFunction(() => location.hash.startsWith('#/numbers/%2B14155550111'));
});

test('an unknown contact is told', async () => {
  await open('#/contacts/per_nobody');
  await page.locator('.notice').waitFor();
});
