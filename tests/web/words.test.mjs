// The words of the page in its languages.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { open, page } from './opened.mjs';

const folder = fileURLToPath(new URL('../../web/src/', import.meta.url));
const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'fr.ts').map((name) => readFileSync(folder + name, 'utf8')).join('\n');
const french = readFileSync(`${folder}fr.ts`, 'utf8');

test('every text of the page is in French too', async () => {
  await open('#/');
  const has = (text) => french.includes(`'${text}':`);
  const used = new Set([...sources.matchAll(/\bt\('((?:[^'\\]|\\.)*)'/g)].map(([, text]) => text));
  assert.ok(used.size > 200);
  assert.deepEqual([...used].filter((text) => !has(text)), []);
  for (const [, one, many] of sources.matchAll(/\bplural\([^'\n]*, '([^']*)'(?:, '([^']*)')?\)/g)) {
    assert.ok(has(one) && has(many ?? `${one}s`), one);
  }
  for (const [, key] of french.matchAll(/'((?:[^'\\]|\\.)*)':/g)) {
    for (const [brace] of key.matchAll(/\{\w+\}/g)) assert.ok(french.split(`'${key}':`)[1].split("',")[0].includes(brace), key);
  }
});

test('a French browser gets French words and French dates, and says so', async () => {
  await open('#/find', { locale: 'fr-FR' });
  assert.equal(await page.getAttribute('html', 'lang'), 'fr');
  await page.getByRole('heading', { name: 'Appels et messages' }).waitFor();
  assert.match(await page.locator('.hit').first().innerText(), /(Appel|Message) /);
  await page.show('#/calls/cll_second');
  const facts = await page.locator('.view-title p').innerText();
  assert.match(facts, /^Appel entrant · (lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)/);
});

test('another language than these is shown in English, with English dates', async () => {
  await open('#/calls/cll_second', { locale: 'de-DE' });
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  assert.match(await page.locator('.view-title p').innerText(), /^Incoming call · (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day/);
});

test('language, look and time zone are settings of the browser', async () => {
  await open('#/calls/cll_second');
  const time = () => page.locator('.view-title p').innerText();
  const before = await time();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Language').selectOption('fr');
  await page.getByLabel('Look').selectOption('dark');
  await page.getByLabel('Time zone').fill('Asia/Tokyo');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForFunction(() => document.documentElement.lang === 'fr');
  await page.locator('.view-title p', { hasText: 'Appel entrant' }).waitFor();
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
  assert.notEqual((await time()).match(/\d+:\d+/)[0], before.match(/\d+:\d+/)[0]);
  await page.getByRole('button', { name: 'Réglages' }).click();
  await page.getByLabel('Fuseau horaire').fill('Nowhere/Land');
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  assert.equal(await page.getByRole('dialog').count(), 1, 'a zone that does not exist is not taken');
});
