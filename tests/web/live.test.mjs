// What changes in the archive is shown in every view that is open, at its place, within two seconds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled } from './browser.mjs';
import { call, kPeople, message } from './generated.mjs';
import { open, page, program } from './opened.mjs';

const [amelia, jonas] = kPeople;
const kAmelia = `#/numbers/${encodeURIComponent(amelia.number)}`;
const kSoon = { timeout: 2000 + Number(process.env.PATIENCE ?? 30_000) };  // two seconds, and what a busy machine adds
const minute = 60_000;
// The page follows the feed once it knows its end.
const follows = () => page.waitForFunction(() => document.querySelector('.updated').textContent !== '');
const row = (text) => page.locator('.timeline .row', { hasText: text });
const aside_row = (text) => page.locator('aside .row', { hasText: text });

test('a call that began before the newest item appears at its place', async () => {
  await open(kAmelia);
  await follows();
  const now = Date.now();
  await program.deliver(message('msg_now', now, { person: amelia, outbound: false, text: 'sent right now' }));
  await program.deliver(call('cll_earlier', now - 5 * minute, { person: amelia, topic: ['A call of five minutes ago', 'Earlier', 'earlier'] }));
  await program.deliver(call('cll_other', now - 6 * minute, { person: jonas, topic: ['Jonas of six minutes ago', 'Other', 'other'] }));
  await row('sent right now').waitFor(kSoon);
  await row('A call of five minutes ago').waitFor(kSoon);
  await aside_row('Jonas of six minutes ago').waitFor(kSoon);
  const keys = await page.locator('.timeline .row').evaluateAll((all) => all.map(({ dataset }) => dataset.key));
  assert.deepEqual(keys.slice(-2), ['call:cll_earlier', 'message:msg_now']);
  const people = await page.locator('aside .who').allInnerTexts();
  assert.ok(people.indexOf('Amelia Hartley') < people.indexOf('Jonas Brandt'), 'in the order of time');
});

test('an item of the future does not end it', async () => {
  await open(kAmelia);
  await follows();
  await program.deliver(message('msg_future', Date.parse('2031-05-01T10:00:00Z'), { person: amelia, outbound: false, text: 'from the year 2031' }));
  await row('from the year 2031').waitFor(kSoon);
  await program.deliver(message('msg_after', Date.now(), { person: amelia, outbound: false, text: 'and one of today' }));
  await row('and one of today').waitFor(kSoon);
  await program.deliver(message('msg_jonas', Date.now(), { person: jonas, outbound: false, text: 'Jonas writes today' }));
  await aside_row('Jonas writes today').waitFor(kSoon);
});

test('what changes about a call that is shown changes there, and the opened card stays open', async () => {
  await program.deliver(call('cll_change', Date.now() - 2 * minute, { person: jonas, topic: ['As it was first', 'First', 'first'] }));
  await open(`#/numbers/${encodeURIComponent(jonas.number)}?item=call:cll_change`);
  await follows();
  await program.deliver(call('cll_change', Date.now() - 2 * minute, { person: jonas, topic: ['Corrected later', 'Second', 'second'], tags: ['late_tag'] }));
  await row('Corrected later').waitFor(kSoon);
  await page.locator('.chip', { hasText: 'Late tag' }).waitFor(kSoon);
  assert.equal(await page.locator('[data-key="call:cll_change"] .card-body').isVisible(), true);
  assert.equal(await row('As it was first').count(), 0);
});

test('nothing that is read moves when something comes', async () => {
  await open(kAmelia);
  await follows();
  await page.locator('.viewport').evaluate((viewport) => { viewport.scrollTop = viewport.scrollHeight / 3; });
  await settled(page);
  const place = () => page.evaluate(() => {
    const top = document.querySelector('.viewport').getBoundingClientRect().top;
    const seen = [...document.querySelectorAll('.timeline .row')].find((one) => one.getBoundingClientRect().top > top);
    return [seen.dataset.key, Math.round(seen.getBoundingClientRect().top)];
  });
  const before = await place();
  await program.deliver(message('msg_below', Date.now(), { person: amelia, outbound: false, text: 'something below' }));
  await page.getByRole('button', { name: /Newest \(1 new\)/ }).waitFor(kSoon);
  assert.deepEqual(await place(), before);
  await page.getByRole('button', { name: /Newest/ }).click();
  await row('something below').waitFor();
});

test('a search, a list and the overview show what comes', async () => {
  await open('#/find?q=rutabaga');
  await follows();
  await page.getByText('Nothing found').waitFor();
  await program.deliver(message('msg_rutabaga', Date.now() - minute, { person: jonas, outbound: false, text: 'one rutabaga, please' }));
  await page.locator('.hit', { hasText: 'one rutabaga' }).waitFor(kSoon);
  assert.equal(await page.getByText('Nothing found').count(), 0);
  await program.deliver(message('msg_rutabaga_2', Date.now() - 2 * minute, { person: amelia, outbound: false, text: 'an older rutabaga' }));
  await page.locator('.hit', { hasText: 'an older rutabaga' }).waitFor(kSoon);
  assert.match(await page.locator('.hit').first().innerText(), /one rutabaga/);
  await page.show('#/overview?range=7d');
  await follows();
  const tile = page.locator('.tile strong').first();
  const calls = Number(await tile.innerText());
  await program.deliver(call('cll_counted', Date.now() - 3 * minute, { person: jonas }));
  await page.waitForFunction((n) => Number(document.querySelector('.tile strong').textContent) === n, calls + 1, kSoon);
});

test('a contact that changes is called by the new name', async () => {
  const contact = (last_name) => program.deliver({ topic: 'contact.updated', version: '2.0', timestamp: new Date().toISOString(),
    data: { id: 'per_new', name: 'Nora', last_name, company: null, emails: [], numbers: ['+14155550240'], job_title: null } });
  await program.deliver(message('msg_nora', Date.now(), { number: '+14155550240', outbound: false, text: 'who am I' }));
  await open('#/');
  await follows();
  await aside_row('who am I').waitFor();
  await contact('Newman');
  await page.locator('aside .who', { hasText: 'Nora Newman' }).waitFor(kSoon);
  await page.show('#/contacts');
  await follows();
  await contact('Married');
  await page.locator('main .who', { hasText: 'Nora Married' }).waitFor(kSoon);
});

test('a tab out of sight counts what came in its title', async () => {
  await open('#/');
  await follows();
  const see = (state) => page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
  await see('hidden');
  await program.deliver(message('msg_unseen', Date.now(), { person: jonas, outbound: false, text: 'while nobody looked' }));
  await page.waitForFunction(() => document.title.startsWith('(1) '), null, { timeout: 60_000 });
  await see('visible');
  await page.waitForFunction(() => !document.title.startsWith('('));
  await page.locator('aside .row.fresh', { hasText: 'while nobody looked' }).waitFor();
});

test('the row that has the focus keeps it when its number writes', async () => {
  await open('#/');
  await follows();
  await page.locator('aside .row', { hasText: 'Deepak Raman' }).locator('a').focus();
  await program.deliver(message('msg_deepak', Date.now(), { person: kPeople[5], outbound: false, text: 'Deepak is back' }));
  await aside_row('Deepak is back').waitFor(kSoon);
  assert.match(await page.evaluate(() => document.activeElement.innerText), /Deepak is back/);
});

test('whom nobody called back is listed until somebody does, the longest wait first', async () => {
  await open('#/');
  await follows();
  const waiting = (text) => page.locator('.callback', { hasText: text });
  const missed = (id, number, ago) => program.deliver(call(id, Date.now() - ago, { number, result: 'FAILED', seconds: 0 }));
  await missed('cll_wait_1', '+14155550241', 50 * minute);
  await missed('cll_wait_2', '+14155550242', 90 * minute);
  await waiting('555 0241').or(waiting('555\u00a00241')).waitFor(kSoon);
  await waiting('555\u00a00242').waitFor(kSoon);
  const order = await page.locator('.callback').evaluateAll((all) => all.map(({ dataset }) => dataset.key));
  assert.ok(order.indexOf('+14155550242') < order.indexOf('+14155550241'), order.join(' '));
  await program.deliver(message('msg_reply', Date.now(), { number: '+14155550241', outbound: true, text: 'Sorry, we missed you' }));
  await page.waitForFunction(() => !document.querySelector('.callback[data-key="+14155550241"]'), null, kSoon);
  assert.equal(await waiting('555\u00a00242').count(), 1);
});
