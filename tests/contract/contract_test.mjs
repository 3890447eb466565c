// Walks docs/openapi.json against the running program: every operation, every parameter, every error it tells of.
// Usage: node --test contract_test.mjs, with the program's path in CALLARCHIVE.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { bodies, document, faults, follow, operations, queryOf, target } from './document.mjs';
import { Program } from './program.mjs';
import { silence } from '../web/wave.mjs';

const kToken = follow({ $ref: '#/components/parameters/token' }).example;
const kJson = { 'content-type': 'application/json' };
const receive = operations.find((operation) => operation.id === 'receive_by_token');
const queries = operations.filter((operation) => operation.method === 'GET');

let program;

before(async () => {
  program = await Program.start(process.env.CALLARCHIVE, '--webhook-token', kToken);
  for (const [name, { value }] of Object.entries(receive.requestBody.content['application/json'].examples)) {
    const answer = await deliver(value);
    assert.equal(answer.status, 200, `${name}: ${answer.text}`);
    check(receive, answer);
  }
  // Fetching is tested elsewhere; here the recording of the example comes from a file.
  await program.restart((folder) => {
    const sounds = path.join(folder, 'sounds');
    fs.mkdirSync(sounds);
    fs.writeFileSync(path.join(sounds, 'cll_8fK2mQ7vT1xZ4nB6wR3y.wav'), silence(90));
    execFileSync(process.env.CALLARCHIVE, ['recordings', 'import', '--db', path.join(folder, 'archive.db'), sounds],
      { stdio: 'pipe' });
  });
});

after(async () => assert.equal(await program?.stop(), 0, 'exit code'));

const deliver = (value, token = kToken) =>
  program.ask('POST', target(receive, { token }), { headers: kJson, body: JSON.stringify(value) });

// Headers that come with some of the answers that tell of them.
const kOnlyWith = {
  Link: (answer) => answer.json().page.has_more,
  Allow: (answer) => answer.status === 405,
  'Retry-After': (answer) => [429, 503].includes(answer.status) && answer.json().code !== 'query_timeout',
};

/** The answer must be one that the document tells of, in status, headers, type and body. */
function check(operation, answer) {
  const told = operation.responses[answer.status] ?? operation.responses.default;
  const isProblem = answer.status >= 400;
  if (isProblem) {
    const example = follow(told.content['application/problem+json'].examples[answer.json().code]);
    assert.equal(example?.value.status, answer.status, `${operation.id} answers an untold ${answer.status}: ${answer.text}`);
  }
  assert.ok(isProblem || operation.responses[answer.status], `${operation.id} answers an untold ${answer.status}`);
  for (const name of Object.keys(told.headers ?? {})) {
    if (kOnlyWith[name] && !kOnlyWith[name](answer)) continue;
    assert.ok(answer.headers[name.toLowerCase()], `${operation.id} ${answer.status} lacks the header ${name}`);
  }
  if (!told.content) return assert.equal(answer.text, '');
  const media = told.content[answer.type];
  assert.ok(media, `${operation.id} ${answer.status} answers an untold ${answer.type}`);
  const { contentSchema } = media.schema;
  if (contentSchema) return assert.equal(faults(contentSchema, linesOf(answer.text)), '', `${operation.id}: ${answer.text}`);
  if (/json$/.test(answer.type)) assert.equal(faults(media.schema, answer.json()), '', `${operation.id}: ${answer.text}`);
}

const linesOf = (text) => text.trimEnd().split('\n').map((line) => JSON.parse(line));

const ask = async (operation, query = '', options = {}) => {
  const answer = await program.ask(operation.method, target(operation, {}, query), options);
  check(operation, answer);
  return answer;
};

test('the examples fit their schemas', () => {
  for (const { where, media, value } of bodies()) {
    assert.notEqual(value, undefined, `${where} is missing`);
    assert.equal(faults(media.schema, value), '', where);
    if (media.schema.contentSchema) assert.equal(faults(media.schema.contentSchema, linesOf(value)), '', where);
  }
});

// Parameters that one format alone knows.
const kOnlyWithFormat = { for: '&format=csv', version: '&format=vcard' };

for (const operation of queries) {
  test(`${operation.method} ${operation.path}`, async () => {
    const answer = await ask(operation);
    assert.equal(answer.status, 200, answer.text);
    for (const parameter of operation.parameters) {
      if (parameter.in !== 'query' || parameter.name === 'cursor') continue;
      const narrowed = await ask(operation, queryOf(parameter) + (kOnlyWithFormat[parameter.name] ?? ''));
      assert.equal(narrowed.status, 200, `${parameter.name}: ${narrowed.text}`);
    }
  });
}

test('the data of the webhook examples is what the other examples show', async () => {
  for (const operation of queries.filter(({ path }) => /^\/v1\/(calls|messages)\/\{id\}$/.test(path))) {
    const { example, examples } = operation.responses[200].content['application/json'];
    const shown = example ?? Object.values(examples)[0].value;
    assert.deepEqual((await ask(operation)).json(), shown);
  }
});

test('every parameter of a list narrows it or finds its example', async () => {
  // No example has a property of the customer's own, nor a time that cannot be read.
  await deliver({ topic: 'CALL_RECEIVED', data: { id: 'cll_without_time', start_date: 'yesterday' } });
  await deliver({ topic: 'CONTACT_CREATED', data: { id: 'con_with_property', name: 'Zoe', numbers: [], emails: [], segment: 'gold' } });
  for (const operation of queries.filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'))) {
    for (const parameter of operation.parameters) {
      if (parameter.in !== 'query' || ['cursor', 'timeout_ms', 'limit', 'q'].includes(parameter.name)) continue;
      const { data } = (await ask(operation, queryOf(parameter))).json();
      assert.notEqual(data.length, 0, `${operation.id} finds nothing for ${queryOf(parameter)}`);
    }
  }
});

test('next_cursor and Link lead to the same next page', async () => {
  for (const operation of queries.filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'))) {
    const first = await ask(operation, 'limit=1');
    const { page } = first.json();
    if (!page.has_more) continue;
    const byCursor = await ask(operation, `limit=1&cursor=${page.next_cursor}`);
    const byLink = await program.ask('GET', first.headers.link.match(/^<(.*)>; rel="next"$/)[1]);
    assert.equal(byLink.text, byCursor.text, operation.id);
    assert.notEqual(byCursor.text, first.text, operation.id);
  }
});

test('a known entity tag is answered with 304', async () => {
  for (const operation of queries.filter(({ responses }) => responses[304])) {
    const { headers } = await ask(operation);
    const again = await ask(operation, '', { headers: { 'if-none-match': headers.etag } });
    assert.equal(again.status, 304, operation.id);
  }
});

test('an export is whole, and says so', async () => {
  for (const operation of queries.filter(({ path }) => path.startsWith('/v1/export/'))) {
    const { text } = await ask(operation);
    const lines = linesOf(text);
    const { completion } = lines.at(-1);
    assert.equal(lines[0].manifest.export, operation.path.split('/').at(-1));
    assert.equal(completion.rows, lines.length - 2);
    assert.notEqual(completion.rows, 0);
    const before = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
    assert.equal(completion.sha256, createHash('sha256').update(before).digest('hex'));
  }
});

test('a delivery sent again is a duplicate', async () => {
  const [{ value }] = Object.values(receive.requestBody.content['application/json'].examples);
  assert.equal((await deliver(value)).json().status, 'duplicate');
});

// How to make each error. `asked` is an operation that tells of it.
const kUnknownIds = { id: 'unknown', number: '+14155559999', delivery: '999999999' };
const post = (asked, options) => program.ask('POST', target(asked, { token: kToken }), {
  ...options, headers: { authorization: `Bearer ${kToken}`, ...kJson, ...options.headers } });
const kMade = {
  unknown_parameter: (asked) => program.ask('GET', target(asked, {}, 'no_such_parameter=1')),
  invalid_parameter: (asked) => {
    const wrong = ['limit', 'timeout_ms', 'format'].find((name) =>
      asked.parameters.some((parameter) => parameter.in === 'query' && parameter.name === name));
    return program.ask('GET', target(asked, {}, `${wrong}=wrong`));
  },
  invalid_cursor: (asked) => program.ask('GET', target(asked, {}, 'cursor=wrong')),
  history_changed: (asked) => program.ask('GET', target(asked, {}, 'after=0123456789abcdef.1.0')),
  not_found: (asked) => program.ask('GET', target(asked, kUnknownIds)),
  range_not_satisfiable: (asked) => program.ask('GET', target(asked), { headers: { range: 'bytes=99999999-' } }),
  body_too_large: (asked) => post(asked, { headers: { 'content-length': 1 << 30 }, body: undefined }),
  unsupported_media_type: (asked) => post(asked, { body: '{}', headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
  unsupported_encoding: (asked) => post(asked, { body: '{}', headers: { 'content-encoding': 'gzip' } }),
};
// The same from bytes that are no sound request. Those that may have a body say that it is empty.
const line = (asked, more = '', version = 'HTTP/1.1') =>
  `${asked.method} ${target(asked)}${more} ${version}\r\nHost: localhost\r\n${asked.method === 'POST' ? 'Content-Length: 0\r\n' : ''}`;
const kSent = {
  invalid_head: (asked) => `${line(asked)}no colon\r\n\r\n`,
  invalid_target: (asked) => `${line(asked, '%zz')}\r\n`,
  invalid_length: (asked) => `${line(asked).replace(/Content-Length.*/, 'X: y')}Content-Length: none\r\n\r\n`,
  unexpected_body: (asked) => `${line(asked)}Content-Length: 2\r\n\r\n{}`,
  length_required: (asked) => `${line(asked).replace(/Content-Length.*/, 'X: y')}\r\n`,
  invalid_chunk: (asked) => `${line(asked).replace(/Content-Length.*/, 'X: y')}Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n`,
  method_not_allowed: (asked) => `PATCH ${target(asked)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`,
  target_too_long: (asked) => `${line(asked, 'x'.repeat(9000))}\r\n`,
  unknown_expectation: (asked) => `${line(asked)}Expect: the best\r\n\r\n`,
  head_too_large: (asked) => `${line(asked)}X: ${'x'.repeat(33 << 10)}\r\n\r\n`,
  too_many_headers: (asked) => `${line(asked)}${'X: y\r\n'.repeat(101)}\r\n`,
  invalid_version: (asked) => `${line(asked, '', 'HTTP/2.0')}\r\n`,
};
const refused_delivery = (asked) => program.ask('POST', target(asked, { token: 'wrong' }), { headers: kJson, body: '{}' });

// Errors that no request alone can make, and where they are tested.
const kElsewhere = {
  no_recording: 'tests/recordings/service_test.cpp',
  recording_not_kept: 'tests/recordings/service_test.cpp',
  query_timeout: 'tests/api/lists_test.cpp',
  not_ready: 'tests/api/lists_test.cpp',
  not_durable: 'tests/process/faults_test.cpp',
  overloaded: 'tests/process/faults_test.cpp',
  clock_skew: 'tests/http/webhook_access_test.cpp',
  not_json: 'tests/ingest/receive_test.cpp',
  no_envelope: 'tests/ingest/receive_test.cpp',
  insufficient_scope: 'access_test.mjs',
  foreign_host: 'access_test.mjs',
  foreign_origin: 'access_test.mjs',
  too_many_failures: 'access_test.mjs',
  request_timeout: 'tests/http/pressure_test.cpp',
  busy: 'tests/http/pressure_test.cpp',
  internal_error: 'tests/http/server_test.cpp',
};

for (const operation of operations) {
  for (const [status, told] of Object.entries(operation.responses)) {
    const examples = told.content?.['application/problem+json']?.examples ?? {};
    for (const [code, each] of Object.entries(examples)) {
      const { value } = follow(each);
      if (kElsewhere[code] || (status === 'default' && operation.responses[value.status])) continue;
      if (code === 'unauthorized' && operation.method === 'GET') continue;  // access_test.mjs
      test(`${operation.id} refuses with ${value.status} ${code}`, async () => {
        const make = code === 'unauthorized' ? refused_delivery : kMade[code];
        assert.ok(kSent[code] || make, `this test does not know how to make ${code}`);
        const answer = kSent[code] ? await program.send(kSent[code](operation)) : await make(operation);
        assert.equal(answer.status, value.status, answer.text);
        assert.equal(answer.json().code, code);
        check(operation, answer);
      });
    }
  }
}

test('the wrong method is told the right ones', async () => {
  for (const path of Object.keys(document.paths)) {
    const operation = operations.find((each) => each.path === path);
    const wrong = operation.method === 'GET' ? 'DELETE' : 'PUT';
    const answer = await program.ask(wrong, target(operation));
    assert.equal(answer.status, 405, path);
    assert.match(answer.headers.allow, new RegExp(operation.method), path);
    assert.equal(faults({ $ref: '#/components/schemas/Problem' }, answer.json()), '');
  }
});
