// Runs every SQL and shell block of README.md, CONTRIBUTING.md and docs/*.md against the built program, and compares what it
// prints with the block of JSON or text right below it. A block that cannot run has a comment above it:
//   <!-- not run: the reason -->
// The pages are read one after another, README first, with one service on one archive: what README sends is there for all, and
// after it the webhooks that docs/openapi.json gives as examples.
// Usage: node --test documents_test.mjs, with the program's path in CALLARCHIVE. ACCEPT=1 writes what SQL blocks print into the
// pages; review the diff.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Program } from '../contract/program.mjs';
import { blocksOf, comparable, run } from './blocks.mjs';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kPages = ['README.md', 'CONTRIBUTING.md', ...fs.readdirSync(path.join(kRoot, 'docs')).filter((name) => name.endsWith('.md'))
  .sort().map((name) => `docs/${name}`)];

let program, place;

before(async () => {
  program = await Program.start(process.env.CALLARCHIVE);
  const { folder } = program;
  const archive = path.join(folder, 'archive.db');
  fs.mkdirSync(path.join(folder, 'data'));
  fs.symlinkSync(archive, path.join(folder, 'data/callarchive.db'));
  fs.symlinkSync(path.join(kRoot, 'scripts'), path.join(folder, 'scripts'));
  fs.mkdirSync(path.join(folder, 'etc'));
  const configuration = fs.readFileSync(path.join(kRoot, 'packaging/callarchive.toml'), 'utf8');
  fs.writeFileSync(path.join(folder, 'etc/callarchive.toml'), configuration.replace('/var/lib/callarchive', folder));
  place = { folder, archive, path: `${path.dirname(process.env.CALLARCHIVE)}:${process.env.PATH}` };
});

after(async () => assert.equal(await program?.stop(), 0, 'exit code'));

/** The block with the places and the user of an installed service, as the pages name them, replaced by the test's own. */
function here(block) {
  const { folder } = place;
  const moves = [
    ['http://127.0.0.1:8080', `http://127.0.0.1:${program.port}`],
    ['/var/lib/callarchive', `${folder}/data`],
    ['/var/backups/callarchive', `${folder}/backups`],
    ['/etc/callarchive', `${folder}/etc`],
    ['drill.db', `${folder}/drill.db`],
    ['sudo -u callarchive ', ''],
    ['sudo install -d -o callarchive -g callarchive ', 'install -d '],
  ];
  return { ...block, text: moves.reduce((text, [from, to]) => text.replaceAll(from, to), block.text) };
}

async function sendExamples() {
  const { paths } = JSON.parse(fs.readFileSync(path.join(kRoot, 'docs/openapi.json'), 'utf8'));
  const { examples } = paths['/webhooks/allo'].post.requestBody.content['application/json'];
  for (const { value } of Object.values(examples)) {
    const answer = await program.ask('POST', '/webhooks/allo', { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
    assert.equal(answer.status, 200, answer.text);
  }
}

/** Replaces the block of text below an SQL block of a page by what was printed. */
function accept(page, block, printed) {
  const file = path.join(kRoot, page);
  const text = fs.readFileSync(file, 'utf8');
  const begin = text.indexOf(`\n\`\`\`text\n`, text.indexOf(block.text)) + '\n```text\n'.length;
  const shown = printed.split('\n').map((line) => line.trimEnd()).join('\n').trimEnd();
  fs.writeFileSync(file, `${text.slice(0, begin)}${shown}\n${text.slice(text.indexOf('```', begin))}`);
}

for (const page of kPages) {
  if (page === 'docs/api.md') test('the examples of docs/openapi.json', sendExamples);
  const blocks = blocksOf(fs.readFileSync(path.join(kRoot, page), 'utf8'));
  for (const block of blocks) {
    test(`${page}:${block.line}`, { skip: block.notRun }, async () => {
      const printed = await run(here(block), place);
      if (block.language === 'sql') assert.ok(block.output, 'a query needs a block of text below it with what it prints');
      if (block.output && process.env.ACCEPT && block.language === 'sql') return accept(page, block, printed);
      if (block.output) assert.deepEqual(...comparable(block.output, printed));
    });
  }
}

test('the files that the pages name exist', () => {
  const names = new Set();
  for (const page of kPages) {
    for (const [, name] of fs.readFileSync(path.join(kRoot, page), 'utf8').matchAll(/`((?:\.ci|bench|demo|docs|migrations|packaging|scripts|server|storage|tests|web)\/[\w./-]*)/g)) names.add(name);
  }
  assert.ok(names.size > 50, `only ${names.size} names were found`);
  // Of decode_*.cpp, <thing>.cpp and NNNN_what.sql the folder is looked for.
  const exists = (name) => fs.existsSync(path.join(kRoot, name)) || fs.existsSync(path.join(kRoot, path.dirname(name)));
  const isWhole = (name) => /\.\w+$|\/$/.test(name) && !name.includes('NNNN');
  assert.deepEqual([...names].filter((name) => (isWhole(name) ? !fs.existsSync(path.join(kRoot, name)) : !exists(name))), []);
});

test('README shows what it prints', () => {
  const shown = blocksOf(fs.readFileSync(path.join(kRoot, 'README.md'), 'utf8')).filter(({ output, notRun }) => output && !notRun);
  assert.ok(shown.length >= 5, `only ${shown.length} blocks are compared`);
});

test('a page with a false block is found out', async () => {
  const page = (body) => blocksOf(body)[0];
  const printed = await run(page('```sql\nSELECT 1 AS one;\n```\n\n```text\none\n---\n1\n```\n'), place);
  const { output } = page('```sql\nSELECT 1 AS one;\n```\n\n```text\none\n---\n2\n```\n');
  assert.notDeepEqual(...comparable(output, printed));
  await assert.rejects(run(page('```sql\nSELECT no_such_column FROM calls;\n```\n'), place), /no such column/);
  await assert.rejects(run(here(page("```sh\ncurl 'http://127.0.0.1:8080/v1/calls?numbr=1'\n```\n")), place), /unknown_parameter/);
  assert.throws(() => blocksOf('<!-- not run: -->\n```sh\nfalse\n```\n'), /without a reason/);
  assert.equal(page('<!-- not run: no reason at all -->\n\ntext between\n\n```sh\nfalse\n```\n').notRun, undefined);
});
