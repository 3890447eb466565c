// The Markdown of summaries, without a browser, in the shapes that cost most: 100,000 letters are read, and of 10 MB none.
// What looks at the rest of a text for each sign would take hours.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from '../../web/node_modules/esbuild/lib/main.js';

// As much of a browser as the module uses.
class Element {
  children = [];
  constructor(tag) { this.localName = tag; }
  setAttribute() {}
  append(...children) { this.children.push(...children); }
}
Object.assign(globalThis, {
  document: { createElement: (tag) => new Element(tag), documentElement: { dataset: {} } },
  matchMedia: () => ({ matches: false, addEventListener() {} }),
  localStorage: { getItem: () => null },
});
if (!globalThis.navigator) globalThis.navigator = { language: 'en', languages: ['en'] };

let markdown;
before(async () => {
  const { outputFiles: [file] } = await build({
    entryPoints: [fileURLToPath(new URL('../../web/src/markdown.ts', import.meta.url))], bundle: true, format: 'esm', write: false,
  });
  ({ markdown } = await import(`data:text/javascript;base64,${Buffer.from(file.contents).toString('base64')}`));
});

const text_of = (node) => typeof node === 'string' ? node : node.children.map(text_of).join('');
const kRead = 100_000;
const kBytes = 10_000_000;
const kShapes = {
  italic: ' *a', stars: '*', mixed: '*a_', lines_low: '_ __a', code: '` ', strike: '~~a ', escapes: '\\*', entities: '&', brackets: '[',
  links: '[a](', references: '[a]: b\n', links_to_them: '[a]\n', images: '![', tags: '<a ', addresses: '<http://a', quotes: '> ',
  items: '- *a\n', lists: '- ', numbers: '1. ', tables: '|a|b\n|-|-\n', fences: '```\n', digits: '+33612345678 ', blanks: ' ', words: 'x y ',
};
for (const [name, piece] of Object.entries(kShapes)) {
  const filled = (length) => piece.repeat(Math.floor(length / piece.length));
  test(`100,000 letters: ${name}`, () => assert.ok(text_of(markdown(filled(kRead))).length <= kRead));
  test(`10 MB: ${name}`, () => {
    const source = filled(kBytes);
    assert.equal(text_of(markdown(source)), source);
  });
}
