import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { open, page, program } from './opened.mjs';

async function download(hash, item) {
  await open(hash);
  await page.locator('.menu summary:text-is("Export")').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: item, exact: true }).click()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

test('a conversation as CSV holds its calls alone', async () => {
  const { name, text } = await download('#/numbers/%2B14155550122', 'Calls, CSV');
  assert.match(name, /\.csv$/);
  const ids = text.match(/cll_\w+/g);
  const { data } = await (await fetch(`${program.url}/v1/calls?number=%2B14155550122&limit=500`)).json();
  assert.deepEqual([...new Set(ids)].sort(), data.map(({ id }) => id).sort());
});

test('what a search found as NDJSON', async () => {
  const { text } = await download('#/find?q=weathervane&kind=call', 'Calls, NDJSON');
  const lines = text.trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(lines.some((line) => JSON.stringify(line).includes('cll_amelia')));
});

test('the address book as vCard', async () => {
  const { name, text } = await download('#/contacts', 'vCard');
  assert.match(name, /\.vcf$/);
  assert.equal(text.match(/BEGIN:VCARD/g).length, 8);
});
