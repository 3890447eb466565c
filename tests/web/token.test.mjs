import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, launch, open_page, screenshot } from './browser.mjs';
import { workshop } from './generated.mjs';
import { Program } from './program.mjs';

const program = new Program();
let browser;
let secret;

before(async () => {
  program.import(workshop());
  secret = program.make_token('read');
  await program.start('--tokens-file', program.tokens_file);
  browser = await launch();
});
after(async () => {
  await browser.close();
  await program.remove();
});

async function ask() {
  const page = await open_page(browser, program.url);
  await page.goto(program.url + '/#/contacts');
  await page.getByLabel('API token').waitFor();
  return page;
}

test('a server that wants a token is given one, once for all that waits', async () => {
  const page = await ask();
  await screenshot(page, 'token-wide-light');
  assert.deepEqual(await axe(page), []);
  await page.getByLabel('API token').fill(secret);
  await page.keyboard.press('Enter');
  await page.locator('main .conversation').first().waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.reload();
  await page.locator('main .conversation').first().waitFor();
  await page.context().close();
});

test('a wrong token is asked for again', async () => {
  const page = await ask();
  await page.getByLabel('API token').fill('not-the-token');
  await page.keyboard.press('Enter');
  await page.getByText('That token was not accepted').waitFor();
  await page.getByLabel('API token').fill(secret);
  await page.keyboard.press('Enter');
  await page.locator('main .conversation').first().waitFor();
  await page.context().close();
});

test('the token stays in its tab, out of the address, the storage of others and the copied curl', async () => {
  const page = await ask();
  await page.getByLabel('API token').fill(secret);
  await page.keyboard.press('Enter');
  await page.locator('main .conversation').first().waitFor();
  assert.ok(!page.url().includes(secret));
  assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
  await page.getByRole('button', { name: 'curl' }).click();
  await page.getByText('Copied as curl').waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /Authorization: Bearer \$CALLARCHIVE_TOKEN/);
  assert.ok(!text.includes(secret));
  const other = await page.context().newPage();
  await other.goto(program.url);
  await other.getByLabel('API token').waitFor();
  await page.context().close();
});

test('an export carries the token', async () => {
  const page = await ask();
  await page.getByLabel('API token').fill(secret);
  await page.keyboard.press('Enter');
  await page.locator('main .conversation').first().waitFor();
  // As in a browser that cannot save to a file while it reads.
  await page.evaluate(() => { delete window.showSaveFilePicker; window.showSaveFilePicker = undefined; });
  await page.locator('.menu summary').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'vCard', exact: true }).click()]);
  assert.match(file.suggestedFilename(), /^callarchive-contacts-\d{4}-\d\d-\d\d\.vcf$/);
  await page.context().close();
});

test('a token is remembered beyond the tab only if that is wanted, and signing out forgets it', async () => {
  const page = await ask();
  await page.getByLabel('API token').fill(secret);
  await page.getByLabel('Remember it in this browser').check();
  await page.keyboard.press('Enter');
  await page.locator('main .conversation').first().waitFor();
  const other = await page.context().newPage();
  await other.goto(program.url + '/#/contacts');
  await other.locator('main .conversation').first().waitFor();
  await other.getByRole('button', { name: 'Settings' }).click();
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.getByLabel('API token').waitFor();
  assert.equal(await other.evaluate(() => localStorage.length + sessionStorage.length), 0);
  await page.context().close();
});

test('a token of another scope leads to entering another one', async () => {
  const other = new Program();
  try {
    const ingest = other.make_token('ingest');
    await other.start('--tokens-file', other.tokens_file);
    const page = await open_page(browser, other.url);
    await page.goto(other.url + '/#/contacts');
    await page.getByLabel('API token').fill(ingest);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Use another token' }).click();
    await page.getByLabel('API token').waitFor();
    await page.context().close();
  } finally {
    await other.remove();
  }
});
