// For tests of one file: the program with the workshop's archive, a browser, and a page for each test, which fails if
// it did what no page may do.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { launch, open_page } from './browser.mjs';
import { workshop } from './generated.mjs';
import { Program } from './program.mjs';

export const program = new Program();
// The page of the test that runs.
export let page;
let browser;

before(async () => {
  program.import(workshop());
  await program.start();
  browser = await launch();
});
after(async () => {
  await browser.close();
  await program.remove();
});
afterEach(async () => {
  const { problems } = page;
  await page.context().close();
  assert.deepEqual(problems, []);
});

export async function open(hash, options) {
  page = await open_page(browser, program.url, options);
  await page.show(hash);
}
