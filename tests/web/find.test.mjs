import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled } from './browser.mjs';
import { call, message } from './generated.mjs';
import { open, page, program } from './opened.mjs';

const ids = async (path) => (await (await fetch(program.url + path)).json()).data.map(({ id }) => id);
// The list, scrolled to its end, holds so many hits.
const shows = (n) => page.waitForFunction((count) => {
  const main = document.querySelector('main');
  main.scrollTop = main.scrollHeight;
  return document.querySelectorAll('.hit').length === count;
}, n);

test('typing searches, marks the words, and lands on the line', async () => {
  await open('#/');
  await page.getByLabel('Search calls, messages and contacts').pressSequentially('weather');
  await page.waitForFunction(() => location.hash === '#/find?q=weather');
  await page.locator('mark').first().waitFor();
  assert.deepEqual([...new Set(await page.locator('mark').allTextContents())], ['weathervane'], 'half a word finds it');
  await page.keyboard.type('vane');
  await page.waitForFunction(() => location.hash === '#/find?q=weathervane' && !document.querySelector('main[aria-busy]'));
  assert.match(await page.locator('.hit').innerText(), /Amelia Hartley/);
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
  await page.locator('.hit', { hasText: 'Chloé Lefèvre' }).first().waitFor();
  await page.show(`#/find?${new URLSearchParams({ q: '"roof tiles" marm* -invoice' })}`);
  assert.match(await page.locator('.hit').innerText(), /marmalade roof tiles/);
});

test('Arabic is found and marked', async () => {
  await open(`#/find?${new URLSearchParams({ q: 'الثلاثاء' })}`);
  assert.equal(await page.locator('mark').first().innerText(), 'الثلاثاء');
});

test('what is typed before the first word is no error', async () => {
  await open('#/');
  await page.getByLabel('Search calls, messages and contacts').pressSequentially('-');
  for (const more of ['*', '(', '"', '!']) {
    await page.getByText('Nothing to search for yet').waitFor();
    await page.keyboard.type(more);
  }
  assert.equal(await page.locator('.notice').count(), 0);
});

test('an excerpt of a summary shows no signs of Markdown', async () => {
  await open('#/find?q=ladder&kind=call');
  const text = await page.locator('.match', { has: page.locator('mark') }).first().innerText();
  assert.match(text, /friendly.*Bring the long ladder/);
  assert.doesNotMatch(text, /[#*]| - /);
});

test('planted markup in an excerpt stays text', async () => {
  await open('#/find?q=planted');
  await page.locator('mark').first().waitFor();
  assert.equal(await page.locator('main img, main script').count(), 0);
  assert.match(await page.locator('.match').first().innerText(), /<img src=x|<script>/);
});

test('letters outside the basic plane before a word do not move its mark', async () => {
  await program.deliver(message('msg_emoji', Date.now() - 3_000_000, {
    number: '+14155550133', outbound: false, text: '😀👩‍🚀 𝒲e saw the zeppelin 🎈 twice',
  }));
  await open('#/find?q=zeppelin');
  assert.deepEqual(await page.locator('mark').allTextContents(), ['zeppelin']);
  assert.equal(await page.locator('.match bdi, .match span[dir]').last().innerText(), '😀👩‍🚀 𝒲e saw the zeppelin 🎈 twice');
});

test('a filtered search still marks the words and lands on the line', async () => {
  await open('#/');
  for (const [filter, value] of [['tag', 'meeting_booked'], ['result', 'ANSWERED'], ['user_email', 'lea@example.com'], ['direction', 'INBOUND']]) {
    const query = `q=skylights&kind=call&${filter}=${encodeURIComponent(value)}`;
    await page.show(`#/find?${query}`);
    const expected = await ids(`/v1/calls?${query.replace('&kind=call', '')}&limit=500`);
    assert.ok(expected.length > 0);
    await shows(expected.length);
    assert.ok(await page.locator('.hit mark').count() > 0, filter);
  }
  await page.locator('.match', { hasText: 'I am calling about the two skylights' }).first().click();
  await page.locator('.line.target', { hasText: 'two skylights' }).waitFor();
});

test('filters typed beside a search narrow it, and the address opens the same', async () => {
  await open('#/find?q=slate');
  await page.getByLabel('User').fill('marcus@example.com');
  await page.getByLabel('User').press('Enter');
  const expected = await ids('/v1/calls?q=slate&user_email=marcus@example.com&limit=500');
  await shows(expected.length);
  const { hash } = new URL(page.url());
  assert.match(hash, /user_email=marcus/);
  await page.show(hash);
  await shows(expected.length);
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await page.waitForFunction(() => location.hash === '#/find?q=slate');
});

test('an hour of the week lists what happened in it, in every week', async () => {
  const day = new Date('2026-03-02T08:30:00Z');  // a Monday, half past nine in Paris
  const events = [0, 7, 28].map((days) => call(`cll_week_${days}`, day.getTime() + days * 86_400_000 - (days === 28 ? 3_600_000 : 0),
    { number: '+14155550144', tags: ['of_the_week'] }));
  const others = [call('cll_later', day.getTime() + 3_600_000, { number: '+14155550144', tags: ['of_the_week'] })];
  for (const event of [...events, ...others]) await program.deliver(event);
  await open('#/find?tag=of_the_week&weekday=0&hour=9&since=2026-03-01&until=2026-04-01');
  assert.equal(await page.locator('.hit').count(), 3, 'the same hour of the clock before and after summer time began');
  await page.getByRole('link', { name: 'Any time' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.hit').length === 4);
});

test('filters narrow the list, the address carries them, Back undoes', async () => {
  await open('#/find?kind=call');
  await page.getByLabel('Result').selectOption('VOICEMAIL');
  await page.waitForFunction(() => location.hash.includes('result=VOICEMAIL'));
  await settled(page);
  const expected = await ids('/v1/calls?result=VOICEMAIL&limit=500');
  await shows(expected.length);
  assert.ok((await page.locator('.hit').allInnerTexts()).every((text) => text.includes('voicemail')));

  await page.getByLabel('Tag').fill('interested');
  await page.getByLabel('Tag').press('Enter');
  await page.waitForFunction(() => location.hash.includes('tag=interested'));
  await settled(page);
  const both = await ids('/v1/calls?result=VOICEMAIL&tag=interested');
  await shows(both.length);
});

test('a link with every filter opens the same list', async () => {
  await open('#/find?kind=message&direction=OUTBOUND&number=%2B14155550111&since=2000-01-01&until=2100-01-01');
  assert.equal(await page.getByLabel('Kind').inputValue(), 'message');
  assert.equal(await page.getByLabel('Direction').inputValue(), 'OUTBOUND');
  assert.equal(await page.getByLabel('Number').inputValue(), '+1 415 555 0111');
  assert.equal(await page.getByLabel('From').inputValue(), '2000-01-01');
  const expected = await ids('/v1/messages?direction=OUTBOUND&number=%2B14155550111&limit=500');
  await shows(expected.length);
  assert.ok((await page.locator('.hit').allInnerTexts()).every((text) => text.includes('Amelia Hartley')));
  await page.getByLabel('List').selectOption('grouped');
  await page.waitForFunction(() => document.querySelectorAll('.group-head').length >= 1);
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

test('a list of two kinds is copied as both of its requests', async () => {
  await open('#/find?direction=INBOUND');
  await page.getByRole('button', { name: 'curl' }).click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(text, `curl '${program.url}/v1/calls?direction=INBOUND' '${program.url}/v1/messages?direction=INBOUND'`);
});
