// Forms and near words of a query, without a browser.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from '../../web/node_modules/esbuild/lib/main.js';

// As much of a browser as the modules use when they are loaded.
Object.assign(globalThis, {
  document: { documentElement: { dataset: {} } }, matchMedia: () => ({ matches: false, addEventListener() {} }),
  localStorage: { getItem: () => null }, addEventListener() {},
});
if (!globalThis.navigator) globalThis.navigator = { language: 'en', languages: ['en'] };

let forms;
before(async () => {
  const { outputFiles: [file] } = await build({
    entryPoints: [fileURLToPath(new URL('../../web/src/word_forms.ts', import.meta.url))], bundle: true, format: 'esm', write: false,
  });
  forms = await import(`data:text/javascript;base64,${Buffer.from(file.contents).toString('base64')}`);
});

test('forms of a word share a beginning, in English and French', () => {
  for (const family of [['refunded', 'refunds', 'refunding'], ['cancelled', 'cancels', 'cancelling', 'canceled'], ['bookings', 'booked', 'booking'],
    ['réservation', 'réserver', 'réservé', 'réservées'], ['factures', 'facturation', 'facturer'], ['livraisons', 'livraison']]) {
    const stems = new Set(family.map((word) => forms.stem(word) ?? word));
    const shortest = [...stems].sort((a, b) => a.length - b.length)[0];
    assert.ok([...stems].every((one) => one.startsWith(shortest)), `${family}: ${[...stems]}`);
  }
});

test('what is too short, in another script, or said exactly has no other forms', () => {
  for (const word of ['les', 'used', 'day', 'книги', 'דלתות', '12345']) assert.equal(forms.stem(word), null, word);
  for (const q of ['"refunded"', 'refund*', '-refunded', '']) assert.equal(forms.other_forms(q), null, q);
  assert.deepEqual(forms.other_forms('lyon refunded'), { q: 'lyon refund*', stems: ['refund'] });
});

test('a telephone number is no beginning of a word', () => {
  for (const q of ['06 39 98 10 03', '+33 6 39 98 10 03', '+1 (415) 555-0111', 'lyon 0639981003']) assert.equal(forms.as_typed(q), q);
  for (const q of ['refun', 'room 12', 'order 2024', 'weather']) assert.equal(forms.as_typed(q), `${q}*`);
});

test('the distance counts letters added, left out, changed and swapped', () => {
  for (const [a, b, far] of [['refund', 'refund', 0], ['refnd', 'refund', 1], ['refunnd', 'refund', 1], ['rexund', 'refund', 1], ['erfund', 'refund', 1], ['abc', '', 3]]) {
    assert.equal(forms.distance(a, b), far, `${a} ${b}`);
  }
});
