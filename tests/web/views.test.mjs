import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { axe, kNarrow, kWide, open_page, screenshot } from './browser.mjs';
import { browser, program } from './running.mjs';

const kViews = {
  conversations: '#/',
  timeline: '#/numbers/%2B14155550111',
  call: '#/numbers/%2B14155550111?item=call:cll_amelia',
  'call-alone': '#/calls/cll_second',
  person: '#/people/per_0',
  message: '#/messages/msg_a',
  search: '#/find?q=tuesday',
  hour: `#/find?weekday=0&hour=10&since=${new Date(Date.now() - 60 * 86_400_000).toISOString().slice(0, 10)}`,
  nothing: '#/find?q=there-is-no-such-word',
  list: '#/find?kind=call',
  overview: '#/overview',
  contacts: '#/contacts',
  contact: '#/contacts/per_0',
};
const kMostBytes = 150_000;

for (const [size_name, size] of [['wide', kWide], ['narrow', kNarrow]]) {
  for (const dark of [false, true]) {
    const look = `${size_name}-${dark ? 'dark' : 'light'}`;
    suite(look, () => {
      let page;
      before(async () => { page = await open_page(browser, program.url, { size, dark }); });
      after(() => page.context().close());
      for (const [name, hash] of Object.entries(kViews)) {
        test(`${name}, ${look}: accessible, no wider than the window`, async () => {
          await page.show(hash);
          await screenshot(page, `${name}-${look}`);
          assert.deepEqual(await axe(page), []);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${wide} pixels too wide`);
          assert.deepEqual(page.problems.splice(0), []);
        });
      }
    });
  }
}

for (const dark of [false, true]) {
  test(`what opens over a view is accessible too, ${dark ? 'dark' : 'light'}`, async () => {
    const page = await open_page(browser, program.url, { dark });
    await page.show(kViews.overview);
    await page.getByText('Export', { exact: true }).click();
    await page.getByText('As a table').click();
    await page.locator('.as-table td').first().waitFor();
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await screenshot(page, `help-wide-${dark ? 'dark' : 'light'}`);
    assert.deepEqual(await axe(page), []);
    await page.context().close();
  });

  test(`an error and a server that went away are told accessibly, ${dark ? 'dark' : 'light'}`, async () => {
    const page = await open_page(browser, program.url, { dark, size: kNarrow });
    await page.show('#/contacts/per_nobody');
    await page.locator('.notice').waitFor();
    await page.route('**/v1/**', (route) => route.abort());
    await page.evaluate(() => { location.hash = '#/contacts'; });
    await page.locator('.away', { hasText: 'cannot be reached' }).waitFor();
    await screenshot(page, `away-narrow-${dark ? 'dark' : 'light'}`);
    assert.deepEqual(await axe(page), []);
    await page.context().close();
  });
}

test('the look follows the preference while the page is open', async () => {
  const page = await open_page(browser, program.url);
  await page.show('#/');
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await back();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before, light);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor === before, light);
  await page.context().close();
});

test('a wide window made narrow keeps what is read', async () => {
  const page = await open_page(browser, program.url);
  await page.show(kViews.timeline);
  await page.setViewportSize(kNarrow);
  await page.locator('.timeline .row').last().waitFor();
  assert.equal(await page.locator('aside').isVisible(), false);
  await page.getByRole('link', { name: 'Back to conversations' }).click();
  await page.locator('aside .row').first().waitFor();
  await page.context().close();
});

test('dates are those of the reader', async () => {
  const texts = [];
  for (const [locale, timezoneId] of [['fr-FR', 'Europe/Paris'], ['en-US', 'America/Los_Angeles']]) {
    const page = await open_page(browser, program.url, { locale, timezoneId });
    await page.show('#/calls/cll_second');
    texts.push(await page.locator('.view-title p').innerText());
    await page.context().close();
  }
  assert.match(texts[0], /lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche/);
  assert.match(texts[1], /[AP]M/);
});

test('all that is transferred for the page is small, and cached', async () => {
  const page = await open_page(browser, program.url);
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  const bytes = new Map();
  const urls = new Map();
  client.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength));
  await page.show('#/overview');
  await page.show('#/');
  const sizes = [...bytes].map(([id, size]) => [new URL(urls.get(id)).pathname, size]).filter(([path]) => !path.startsWith('/v1/'));
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.log('transfer:', total, 'bytes', Object.fromEntries(sizes.filter(([, size]) => size)));
  assert.ok(total > 0 && total < kMostBytes, `${total} bytes`);

  bytes.clear();
  await page.show('#/');
  const again = [...bytes].filter(([id, size]) => size && urls.get(id).includes('/assets/'));
  assert.deepEqual(again, [], 'a second visit fetches no asset');
  await page.context().close();
});
