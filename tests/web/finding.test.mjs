// What people do to find something: half words, names beside words, dates, labels, the way back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kNarrow, settled } from './browser.mjs';
import { call, kPeople, message } from './generated.mjs';
import { open, page, program } from './opened.mjs';

const ask = async (path) => (await fetch(program.url + path)).json();
const hash_has = (text) => page.waitForFunction((part) => location.hash.includes(part), text);
const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);
const day = 86_400_000;

test('kind and other filters that exclude each other say so, and offer a way out', async () => {
  await open('#/find?kind=message&tag=to_call_back');
  await page.getByText('Messages cannot be filtered by Tag').waitFor();
  assert.equal(await page.locator('.hit').count(), 0);
  await page.getByRole('link', { name: 'Of every kind' }).click();
  await page.locator('.hit').first().waitFor();
  await page.show('#/find?kind=contact&direction=INBOUND');
  await page.getByText('Contacts cannot be filtered by Direction').waitFor();
  await page.show('#/find?kind=contact');
  await page.locator('.hit', { hasText: 'Amelia Hartley' }).waitFor();
  await page.getByText('Export', { exact: true }).click();
  const links = await page.locator('.menu-items a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  assert.ok(links.every((one) => one.startsWith('/v1/export/contacts')), links.join(' '));
});

test('a stretch of a plot is labelled by the days it has', async () => {
  await open('#/find?since=2026-10-18T22:00:00.000Z&until=2026-10-19T22:00:00.000Z');
  assert.equal(await page.getByLabel('From').inputValue(), '2026-10-19');
  assert.equal(await page.getByLabel('To', { exact: true }).inputValue(), '2026-10-19');
});

test('the last day is included, and its own first day may be it', async () => {
  await program.deliver(call('cll_day', Date.parse('2025-10-15T21:30:00Z'), { number: '+14155550144', tags: ['of_the_day'] }));
  await open('#/find?tag=of_the_day');
  await page.getByLabel('From').fill('2025-10-15');
  await page.getByLabel('To', { exact: true }).fill('2025-10-15');
  await hash_has('until=2025-10-16');
  await settled(page);
  assert.equal(await page.locator('.hit').count(), 1);
  await page.getByLabel('To', { exact: true }).fill('2025-10-14');
  await page.getByText('The first day is after the last day').waitFor();
});

test('a date can be typed, and the focus stays where one types and chooses', async () => {
  await open('#/find?kind=call');
  await page.getByLabel('From').focus();
  await page.keyboard.type('10012020');
  await hash_has('since=2020-10-01');
  await settled(page);
  assert.equal(await focused(), 'filter-since');
  assert.equal(await page.getByLabel('From').inputValue(), '2020-10-01');
  await page.getByLabel('Direction').focus();
  await page.keyboard.press('ArrowDown');
  await hash_has('direction=INBOUND');
  await settled(page);
  assert.equal(await focused(), 'filter-direction');
  await page.getByLabel('Tag').focus();
  await page.keyboard.type('interested');
  await page.keyboard.press('Tab');
  await hash_has('tag=interested');
  await settled(page);
  assert.equal(await focused(), 'filter-user_email');
});

test('presets name stretches of days', async () => {
  await open('#/find');
  await page.getByLabel('Period').selectOption({ label: 'Today' });
  await hash_has('since=');
  const today = await page.evaluate(() => document.querySelector('#filter-since').value);
  assert.equal(today, new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(new Date()));
  assert.equal(await page.getByLabel('To', { exact: true }).inputValue(), today);
});

test('tag, user and number are taken by the words that the page shows', async () => {
  await open('#/find?kind=call');
  await page.getByLabel('Tag').focus();
  await page.locator('#filter-tag + datalist option[value="To call back"]').waitFor({ state: 'attached' });
  await page.getByLabel('Tag').fill('to call back');
  await page.keyboard.press('Enter');
  await hash_has('tag=to_call_back');
  await page.show('#/find?kind=call');
  await page.getByLabel('User').focus();
  await page.locator('#filter-user_email + datalist option').first().waitFor({ state: 'attached' });
  await page.getByLabel('User').fill('marcus');
  await page.keyboard.press('Enter');
  await hash_has('user_email=marcus%40example.com');
  await page.show('#/find');
  await page.getByLabel('Number').pressSequentially('Jonas');
  await page.locator('#filter-number + datalist option[value*="Jonas Brandt"]').waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await hash_has('number=%2B4915123456701');
});

test('a name beside a word finds what was said with that person', async () => {
  await program.deliver(message('msg_refund', Date.now() - 2 * day, {
    number: kPeople[0].number, outbound: false, text: 'Please send the parsnip soon',
  }));
  await open('#/find?q=hartley+parsnip');
  await page.locator('.found-heading', { hasText: 'With Amelia Hartley: parsnip' }).waitFor();
  assert.match(await page.locator('.hit').first().innerText(), /Please send the parsnip soon/);
  await page.show(`#/find?q=${encodeURIComponent('marcus skylights')}`);
  await page.locator('.found-heading', { hasText: 'With Marcus: skylights' }).waitFor();
});

test('other forms of a word are found below the word itself, and say so', async () => {
  for (const [id, text] of [['msg_form_1', 'We rebottled everything'], ['msg_form_2', 'The rebottling takes a day'], ['msg_form_3', 'La réservation est confirmée']]) {
    await program.deliver(message(id, Date.now() - 3 * day, { number: '+14155550212', outbound: false, text }));
  }
  await open('#/find?q=rebottled');
  await page.locator('.hit', { hasText: 'The rebottling takes a day' }).waitFor();
  const order = await page.locator('.hit, .found-heading').allInnerTexts();
  assert.match(order[0], /We rebottled everything/);
  assert.match(order[1], /^Other forms of the words: rebottl…$/);
  assert.match(order[2], /The rebottling takes a day/);
  assert.equal(order.length, 3);
  await page.show(`#/find?q=${encodeURIComponent('réservé')}`);
  await page.locator('.found-heading', { hasText: 'reserv…' }).waitFor();
  await page.locator('.hit', { hasText: 'La réservation est confirmée' }).waitFor();
});

test('a mistyped word offers the nearest that something has', async () => {
  await open('#/find?q=weathrevane');
  await page.getByText('Did you mean').waitFor();
  await page.getByRole('link', { name: 'weathervane' }).click();
  await page.waitForFunction(() => location.hash === '#/find?q=weathervane');
  await page.locator('.hit', { hasText: 'Amelia Hartley' }).waitFor();
});

test('known people are called by their names wherever only the number came', async () => {
  await program.deliver(call('cll_nameless', Date.now() - day, { number: kPeople[5].number, tags: ['nameless'], topic: ['About the zucchini', 'Zucchini', 'zucchini'] }));
  await open('#/find?q=zucchini');
  await page.locator('.hit-who', { hasText: 'Deepak Raman' }).first().waitFor();
  assert.ok((await page.locator('.hit').innerText()).includes('Deepak Raman'));
  await page.show('#/calls/cll_nameless');
  await page.locator('h1', { hasText: 'Deepak Raman' }).waitFor();
  await page.locator('.speaker', { hasText: 'Deepak Raman' }).first().waitFor();
});

test('a missed call reads as missed in every list', async () => {
  const at = Date.now() - 3_000_000;
  await program.deliver(call('cll_missed', at, { number: '+14155550211', result: 'FAILED', seconds: 0, tags: ['missed_one'], one_sentence_summary: 'Rang for a while.' }));
  await open('#/');
  const row = page.locator('aside .row', { hasText: 'Rang for a while' });
  assert.match(await row.innerText(), /Missed call/);
  await page.show('#/find?tag=missed_one');
  assert.match(await page.locator('.hit').innerText(), /Missed call/);
  await page.show('#/numbers/%2B14155550211');
  assert.match(await page.locator('.card-head').innerText(), /Missed call/);
});

test('one list in the order of time with its total; what is loaded later comes below', async () => {
  await open('#/find');
  const { page: { total: calls } } = await ask('/v1/calls?limit=1&count=exact');
  const { page: { total: messages } } = await ask('/v1/messages?limit=1&count=exact');
  await page.getByText(`${calls + messages} results`).waitFor();
  const times = () => page.locator('.hit time').evaluateAll((all) => all.map((one) => one.dateTime));
  const first = await times();
  assert.deepEqual(first, [...first].sort().reverse());
  await page.locator('main').evaluate((main) => { main.scrollTop = main.scrollHeight; });
  await page.waitForFunction((n) => document.querySelectorAll('.hit').length > n, first.length);
  const more = await times();
  assert.deepEqual(more.slice(0, first.length), first);
  await page.show('#/find?list=grouped');
  const groups = () => page.locator('.group').evaluateAll((all) => all.map((one) => one.querySelectorAll('.hit').length));
  const before = await groups();
  await page.locator('main').evaluate((main) => { main.scrollTop = main.scrollHeight; });
  await page.waitForFunction((n) => document.querySelectorAll('.group').length > n, before.length);
  assert.deepEqual((await groups()).slice(0, before.length), before, 'no group grows above the reader');
});

test('Back, Escape and reload return to the same hit at the same place', async () => {
  await open('#/find?q=tuesday');
  const scroll_to_end = () => page.locator('main').evaluate((main) => { main.scrollTop = main.scrollHeight; });
  await scroll_to_end();
  await page.waitForFunction(() => document.querySelectorAll('.hit').length > 25);
  await scroll_to_end();
  const hit = page.locator('.hit').nth(30);
  await hit.scrollIntoViewIfNeeded();
  const key = await hit.getAttribute('data-key');
  const place = () => page.evaluate((one) => document.querySelector(`.hit[data-key="${one}"]`)?.getBoundingClientRect().top, key);
  const before = await place();
  const hits = await page.locator('.hit').count();
  const leave = async () => {
    await page.locator(`.hit[data-key="${key}"] .open`).click();
    await page.waitForFunction(() => location.hash.includes('item='));
    await page.locator('.row.target, .page').first().waitFor();
    assert.equal(await page.locator('#search').inputValue(), 'tuesday', 'the words stay in the box');
  };
  const is_back = async () => {
    await page.waitForFunction(() => location.hash.startsWith('#/find'));
    await settled(page);
    assert.ok(await page.locator('.hit').count() >= hits);
    await page.waitForFunction(([one, y]) =>
      Math.abs(document.querySelector(`.hit[data-key="${one}"]`).getBoundingClientRect().top - y) < 5, [key, before]);
  };
  await leave();
  await page.goBack();
  await is_back();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), key);
  await leave();
  // The first one may close the card that the hit opened.
  await page.keyboard.press('Escape');
  if (page.url().includes('#/numbers')) await page.keyboard.press('Escape');
  await is_back();
  await page.waitForFunction(() => history.state?.found?.rows > 25);
  await page.reload();
  await is_back();
});

test('the words are marked in what a hit opens, and the next hit is one key away', async () => {
  await open('#/find?q=weathervane');
  await page.locator('.match').first().click();
  await page.locator('.line mark', { hasText: 'weathervane' }).first().waitFor();
  await page.show('#/find?q=slate');
  const [first, second] = await page.locator('.hit').evaluateAll((all) => all.map((one) => one.dataset.key));
  await page.locator('.hit .open').first().click();
  await page.locator('.hits-nav').waitFor();
  assert.ok(decodeURIComponent(page.url()).includes(first));
  await page.getByRole('button', { name: 'Next hit' }).click();
  await page.waitForFunction((key) => decodeURIComponent(location.hash).includes(key), second);
  await page.locator('.row.target').waitFor();
  await page.keyboard.press('p');
  await page.waitForFunction((key) => decodeURIComponent(location.hash).includes(key), first);
});

test('Enter in the empty search leads to the filters; so does the navigation', async () => {
  await open('#/');
  await page.keyboard.press('/');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash === '#/find');
  await page.getByLabel('Tag').waitFor();
  await page.show('#/');
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Find' }).click();
  await page.getByLabel('Tag').waitFor();
});

test('Enter pressed before the hits are there still goes to the first of them', async () => {
  await open('#/');
  let answer;
  const answered = new Promise((resolve) => { answer = resolve; });
  await page.route('**/v1/search**', async (route) => {
    await answered;
    await route.continue();
  });
  await page.getByLabel('Search calls, messages and contacts').fill('weathervane');
  await page.keyboard.press('Enter');
  await page.locator('main[aria-busy]').waitFor();
  assert.equal(await page.locator('.hit').count(), 0);
  answer();
  await page.waitForFunction(() => document.activeElement.classList.contains('hit'));
});

test('after Back the search box says what is on show', async () => {
  await open('#/');
  await page.getByLabel('Search calls, messages and contacts').pressSequentially('slate');
  await page.locator('.hit').first().waitFor();
  await page.goBack();
  await page.waitForFunction(() => location.hash === '#/' && document.querySelector('#search').value === '');
});

test('contacts are found by company, number and e-mail too', async () => {
  await open('#/contacts');
  for (const typed of ['bayside', '+1 415 555 0122', 'per_5@example.com', '4155550122']) {
    await page.getByLabel('Filter contacts').fill(typed);
    await page.waitForFunction((name) => new URLSearchParams(location.hash.split('?')[1]).get('name') === name, typed);
    // The rows of the word before may still be there, or be on their way out.
    await page.waitForFunction(() => {
      const rows = document.querySelectorAll('main .conversation');
      return !document.querySelector('[aria-busy=true]') && rows.length === 1 && /Deepak Raman/.test(rows[0].innerText);
    });
  }
});

test('a message from nobody is opened by itself', async () => {
  await program.deliver({ ...message('msg_nobody', Date.now() - 60_000, { number: null, outbound: false, text: 'From nobody at all' }) });
  await open('#/');
  await page.locator('aside .row', { hasText: 'From nobody at all' }).locator('a').click();
  await page.waitForFunction(() => location.hash === '#/messages/msg_nobody');
  await page.locator('.message-text', { hasText: 'From nobody at all' }).waitFor();
});

test('a timeline jumps to a day and back to the newest', async () => {
  await open(`#/numbers/${encodeURIComponent(kPeople[0].number)}`);
  const { data } = await ask(`/v1/numbers/${encodeURIComponent(kPeople[0].number)}/timeline?limit=500`);
  const middle = data[Math.floor(data.length / 2)];
  const wanted = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(new Date(middle.at));
  await page.getByText('Date', { exact: true }).click();
  await page.getByLabel('Go to a day').fill(wanted);
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await page.waitForFunction((date) => {
    const top = document.querySelector('.viewport').getBoundingClientRect().top;
    const row = [...document.querySelectorAll('.timeline .row')].find((one) => one.getBoundingClientRect().bottom > top + 20);
    const at = row?.querySelector('time')?.dateTime;
    return at && new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(new Date(at)) === date;
  }, wanted);
  await page.getByRole('button', { name: 'Newest' }).click();
  await page.waitForFunction(() => {
    const viewport = document.querySelector('.viewport');
    return viewport.scrollHeight - viewport.scrollTop - viewport.clientHeight < 3;
  });
});

test('an own line is called by its own name, each row says who the other side was', async () => {
  await open('#/numbers/%2B14155550100');
  assert.match(await page.locator('h1').innerText(), /Hillside Roofing/);
  await page.getByText('Own line').waitFor();
  await page.locator('.timeline .side', { hasText: 'Amelia Hartley' }).first().waitFor();
  await page.show('#/overview?range=all');
  const people = page.locator('.panel', { has: page.getByRole('heading', { name: 'Busiest people' }) });
  await people.locator('.name', { hasText: 'Amelia Hartley' }).waitFor();
  assert.equal(await people.locator('a[href*="14155550100"]').count(), 0);
});

test('the ways to find fit on a telephone', async () => {
  await open('#/find', { size: kNarrow });
  await page.locator('.filter-box summary').click();
  await page.getByLabel('Tag').waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0);
});

test('a search is saved under a name in the browser, and taken along as a file', async () => {
  await open('#/find?kind=call&tag=to_call_back');
  await page.getByText('Saved', { exact: true }).click();
  await page.getByLabel('Name of this search').fill('Call them back');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.saved a', { hasText: 'Call them back' }).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export to a file' }).click()]);
  const path = await file.path();
  await page.show('#/find');
  await page.getByText('Saved', { exact: true }).click();
  await page.getByRole('button', { name: 'Remove Call them back' }).click();
  assert.equal(await page.locator('.saved a').count(), 0);
  await page.getByLabel('File of saved searches').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('[{"name":"bad","address":"javascript:alert(1)"}]') });
  await page.getByText('There are no saved searches in this file').waitFor();
  await page.getByLabel('File of saved searches').setInputFiles(path);
  await page.locator('.saved a', { hasText: 'Call them back' }).click();
  await page.waitForFunction(() => location.hash === '#/find?kind=call&tag=to_call_back');
});
