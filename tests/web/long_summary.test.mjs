// Summaries of 9 MB in the shapes that cost most: the page shows the beginning of each, and says so. With a regular
// expression that looks at a letter again and again each of these would take hours.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open_page } from './browser.mjs';
import { Program } from './program.mjs';

const kBytes = 9_000_000;
const filled = (piece, before = '', end = '') => before + piece.repeat(kBytes / new TextEncoder().encode(piece).length) + end;
const kShapes = {
  italic: filled(' *a'),
  bold: filled(' *a', '**'),
  stars: filled('*'),
  lines_low: filled('_ __a'),
  code: filled('` '),
  blanks: filled(' ', '# ', '\u2028x'),
  digits: filled('1'),
  items: filled('- *a\n'),
  paragraphs: filled('x\n\n'),
  one_word: filled('x'),
};

const program = new Program();
let browser;

before(async () => {
  program.import(Object.entries(kShapes).map(([name, summary]) => ({
    topic: 'CALL_RECEIVED',
    data: {
      id: `cll_${name}`, start_date: '2026-03-02T09:10:00Z', from_number: '+14155550111', to: '+14155550100',
      one_sentence_summary: 'Short.', summary,
    },
  })));
  await program.start('--query-timeout', '30');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await program.remove();
});

for (const name of Object.keys(kShapes)) {
  test(`the beginning of a summary of 9 MB is shown: ${name}`, async () => {
    const page = await open_page(browser, program.url);
    await page.show(`#/calls/cll_${name}`);
    await page.locator('.prose').getByText('Not shown here: ').waitFor();
    const shown = await page.locator('.prose').evaluate((element) => element.textContent.length);
    assert.ok(shown <= 101_000, `${shown} letters`);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}
