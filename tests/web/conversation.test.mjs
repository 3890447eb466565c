import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled } from './browser.mjs';
import { call, kPeople, kPlanted, message } from './generated.mjs';
import { answer_recordings, open, page, program } from './opened.mjs';
import { silence } from './wave.mjs';

const [amelia] = kPeople;
const kAmelia = `#/numbers/${encodeURIComponent(amelia.number)}`;

test('the list shows who spoke last, once, with the last thing said', async () => {
  await open('#/');
  const names = await page.locator('aside .who').allTextContents();
  assert.equal(names[0], 'Chloé Lefèvre');
  assert.equal(new Set(names).size, names.length);
  const first = page.locator('aside .row').first();
  assert.match(await first.innerText(), /À mardi/);
  await page.waitForFunction(() => /\d+ items/.test(document.querySelector('aside .row .counts').textContent));
});

test('a conversation opens at its newest end', async () => {
  await open('#/');
  await page.locator('aside .row', { hasText: 'Amelia Hartley' }).locator('a').click();
  const last = page.locator('.timeline .row').last();
  await last.waitFor();
  assert.match(await last.innerText(), /look at two skylights/);
  await page.waitForFunction(() => {
    const viewport = document.querySelector('.viewport');
    return viewport.scrollHeight - viewport.scrollTop - viewport.clientHeight < 2;
  });
  assert.equal(await page.title(), 'Amelia Hartley – callarchive');
  assert.equal(await page.locator('aside a[aria-current]').innerText().then((text) => text.split('\n').includes('Amelia Hartley')), true);
});

test('sides follow the direction, days part the items', async () => {
  await open(kAmelia);
  assert.equal(await page.locator('.row.in', { hasText: 'marmalade' }).count(), 1);
  assert.equal(await page.locator('.row.out', { hasText: 'we start on Tuesday' }).count(), 1);
  const days = await page.locator('.day').allTextContents();
  assert.equal(new Set(days).size, days.length, 'each day stands there once');
});

test('an opened call shows summary, what was collected, recording and transcript', async () => {
  await open(`${kAmelia}?item=call:cll_amelia`);
  const card = page.locator('.row.target .card');
  await card.locator('.line').first().waitFor();
  const text = await card.innerText();
  for (const expected of ['Skylights', 'Bring the long ladder', 'Call back wanted', 'Yes', 'Receptionist', 'Amelia Hartley', 'lea@example.com']) {
    assert.ok(text.includes(expected), expected);
  }
  assert.equal(await card.locator('.prose strong').innerText(), 'friendly');
  assert.equal(await card.locator('audio').getAttribute('preload'), 'none');
});

test('the address remembers the opened call, and closing forgets it', async () => {
  await open(kAmelia);
  const head = page.locator('.card-head').last();
  await head.click();
  assert.match(page.url(), /item=call%3Acll_amelia/);
  await head.click();
  assert.doesNotMatch(page.url(), /item/);
});

test('a link lands on the very line', async () => {
  await open(`${kAmelia}?item=call:cll_amelia&line=10`);
  const line = page.locator('.line.target');
  await line.waitFor();
  assert.match(await line.innerText(), /weathervane/);
  const box = await line.boundingBox();
  assert.ok(box.y > 56 && box.y + box.height < 800, 'the line is in sight');
});

test('a click on a line seeks the recording, and what is spoken is marked', async () => {
  await open('#/');
  await answer_recordings(silence(200));
  await page.evaluate((hash) => { location.hash = hash; }, `${kAmelia}?item=call:cll_amelia`);
  const line = page.locator('.target .line', { hasText: 'the bucket was full' });
  await line.click();
  const audio = page.locator('.target audio');
  const start = await audio.evaluate((player) => new Promise((resolve) => {
    if (player.currentTime > 1) resolve(player.currentTime);
    else player.addEventListener('timeupdate', () => player.currentTime > 1 && resolve(player.currentTime));
  }));
  assert.ok(Math.abs(start - 83) < 2, `plays from ${start}`);
  await page.locator('.target .line[aria-current=true]', { hasText: 'the bucket was full' }).waitFor();
  await audio.evaluate((player) => { player.currentTime = 101; });
  await page.locator('.line[aria-current]', { hasText: 'We can come on Tuesday' }).waitFor();
  assert.equal(await page.locator('.line[aria-current]').count(), 1);
});

test('a recording that cannot be had says so', async () => {
  await open(`${kAmelia}?item=call:cll_amelia`);
  await page.route('https://recordings.example.com/**', (route) => route.fulfill({ status: 403 }));
  await page.locator('.target audio').evaluate((player) => player.play().catch(() => {}));
  await page.getByText('The recording cannot be played').waitFor();
  page.problems.length = 0;
});

test('the calls of a transfer are linked', async () => {
  await open('#/calls/cll_second');
  const chain = page.locator('.chain li');
  await chain.nth(1).waitFor();
  assert.equal(await chain.nth(1).getAttribute('aria-current'), 'true');
  await chain.nth(0).locator('a').click();
  await page.waitForFunction(() => location.hash === '#/calls/cll_first');
});

test('planted markup stays text', async () => {
  await open('#/numbers/%2B14155550199?item=call:cll_planted');
  await page.locator('.target .line').first().waitFor();
  assert.ok((await page.locator('.bubble').innerText()).includes(kPlanted.slice(0, 60)));
  assert.equal(await page.locator('main img, main script, main i, main u, main a[href^="javascript"], audio').count(), 0);
  assert.equal(await page.locator('.chip').innerText(), '<b>tag</b>');
  assert.doesNotMatch(await page.title(), /^planted/);
});

test('right-to-left text is shown so', async () => {
  await open(`#/numbers/${encodeURIComponent('+972501234501')}`);
  const text = page.locator('.bubble p[dir=auto]', { hasText: /[א-ת]/ }).first();
  assert.equal(await text.evaluate((element) => getComputedStyle(element).direction), 'rtl');
});

test('an anonymous caller has a conversation too', async () => {
  await open('#/');
  await page.locator('aside .row', { hasText: 'Anonymous' }).locator('a').click();
  await page.locator('.timeline .card').waitFor();
});

test('what arrives appears without a word', async () => {
  await open(kAmelia);
  await program.deliver(message('msg_fresh', Date.now(), { person: amelia, outbound: false, text: 'Just arrived' }));
  await page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
  await page.locator('.timeline .row', { hasText: 'Just arrived' }).waitFor();
  await page.locator('aside .row', { hasText: 'Just arrived' }).waitFor();
  await settled(page);
  assert.match(await page.locator('aside .row').first().innerText(), /Just arrived/);
  assert.equal(await page.locator('aside .who', { hasText: 'Amelia Hartley' }).count(), 1);
});

test('a transcript of thousands of entries is loaded in steps', async () => {
  const entries = Array.from({ length: 1200 }, (_, n) => [n % 2 ? 'USER' : 'EXTERNAL', `sentence ${n}`]);
  await program.deliver(call('cll_long', Date.now() - 90_000_000, { number: '+14155550177', seconds: 7200, entries }));
  await open('#/calls/cll_long');
  await page.locator('.line').first().waitFor();
  assert.equal(await page.locator('.line').count(), 500);
  await page.show('#/calls/cll_long?line=1100');
  await page.locator('.line.target', { hasText: 'sentence 1100' }).waitFor();
});
