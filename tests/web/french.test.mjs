// The page in a language that puts every text of the dictionary between ⟦ and ⟧: what stands outside is either what the
// archive said, a date, or a text that was forgotten.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from '../../web/node_modules/esbuild/lib/main.js';
import { settled } from './browser.mjs';
import { call } from './generated.mjs';
import { open, page, program } from './opened.mjs';

const web = fileURLToPath(new URL('../../web/', import.meta.url));
const bundle = async (options) => (await build({ bundle: true, format: 'esm', write: false, absWorkingDir: web, ...options })).outputFiles[0].text;
// Each text as its own translation, between marks; which were asked for is remembered.
const kMarked = `export const french = new Proxy({}, { get: (_, text) => { (window.asked ??= new Set()).add(text); return '⟦' + text + '⟧'; } });`;
// The same in every language: names of things, keys, formats, units.
const kAnywhere = new Set(`callarchive curl esc enter csv ndjson vcard html pdf sms mms cmd english français api token new json roof roo repair roofing
  min am pm https http example com wav europe paris`.split(/\s+/));
const kDates = new Set(Array.from({ length: 370 }, (_, n) => new Date(Date.UTC(2024, 0, 1 + n))).flatMap((at) =>
  ['full', 'long', 'medium'].map((dateStyle) => new Intl.DateTimeFormat('fr-FR', { dateStyle, timeZone: 'UTC' }).format(at))
    .concat(['short', 'long'].map((weekday) => new Intl.DateTimeFormat('fr-FR', { weekday, timeZone: 'UTC' }).format(at)))
    .concat(new Intl.DateTimeFormat('fr-FR', { month: 'short', timeZone: 'UTC' }).format(at)))
  .concat('à il y a minute minutes heure heures jour jours hier aujourd’hui avant-hier maintenant cette')
  .flatMap(words_of));

let marked;
let french;
before(async () => {
  marked = await bundle({
    entryPoints: ['src/main.ts'],
    plugins: [{ name: 'marked', setup: (builder) => builder.onLoad({ filter: /\/fr\.ts$/ }, () => ({ contents: kMarked })) }],
  });
  ({ french } = await import(`data:text/javascript;base64,${Buffer.from(await bundle({ entryPoints: ['src/fr.ts'] })).toString('base64')}`));
});

function words_of(text) { return text.normalize('NFC').toLowerCase().match(/\p{L}+/gu) ?? []; }

// Every value, and of collected data and properties every name, of what the archive answered.
function* said_in(value, named = false) {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const one of value) yield* said_in(one, named);
  else if (value && typeof value === 'object') {
    for (const [name, one] of Object.entries(value)) {
      if (named) yield name;
      yield* said_in(one, named || name === 'data_collected' || name === 'properties');
    }
  }
}

const answered = new Set();
async function watch() {
  await page.route(/\/assets\/page-[^/]*\.js$/, (route) => route.fulfill({ contentType: 'text/javascript', body: marked }));
  page.on('response', async (response) => {
    if (!/\/v1\//.test(response.url()) || !/json/.test(response.headers()['content-type'] ?? '')) return;
    const body = await response.json().catch(() => null);
    for (const text of said_in(body)) for (const word of words_of(text)) answered.add(word);
  });
}

// What is shown, read out or told by a tooltip, without what the dictionary gave.
const outside = () => page.evaluate(() => {
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) { if (!node.parentElement.closest('style, script, .avatar')) texts.push(node.data); }
    else for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'aria-description', 'aria-valuetext']) if (node.hasAttribute(name)) texts.push(node.getAttribute(name));
  }
  return texts.map((text) => {
    for (let before = ''; before !== text;) [before, text] = [text, text.replace(/⟦[^⟦⟧]*⟧/g, ' ')];
    return text;
  }).filter((text) => /\p{L}/u.test(text));
});

const forgotten = async () => (await outside()).filter((text) =>
  words_of(text).some((word) => word.length > 1 && !answered.has(word) && !kDates.has(word) && !kAnywhere.has(word)));

const kViews = ['#/', '#/numbers/%2B14155550111?item=call:cll_amelia', '#/calls/cll_second', '#/calls/cll_second?from=q%3Dgutter',
  '#/people/per_0', '#/messages/msg_a', '#/find', '#/find?q=weathervane', '#/find?q=hartley+tuesday', '#/find?list=grouped&kind=call&result=VOICEMAIL', '#/find?q=there-is-no-such-word',
  '#/find?kind=message&tag=to_call_back', '#/find?kind=contact', '#/find?q=-', '#/find?since=2025-02-01&until=2025-01-01',
  '#/find?weekday=0&hour=9&since=2026-01-01', '#/overview?range=7d', '#/overview?range=30d', '#/overview?range=1y', '#/overview?range=all',
  '#/contacts', '#/contacts?name=nobody-has-this', '#/contacts/per_0', '#/no-such-view', '#/numbers/%2B14155550100'];

test('no text is outside the dictionary, and all that is asked of it is in French', async () => {
  await program.deliver({ topic: 'CONTACT_UPDATED', data: { name: 'Nobody knows the id' } });
  await program.deliver(call('cll_links', Date.now() - 40 * 86_400_000, { number: '+14155550233', recording_url: 'http://recordings.example.com/x.wav' }));
  await open('#/', { locale: 'fr-FR' });
  await watch();
  const asked = new Set();
  const outside_of = {};
  const look = async (what) => {
    // What was typed is shown as it was.
    const typed = new Set(words_of(decodeURIComponent(what)));
    const found = (await forgotten()).filter((text) => !words_of(text).every((word) => typed.has(word)));
    if (found.length) outside_of[what] = found;
  };
  for (const view of [...kViews, '#/calls/cll_links']) {
    await page.show(view);
    for (const more of await page.locator('main details:not([open]) > summary').all()) await more.click({ timeout: 5000 }).catch(() => {});
    await page.waitForFunction(() => window.asked?.size);
    await settled(page);
    await look(view);
    for (const text of await page.evaluate(() => [...window.asked])) asked.add(text);
  }
  await page.show('#/');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await look('help');
  await page.keyboard.press('Escape');
  await page.locator('.tools .settings').click();
  await page.getByRole('dialog').waitFor();
  await look('settings');
  for (const text of await page.evaluate(() => [...window.asked])) asked.add(text);
  // Tags, names of collected data and the like are what the archive said.
  const missing = [...asked].filter((text) => typeof text === 'string' && !french[text] && !words_of(text).every((word) => answered.has(word)));
  assert.deepEqual([outside_of, missing], [{}, []]);
});
