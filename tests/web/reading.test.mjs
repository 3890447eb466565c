// Reading, listening and passing on.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { kNarrow, settled } from './browser.mjs';
import { call, kPeople, message } from './generated.mjs';
import { answer_recordings, open, page, program } from './opened.mjs';
import { silence } from './wave.mjs';

const kDay = 86_400_000;
const kLong = Array.from({ length: 120 }, (_, n) => [n % 2 ? 'USER' : 'EXTERNAL', `sentence ${n} of a long talk about the same roof, told at some length`]);
const long_call = () => program.deliver(call('cll_talk', Date.now() - 30 * kDay, { number: '+14155550222', seconds: 1200, entries: kLong }));
const copied = () => page.evaluate(() => navigator.clipboard.readText());
const in_sight = (selector) => page.waitForFunction((one) => {
  const box = document.querySelector(one)?.getBoundingClientRect();
  return box && box.top >= 0 && box.bottom <= innerHeight;
}, selector);

test('the player stays in sight, and the transcript follows the sound until one scrolls', async () => {
  await long_call();
  await open('#/');
  await answer_recordings(silence(1200));
  await page.evaluate(() => { location.hash = '#/numbers/%2B14155550222?item=call:cll_talk'; });
  await page.locator('.target .line').nth(100).waitFor();
  const audio = page.locator('.target audio');
  await page.locator('.target .line').nth(2).locator('button.at').click();
  await page.waitForFunction(() => document.querySelector('.target audio').currentTime > 15);
  await audio.evaluate((player) => { player.currentTime = 1000; });
  await page.locator('.line[aria-current]', { hasText: 'sentence 100 ' }).waitFor();
  await in_sight('.line[aria-current]');
  await in_sight('.target .recording');
  // Who scrolls reads elsewhere; a button brings the spoken line back.
  await page.locator('.line[aria-current]').hover();
  await page.mouse.wheel(0, -3000);
  await audio.evaluate((player) => { player.currentTime = 1100; });
  await page.locator('.line[aria-current]', { hasText: 'sentence 110 ' }).waitFor();
  await page.getByRole('button', { name: 'Follow' }).click();
  await in_sight('.line[aria-current]');
});

test('the sound goes on while one browses, and leads back to its call', async () => {
  await long_call();
  await open('#/');
  await answer_recordings(silence(1200));
  await page.evaluate(() => { location.hash = '#/calls/cll_talk'; });
  await page.locator('.line').nth(3).locator('button.at').click();
  await page.waitForFunction(() => document.querySelector('audio').currentTime > 25);
  await page.evaluate(() => { location.hash = '#/contacts'; });
  const dock = page.getByRole('region', { name: 'Now playing' });
  await dock.waitFor();
  await page.waitForFunction(() => !document.querySelector('.dock audio').paused);
  await dock.getByRole('button', { name: 'Pause' }).click();
  await dock.getByRole('button', { name: 'Play' }).waitFor();
  await dock.getByRole('link').click();
  await page.waitForFunction(() => location.hash === '#/calls/cll_talk' && document.querySelector('main audio')?.currentTime > 25);
  assert.equal(await dock.isVisible(), false);
});

test('a dead recording moves no mark, and offers another try and its link', async () => {
  await long_call();
  await open('#/');
  await page.route('https://recordings.example.com/**', (route) => route.fulfill({ status: 403 }));
  await page.evaluate(() => { location.hash = '#/calls/cll_talk'; });
  await page.locator('.line').nth(5).locator('button.at').click();
  await page.getByText('The recording cannot be played').waitFor();
  assert.equal(await page.locator('.line[aria-current]').count(), 0);
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  assert.match(await page.getByRole('link', { name: 'Open the link' }).getAttribute('href'), /^https:\/\/recordings/);
  page.problems.length = 0;
});

test('a recording that did not come encrypted is not played, and says so', async () => {
  await program.deliver(call('cll_plain', Date.now() - 30 * kDay, { number: '+14155550223', recording_url: 'http://recordings.example.com/x.wav' }));
  await open('#/calls/cll_plain');
  await page.getByText('is not encrypted').waitFor();
  assert.equal(await page.locator('audio').count(), 0);
});

test('a card that is opened comes into sight', async () => {
  await open(`#/numbers/${encodeURIComponent(kPeople[0].number)}`);
  const head = page.locator('.card-head').last();
  await head.click();
  await page.waitForFunction(() => {
    const cards = document.querySelectorAll('.card');
    const box = cards[cards.length - 1].getBoundingClientRect();
    return box.top < innerHeight / 3 && box.top >= 0;
  });
});

test('a transcript is copied whole, and a link to each of its lines', async () => {
  await open('#/calls/cll_amelia');
  await page.locator('.line').first().waitFor();
  await page.getByRole('button', { name: 'Copy transcript' }).click();
  await page.getByText('Copied').waitFor();
  const lines = (await copied()).split('\n');
  assert.match(lines[0], /^0:00 Receptionist: Good morning/);
  assert.match(lines[1], /^0:\d\d Amelia Hartley: Hello/);
  assert.equal(lines.length, 12);
  const line = page.locator('.line', { hasText: 'The weathervane, certainly' });
  await line.hover();
  await line.getByRole('button', { name: 'Copy the link to this line' }).click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes('line='));
  const link = await copied();
  await page.goto('about:blank');
  await page.goto(link);
  await page.locator('.line.target', { hasText: 'The weathervane, certainly' }).waitFor();
});

test('links, addresses and numbers in what was written can be used', async () => {
  await program.deliver(message('msg_links', Date.now() - 3_600_000, {
    number: '+14155550224', outbound: true, text: 'See https://example.com/a?b=1, write to ana@example.com or call +1 415 555 0111. javascript:alert(1)',
  }));
  await open('#/numbers/%2B14155550224');
  const links = page.locator('.bubble .said-link');
  assert.deepEqual(await links.evaluateAll((all) => all.map((one) => one.getAttribute('href'))),
    ['https://example.com/a?b=1', 'mailto:ana@example.com', 'tel:+14155550111']);
  assert.equal(await links.first().getAttribute('rel'), 'noopener noreferrer nofollow');
  assert.equal(await page.locator('.view-head a[href^="tel:"]').getAttribute('href'), 'tel:+14155550224');
  // Who wrote it, and from which line.
  assert.match(await page.locator('.bubble .meta').innerText(), /Hillside Roofing · Lea/);
});

test('a long message is folded until all is wanted', async () => {
  await program.deliver(message('msg_huge', Date.now() - 3_600_000, { number: '+14155550225', outbound: false, text: 'word '.repeat(2000) }));
  await open('#/numbers/%2B14155550225');
  const height = () => page.locator('.bubble').evaluate((one) => one.offsetHeight);
  assert.ok(await height() < 500);
  await page.getByRole('button', { name: 'Show all' }).click();
  assert.ok(await height() > 1000);
});

test('a card tells the line and the colleague', async () => {
  await open(`#/numbers/${encodeURIComponent(kPeople[0].number)}`);
  assert.match(await page.locator('.card-sides').last().innerText(), /Hillside Roofing · (Lea|Marcus)/);
});

test('a conversation is one file with everything that was said, and prints whole', async () => {
  await open(`#/numbers/${encodeURIComponent(kPeople[0].number)}`);
  const { data } = await (await fetch(`${program.url}/v1/numbers/${encodeURIComponent(kPeople[0].number)}/timeline?limit=500`)).json();
  await page.getByText('Export', { exact: true }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Document (HTML)' }).click()]);
  assert.equal(file.suggestedFilename(), 'Amelia-Hartley.html');
  const html = await readFile(await file.path(), 'utf8');
  assert.equal(html.split('<section>').length - 1, data.length);
  for (const expected of ['could you look at the weathervane', 'The marmalade roof tiles have arrived', 'Europe/Paris', 'Amelia Hartley', 'lea@example.com']) {
    assert.ok(html.includes(expected), expected);
  }
  assert.doesNotMatch(html, /<script/);
  await page.evaluate(() => { window.print = () => { window.printed = true; }; });
  await page.getByText('Export', { exact: true }).click();
  await page.getByRole('button', { name: 'Print, or save as PDF' }).click();
  await page.waitForFunction(() => window.printed);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.printed section').count(), data.length);
  assert.equal(await page.locator('aside').isVisible(), false);
  assert.equal(await page.locator('.printed h1').isVisible(), true);
});

test('a call that is open prints with its transcript, without the frame of the page', async () => {
  await long_call();
  await open('#/calls/cll_talk');
  await page.locator('.line').nth(119).waitFor();
  await page.emulateMedia({ media: 'print' });
  for (const part of ['.top', '.view-tools', '.recording']) assert.equal(await page.locator(part).first().isVisible(), false, part);
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight) > 3000, 'the whole transcript is on paper');
});

test('what was collected fits on a telephone, values within values unfold', async () => {
  await program.deliver(call('cll_keys', Date.now() - 30 * kDay, {
    number: '+14155550226', data_collected: { a_very_long_key_that_takes_all_the_width_there_is_on_a_telephone: '4000 €', order: { items: ['slate', 'nails'], paid: true } },
  }));
  await open('#/calls/cll_keys', { size: kNarrow });
  const value = page.locator('dd > span', { hasText: '4000 €' });
  const { width, height } = await value.boundingBox();
  assert.ok(width > 40 && height < 40, `${width} × ${height}`);
  await page.locator('.nested .values li', { hasText: 'nails' }).waitFor();
  assert.ok(!(await page.locator('.details').innerText()).includes('{'));
});

for (const locale of ['en-US', 'fr-FR']) {
  test(`the menu does not break inside words at any width: ${locale}`, async () => {
    await open('#/find', { locale });
    // What the menu says last, in the longest form that an hour of the day has.
    await page.waitForFunction(() => document.querySelector('.updated').textContent);
    await page.locator('.updated').evaluate((text) => { text.textContent = text.textContent.replace(/\d+:\d+/, '10:44'); });
    for (const width of [320, 360, 761, 768, 800, 819, 900, 1000, 1001, 1040, 1100, 1280, 2560]) {
      await page.setViewportSize({ width, height: 700 });
      await page.waitForFunction((wanted) => innerWidth === wanted, width);
      const [heights, wide] = await page.evaluate(() => [
        [...document.querySelectorAll('.top nav a, .brand, .tools .tool, .updated')].filter((one) => one.offsetParent).map((one) => one.offsetHeight),
        document.documentElement.scrollWidth - innerWidth]);
      assert.ok(Math.max(...heights) < 44, `${width}: ${heights}`);
      assert.ok(wide <= 0, `${width}: ${wide} pixels too wide`);
    }
  });
}

test('a summary is read as the Markdown that it is', async () => {
  const summary = ['3. three', '4. four', '', '- outer', '  - inner', '', '> quoted', '', '```', 'code *here*', '```', '', '| a | b |', '|---|---|', '| 1 | 2 |', '',
    '~~gone~~ __init__.py **bold** [site](https://example.com/x) [bad](javascript:alert(1)) ![i](https://example.com/i.png) <b>raw</b>', '', '- [x] done'].join('\n');
  await program.deliver(call('cll_mark', Date.now() - 30 * kDay, { number: '+14155550227', summary, one_sentence_summary: 'A **bold** promise.' }));
  await open('#/calls/cll_mark');
  const prose = page.locator('.prose');
  assert.equal(await prose.locator('ol').getAttribute('start'), '3');
  assert.equal(await prose.locator('ul ul li').innerText(), 'inner');
  assert.equal(await prose.locator('blockquote').innerText(), 'quoted');
  assert.equal((await prose.locator('pre').innerText()).trim(), 'code *here*');
  assert.equal(await prose.locator('td').count(), 2);
  assert.equal(await prose.locator('s').innerText(), 'gone');
  // An image is a link to it; nothing is loaded.
  assert.deepEqual(await prose.locator('a').evaluateAll((all) => all.map((one) => one.href)), ['https://example.com/x', 'https://example.com/i.png']);
  assert.equal(await prose.locator('img, b').count(), 0);
  assert.match(await prose.innerText(), /☑ done/);
  assert.equal(await page.locator('.lead').innerText(), 'A bold promise.');
});

test('a summary without end is shown as it is, at once', async () => {
  await program.deliver(call('cll_endless', Date.now() - 30 * kDay, { number: '+14155550228', summary: `${'['.repeat(50_000)}${'> '.repeat(40_000)}${'*a'.repeat(30_000)}` }));
  await open('#/calls/cll_endless');
  await page.locator('.prose').waitFor();
});

test('numbers keep their direction beside names that run the other way', async () => {
  await program.deliver(call('cll_rtl', Date.now() - 30 * kDay, { person: kPeople[4] }));
  await open('#/calls/cll_rtl');
  assert.equal(await page.locator('.facts bdi[dir=ltr]').first().evaluate((one) => getComputedStyle(one).direction), 'ltr');
});

test('the hour that comes twice says which one it is', async () => {
  for (const [id, at] of [['msg_summer', '2025-10-26T00:30:00Z'], ['msg_winter', '2025-10-26T01:30:00Z']]) {
    await program.deliver(message(id, Date.parse(at), { number: '+14155550229', outbound: false, text: id }));
  }
  await open('#/numbers/%2B14155550229');
  const times = await page.locator('.bubble time').allInnerTexts();
  assert.equal(new Set(times).size, 2, times.join(' '));
});

test('a number of two contacts shows both, whatever its spelling in the address', async () => {
  const at = new Date().toISOString();
  for (const [id, name] of [['per_alice', 'Alice'], ['per_bob', 'Bob']]) {
    await program.deliver({ topic: 'contact.created', version: '2.0', timestamp: at, data: { id, name, last_name: 'Shared', company: null, emails: [], numbers: ['0014155550230'], job_title: null } });
  }
  await program.deliver(message('msg_shared', Date.now() - 1000, { number: '+14155550230', outbound: false, text: 'from one of us' }));
  await open('#/numbers/0014155550230');
  await page.locator('h1', { hasText: 'Alice Shared, Bob Shared' }).waitFor();
  await page.locator('aside a[aria-current]', { hasText: 'from one of us' }).waitFor();
  await page.show('#/contacts/per_bob');
  await page.getByRole('link', { name: '+1 415 555 0230' }).waitFor();
});

test('everything with a contact is one timeline over all their numbers', async () => {
  const at = new Date().toISOString();
  await program.deliver({ topic: 'contact.created', version: '2.0', timestamp: at, data: { id: 'per_two', name: 'Dora', last_name: 'Two', company: null, emails: [], numbers: ['+14155550231', '+14155550232'], job_title: null } });
  await program.deliver(message('msg_one', Date.now() - 2000, { number: '+14155550231', outbound: false, text: 'from the first' }));
  await program.deliver(message('msg_two', Date.now() - 1000, { number: '+14155550232', outbound: false, text: 'from the second' }));
  await open('#/contacts/per_two');
  await page.getByRole('link', { name: 'Everything, over all numbers' }).click();
  await page.waitForFunction(() => location.hash === '#/people/per_two');
  await page.locator('.bubble', { hasText: 'from the second' }).waitFor();
  await settled(page);
  assert.equal(await page.locator('.bubble').count(), 2);
  assert.match(await page.locator('.bubble', { hasText: 'from the first' }).innerText(), /\+1.415.555.0231/);
});
