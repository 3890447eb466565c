// Who may ask what: every route of docs/openapi.json, asked with the tokens that suit it and with those that do not.
// Usage: node --test access_test.mjs, with the program's path in CALLARCHIVE.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { faults, operations, target } from './document.mjs';
import { Program } from './program.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'callarchive-access-'));
const tokens = { reader: 'ca_reader', owner: 'ca_owner', sender: 'ca_sender' };
const scopes = { reader: 'read', owner: 'admin', sender: 'ingest' };
const queries = operations.filter((operation) => operation.method === 'GET');
const isOpen = (operation) => !operation.responses[401];
const needsAdmin = (operation) => /^\/v1\/deliveries/.test(operation.path);

let closed;  // asks for tokens
let open;    // on loopback, without

before(async () => {
  const file = path.join(folder, 'tokens');
  fs.writeFileSync(file, Object.entries(tokens).map(([name, secret]) =>
    `${name} ${scopes[name]} ${createHash('sha256').update(secret).digest('hex')} 2026-03-02T09:00:00Z\n`).join(''));
  closed = await Program.start(process.env.CALLARCHIVE, '--tokens-file', file);
  open = await Program.start(process.env.CALLARCHIVE);
});

after(async () => {
  await Promise.all([closed?.stop(), open?.stop()]);
  fs.rmSync(folder, { recursive: true });
});

const ask = (program, operation, headers = {}) => program.ask('GET', target(operation), { headers });
const bearer = (token) => ({ authorization: `Bearer ${token}` });

function check(operation, answer, status, code) {
  assert.equal(answer.status, status, `${operation.id}: ${answer.text}`);
  assert.equal(answer.json().code, code, operation.id);
  const told = operation.responses[status];
  assert.ok(told.content['application/problem+json'].examples[code], `${operation.id} does not tell of ${code}`);
  assert.equal(faults(told.content['application/problem+json'].schema, answer.json()), '');
  for (const name of Object.keys(told.headers)) assert.ok(answer.headers[name.toLowerCase()], `${operation.id} lacks ${name}`);
}

for (const operation of queries) {
  test(`${operation.path} lets in whom it says`, async () => {
    if (isOpen(operation)) return assert.equal((await ask(closed, operation)).status, 200);
    check(operation, await ask(closed, operation), 401, 'unauthorized');
    check(operation, await ask(closed, operation, bearer(tokens.sender)), 403, 'insufficient_scope');
    const asReader = await ask(closed, operation, bearer(tokens.reader));
    if (needsAdmin(operation)) check(operation, asReader, 403, 'insufficient_scope');
    else assert.ok([200, 404].includes(asReader.status), asReader.text);
    const asOwner = await ask(closed, operation, bearer(tokens.owner));
    assert.ok([200, 404].includes(asOwner.status), asOwner.text);
  });

  test(`${operation.path} is closed to pages of other sites`, async () => {
    check(operation, await ask(open, operation, { host: 'rebound.example' }), 403, 'foreign_host');
    check(operation, await ask(open, operation, { origin: 'https://other.example' }), 403, 'foreign_origin');
  });
}

test('the caller is told its scopes', async () => {
  const me = queries.find((operation) => operation.id === 'show_me');
  assert.deepEqual((await ask(closed, me, bearer(tokens.reader))).json().scopes, ['read']);
});

test('guessing tokens ends in 429', async () => {
  const me = queries.find((operation) => operation.id === 'show_me');
  let answer;
  for (let tries = 0; tries < 1000; ++tries) {
    answer = await ask(closed, me, bearer(`ca_guess_${tries}`));
    if (answer.status !== 401) break;
  }
  check(me, answer, 429, 'too_many_failures');
  assert.equal((await ask(closed, me, bearer(tokens.reader))).status, 200, 'a right token is let in all the same');
});
