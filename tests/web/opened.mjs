// What running.mjs has, and a page for each test, which fails if it did what no page may do.
import assert from 'node:assert/strict';
import { afterEach } from 'node:test';
import { open_page } from './browser.mjs';
import { browser, program } from './running.mjs';
import { serve } from './wave.mjs';

export { program };
// The page of the test that runs.
export let page;

afterEach(async () => {
  const { problems } = page;
  // A request that is being answered otherwise may end after its page.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.context().close();
  assert.deepEqual(problems, []);
});

export async function open(hash, options) {
  page = await open_page(browser, program.url, options);
  await page.show(hash);
}

const kRecordings = 'https://recordings.example.com/';

// From here on the page may fetch recordings, which are this file.
export async function answer_recordings(file) {
  page.allowed.push(kRecordings);
  await page.route(`${kRecordings}**`, (route) => serve(route, file));
}
