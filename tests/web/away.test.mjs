import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open_page } from './browser.mjs';
import { browser, program } from './running.mjs';

test('the server goes away and returns: the page says so and goes on by itself', async () => {
  const page = await open_page(browser, program.url);
  await page.show('#/');
  await program.stop();
  await page.locator('aside .row', { hasText: 'Amelia Hartley' }).locator('a').click();
  await page.locator('.away', { hasText: 'cannot be reached' }).waitFor();
  await program.start();
  await page.locator('.timeline .row').first().waitFor();
  assert.equal(await page.locator('.away').isVisible(), false);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('Retry now does not wait for the next attempt', async () => {
  const page = await open_page(browser, program.url);
  // No wait for an attempt ends by itself.
  await page.addInitScript(() => {
    const set = globalThis.setTimeout;
    globalThis.setTimeout = (call, milliseconds, ...rest) => set(call, globalThis.waits_forever && milliseconds >= 250 ? 2 ** 31 - 1 : milliseconds, ...rest);
  });
  await page.show('#/');
  await page.evaluate(() => { globalThis.waits_forever = true; });
  await program.stop();
  await page.evaluate(() => { location.hash = '#/contacts'; });
  const now = page.getByRole('button', { name: 'Retry now' });
  await now.waitFor();
  await program.start();
  await now.click();
  await page.locator('main .conversation').first().waitFor();
  await page.context().close();
});

test('what does not exist is told, with a way on', async () => {
  const page = await open_page(browser, program.url);
  await page.show('#/numbers/%2B19995550000');
  await page.locator('.notice').waitFor();
  await page.getByRole('link', { name: 'To the conversations' }).waitFor();
  assert.match(await page.title(), /^Error/);
  await page.show('#/no-such-view');
  await page.getByText('Page not found').waitFor();
  await page.context().close();
});
