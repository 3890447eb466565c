// POST /mcp and the command mcp, by three programs that others wrote: the protocol's conformance tests, its inspector,
// and its TypeScript client, which checks what tools answer against their output schemas.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Program } from '../contract/program.mjs';

const executable = process.env.CALLARCHIVE;
const modules = path.join(import.meta.dirname, 'node_modules');
const results = fs.mkdtempSync(path.join(os.tmpdir(), 'callarchive-assistants-'));
let program;

const call = (number) => ({
  topic: 'call.completed', version: '2.0', timestamp: '2026-02-01T11:00:00.000Z',
  data: {
    id: `cll-${number}`, start_date: `2026-02-01T10:${10 + number}:00.000Z`, type: 'INBOUND', result: 'ANSWERED',
    from_number: '+14155550100', from_name: 'Ana', to: '+14155550199', length_in_minutes: 1.5, tags: ['invoice'],
    summary: 'About the invoice.',
    transcriptions: [{ source: 'EXTERNAL', time: '2026-02-01T10:10:02Z', text: 'Where is my invoice?' }],
  },
});

/** Runs a script of a package; resolves to its exit code and what it printed. */
const run = (script, ...args) => new Promise((resolve) => {
  const child = spawn(process.execPath, [path.join(modules, '@modelcontextprotocol', script), ...args],
    { cwd: results, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '', errors = '';
  child.stdout.on('data', (piece) => { output += piece; });
  child.stderr.on('data', (piece) => { errors += piece; });
  child.once('close', (code) => resolve({ code, output, errors }));
});

before(async () => {
  // Node keeps connections for four seconds and does not expect them to be gone before.
  program = await Program.start(executable, '--keep-alive-seconds', '5');
  for (let number = 0; number < 30; ++number) {
    const answer = await fetch(`http://127.0.0.1:${program.port}/webhooks/allo`,
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(call(number)) });
    assert.equal(answer.status, 200);
  }
});
after(async () => {
  assert.equal(await program.stop(), 0);
  fs.rmSync(results, { recursive: true });
});
const url = () => `http://127.0.0.1:${program.port}/mcp`;
const database = () => path.join(program.folder, 'archive.db');

// The suite does not count the first of these, and a scenario in the baseline may lose further checks.
const green = {
  '2026-07-28': ['http-header-validation: 14', 'server-stateless: 21', 'dns-rebinding-protection: 2', 'tools-list: 4'],
  '2025-11-25': ['server-initialize: 2', 'ping: 2', 'dns-rebinding-protection: 2', 'tools-list: 3'],
};
for (const revision of Object.keys(green)) {
  test(`passes the conformance tests of ${revision} but those of the baseline`, async () => {
    const baseline = path.join(import.meta.dirname, `baseline-${revision}.yml`);
    const { code, output, errors } = await run('conformance/dist/index.js', 'server', '--url', url(),
      '--requirements', revision, '--expected-failures', baseline, '-o', results);
    console.log(output.match(/Total: .*/)?.[0]);
    assert.equal(code, 0, output + errors);
    for (const line of green[revision]) assert.ok(output.includes(`${line} passed`), `${line}\n${output}`);
  });
}

test('the inspector lists the tools and calls one, over HTTP and over standard input', async () => {
  for (const target of [[url(), '--transport', 'http'], [executable, 'mcp', '--db', database()]]) {
    const inspect = (...args) => run('inspector/clients/launcher/build/index.js', '--cli', ...target, ...args);
    const list = await inspect('--method', 'tools/list');
    assert.equal(list.code, 0, list.output + list.errors);
    assert.equal(JSON.parse(list.output).tools.length, 8);
    const found = await inspect('--method', 'tools/call', '--tool-name', 'search_calls', '--tool-arg', 'limit=3');
    assert.equal(found.code, 0, found.output + found.errors);
    assert.equal(JSON.parse(found.output).structuredContent.data.length, 3);
  }
});

const transports = {
  HTTP: () => new StreamableHTTPClientTransport(new URL(url())),
  'standard input': () => new StdioClientTransport({ command: executable, args: ['mcp', '--db', database()] }),
};
for (const [name, connect] of Object.entries(transports)) {
  test(`the TypeScript client calls every tool over ${name}`, async () => {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(connect());
    const { tools } = await client.listTools();
    const rest = await (await fetch(`http://127.0.0.1:${program.port}/v1/calls?limit=5`)).json();
    const calls = {
      search: { query: 'invoice' }, fetch: { id: 'call:cll-1' }, search_calls: { limit: 5 }, get_call: { id: 'cll-1' },
      get_transcript: { call_id: 'cll-1' }, timeline: { number: '+14155550100' }, find_contact: { name: 'ana' },
      stats: { by: ['month'] },
    };
    assert.deepEqual(tools.map((tool) => tool.name).sort(), Object.keys(calls).sort());
    for (const [tool, args] of Object.entries(calls)) {
      const answer = await client.callTool({ name: tool, arguments: args }); // throws unless it is as the schema says
      assert.ok(!answer.isError, JSON.stringify(answer));
      if (tool === 'search_calls') {
        assert.deepEqual(answer.structuredContent.data.map((row) => row.id), rest.data.map((row) => row.id));
      }
    }
    assert.ok((await client.callTool({ name: 'get_call', arguments: { id: 'nobody' } })).isError);
    await client.close();
  });
}
