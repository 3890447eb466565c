import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open_page } from './browser.mjs';
import { long_timeline } from './generated.mjs';
import { Program } from './program.mjs';

const kCount = Number(process.env.CALLARCHIVE_LONG ?? 20_000);
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

async function at(hash) {
  const page = await open_page(browser, program.url);
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

test('the oldest item of all has nothing above it', async () => {
  const page = await at(`${kHash}?item=message:msg_long_0`);
  assert.match(await page.locator('.timeline .row').first().innerText(), /item 0\b/);
  await page.context().close();
});
