import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kNarrow, launch, open_page } from './browser.mjs';
import { long_timeline } from './generated.mjs';
import { Program } from './program.mjs';

const kCount = Number(process.env.CALLARCHIVE_LONG ?? 2500);
const kNumber = '+14155550188';
const kHash = `#/numbers/${encodeURIComponent(kNumber)}`;
const program = new Program();
let browser;

before(async () => {
  program.import(long_timeline(kNumber, kCount));
  await program.start();
  browser = await launch();
});
after(async () => {
  await browser.close();
  await program.remove();
});

// Scrolls by `step` pixels `times` times, and each time checks that the row in the middle moved by just that.
// Gives the numbers of the items seen, and the most rows there were.
const scroll = (page, step, times) => page.evaluate(async ([by, n]) => {
  const viewport = document.querySelector('.viewport');
  const middle = () => document.elementFromPoint(viewport.getBoundingClientRect().left + 450, 430)?.closest('.row');
  const seen = [];
  let most = 0;
  for (; n > 0; n--) {
    const rows = [...document.querySelectorAll('.timeline .row')];
    most = Math.max(most, rows.length);
    const row = rows.find((one) => one.getBoundingClientRect().bottom > 400);
    const before = row.lastElementChild.getBoundingClientRect().top;
    const at = viewport.scrollTop;
    viewport.scrollTop += by;
    const moved = viewport.scrollTop - at;
    // Until what this brings has been laid out.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    while (document.querySelector('.timeline[aria-busy]')) await new Promise((resolve) => setTimeout(resolve, 5));
    const after = row.isConnected ? row.lastElementChild.getBoundingClientRect().top : NaN;
    if (Math.abs(after - before + moved) > 1.5) throw new Error(`jumped by ${after - before + moved} at ${row.innerText}`);
    const text = middle()?.querySelector('p')?.textContent;
    if (text) seen.push(Number(text.slice(5)));
  }
  return { seen, most };
}, [step, times]);

async function at(hash, options) {
  const page = await open_page(browser, program.url, options);
  await page.show(hash);
  await page.locator('.timeline .row').first().waitFor();
  return page;
}

test('scrolling back from the newest end and forth again does not jump or lose an item', async () => {
  const page = await at(kHash);
  const back = await scroll(page, -450, 260);
  assert.ok(back.seen.length > 100);
  assert.deepEqual(back.seen, [...back.seen].sort((a, b) => b - a), 'ever older');
  assert.ok(kCount - back.seen.at(-1) > 1000, `came to ${back.seen.at(-1)}`);
  const rows = await page.locator('.timeline .row p[dir]').allTextContents();
  const numbers = rows.map((text) => Number(text.slice(5)));
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), 'no item is missing or twice');

  const forth = await scroll(page, 450, 270);
  assert.deepEqual(forth.seen, [...forth.seen].sort((a, b) => a - b), 'ever newer');
  await page.locator('.timeline .row', { hasText: `item ${kCount - 1}` }).waitFor();
  assert.ok(Math.max(back.most, forth.most) < 1000, 'what is far away is dropped');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a link into the middle scrolls both ways', async () => {
  const middle = Math.floor(kCount / 2);
  const page = await at(`${kHash}?item=message:msg_long_${middle}`);
  const target = page.locator('.row.target');
  assert.match(await target.innerText(), new RegExp(`item ${middle}\\b`));
  assert.ok((await target.boundingBox()).y > 56);
  const forth = await scroll(page, 450, 120);
  assert.ok(forth.seen.at(-1) > middle + 300, `came to ${forth.seen.at(-1)}`);
  assert.deepEqual(forth.seen, [...forth.seen].sort((a, b) => a - b));
  const back = await scroll(page, -450, 240);
  assert.ok(back.seen.at(-1) < middle - 300, `came to ${back.seen.at(-1)}`);
  const rows = await page.locator('.timeline .row p[dir]').allTextContents();
  const numbers = rows.map((text) => Number(text.slice(5)));
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), 'no item is missing or twice');
  await page.context().close();
});

test('a hidden timeline asks for nothing until it is shown', async () => {
  const page = await at(kHash, { size: kNarrow });
  const asked = [];
  page.on('request', (request) => { if (request.url().includes('/timeline')) asked.push(request.url()); });
  // The answer of another request tells that one for the timeline would have been seen.
  const scroll_and_ask = () => page.evaluate(async () => {
    document.querySelector('.viewport').dispatchEvent(new Event('scroll'));
    await fetch('/livez');
  });
  const hide = (hidden) => page.evaluate((value) => { document.querySelector('main').hidden = value; }, hidden);
  await hide(true);
  await scroll_and_ask();
  assert.deepEqual(asked, []);
  await hide(false);
  await page.locator('.timeline .row', { hasText: `item ${kCount - 1}` }).waitFor();
  const oldest = () => page.locator('.timeline .row p[dir]').first().textContent();
  const before = await oldest();
  await page.evaluate(() => { document.querySelector('.viewport').scrollTop = 0; });
  await page.waitForFunction((text) => document.querySelector('.timeline .row p[dir]').textContent !== text, before);
  await page.context().close();
});

test('a timeline that was loaded while it was hidden is filled when it is shown', async () => {
  const page = await open_page(browser, program.url, { size: kNarrow });
  await page.show('#/');
  const asked = [];
  page.on('request', (request) => { if (request.url().includes('/timeline')) asked.push(request.url()); });
  await page.evaluate((hash) => {
    document.querySelector('main').hidden = true;
    location.hash = hash;
  }, kHash);
  await page.waitForFunction(() => document.querySelector('.timeline .row') && !document.querySelector('main[aria-busy]'));
  assert.equal(asked.length, 1);
  await page.evaluate(() => { document.querySelector('main').hidden = false; });
  await page.locator('.timeline .row', { hasText: `item ${kCount - 1}` }).waitFor();
  await page.waitForFunction(() => {
    const viewport = document.querySelector('.viewport');
    return viewport.scrollHeight - viewport.scrollTop - viewport.clientHeight < 2;
  });
  await page.context().close();
});

test('the whole conversation is walked to its oldest item and back, in bounded memory', async () => {
  const page = await at(kHash);
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const memory = async () => {
    await client.send('HeapProfiler.collectGarbage');
    const { metrics } = await client.send('Performance.getMetrics');
    const { JSHeapUsedSize, Nodes } = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    return { heap_kb: Math.round(JSHeapUsedSize / 1024), nodes: Nodes };
  };
  const begin = await memory();
  const holds = (n) => page.locator('.timeline p[dir]', { hasText: new RegExp(`^item ${n}$`) }).count();
  while (!await holds(0)) await scroll(page, -1400, 200);
  const far = await memory();
  while (!await holds(kCount - 1)) await scroll(page, 1400, 200);
  const end = await memory();
  console.log(`memory at ${kCount} items:`, { begin, far, end });
  for (const { nodes } of [far, end]) assert.ok(nodes < 20_000, `${nodes} nodes`);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('the oldest item of all has nothing above it', async () => {
  const page = await at(`${kHash}?item=message:msg_long_0`);
  assert.match(await page.locator('.timeline .row').first().innerText(), /item 0\b/);
  await page.context().close();
});
