import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled } from './browser.mjs';
import { open, page } from './opened.mjs';

const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
const focused = () => page.evaluate(() => document.activeElement.innerText.split('\n').slice(0, 3).join(' '));

test('j and k walk the conversations, Enter opens one, Escape goes back', async () => {
  await open('#/');
  await page.locator('aside .row').first().focus();
  await press('j', 'j', 'k');
  assert.match(await focused(), /Amelia Hartley/);
  await press('Enter');
  await page.waitForFunction(() => location.hash.startsWith('#/numbers/%2B14155550111'));
  await page.locator('.timeline .row').first().waitFor();
  await press('Escape');
  await page.waitForFunction(() => location.hash === '#/');
});

test('in a conversation the keys start at the newest item, open a card and close it', async () => {
  await open('#/numbers/%2B14155550111');
  await page.locator('.viewport').focus();
  await press('k');
  assert.match(await focused(), /Incoming call/);
  await press('Enter');
  await page.locator('.card-body:not([hidden])').waitFor();
  await press('Escape');
  assert.equal(await page.locator('.card-body:not([hidden])').count(), 0);
  assert.match(await focused(), /Incoming call/);
  await press('k');
  assert.match(await focused(), /we start on Tuesday/);
});

test('/ goes to the search from anywhere, Escape leaves it', async () => {
  await open('#/contacts');
  await press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
  await press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
});

test('g and a letter change the view; ? shows the keys', async () => {
  await open('#/');
  await press('g', 'a');
  await page.waitForFunction(() => location.hash === '#/contacts');
  await settled(page);
  await press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await press('Escape');
  assert.equal(await page.getByRole('dialog').count(), 0);
});

test('keys typed into a field are text', async () => {
  await open('#/contacts');
  await page.getByLabel('Filter contacts').focus();
  await press('j', 'g', 'a');
  assert.equal(await page.getByLabel('Filter contacts').inputValue(), 'jga');
});

test('Tab alone reaches search, navigation, list and timeline in this order', async () => {
  await open('#/numbers/%2B14155550111');
  const order = [];
  for (let i = 0; i < 60; i++) {
    await press('Tab');
    order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.textContent));
  }
  const places = ['skip', 'search', 'Overview', 'open', 'viewport', 'card-head'].map((name) => order.indexOf(name));
  assert.ok(places.every((place) => place >= 0), order.join(' '));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
});
