// The program under test, on a port of its own and an archive of its own.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

const answerOf = (status, headers, text) =>
  ({ status, headers, type: (headers['content-type'] ?? '').split(';')[0], text, json: () => JSON.parse(text) });

export class Program {
  /** Starts it and resolves when it listens. */
  static async start(executable, ...flags) {
    const program = new Program();
    program.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'callarchive-contract-'));
    await program.run(executable, flags);
    return program;
  }

  async run(executable, flags) {
    const program = this;
    this.again = () => this.run(executable, flags);
    program.child = spawn(executable, ['serve', '--db', path.join(program.folder, 'archive.db'),
      '--listen', '127.0.0.1:0', '--log-level', 'error', '--recordings', 'off', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    program.ended = new Promise((resolve) => program.child.once('close', resolve));
    for await (const line of readline.createInterface({ input: program.child.stdout })) {
      program.port = Number(line.match(/http:\/\/[^/]*:(\d+)$/)?.[1]);
      if (program.port) return;
    }
    throw new Error(`${executable} ended before it listened`);
  }

  /** Ends it, does some work on its folder, and starts it again on another port. */
  async restart(work) {
    this.child.kill('SIGTERM');
    await this.ended;
    work(this.folder);
    await this.again();
  }

  /** Ends it; resolves to its exit code. */
  async stop() {
    this.child.kill('SIGTERM');
    const code = await this.ended;
    fs.rmSync(this.folder, { recursive: true });
    return code;
  }

  /** Sends these very bytes, which need be no HTTP, and resolves to the first answer, as ask() does. */
  send(bytes) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1', () => socket.end(bytes));
      const pieces = [];
      socket.on('error', reject);
      socket.on('data', (piece) => pieces.push(piece));
      socket.on('end', () => {
        const [head, text = ''] = Buffer.concat(pieces).toString().split(/\r\n\r\n/);
        const [line, ...fields] = head.split('\r\n');
        const headers = Object.fromEntries(fields.map((field) => field.split(': ')).map(([name, value]) => [name.toLowerCase(), value]));
        resolve(answerOf(Number(line.split(' ')[1]), headers, text));
      });
    });
  }

  /** Resolves to { status, headers, type, text, json() }. A body of undefined sends none. */
  ask(method, target, { headers = {}, body } = {}) {
    return new Promise((resolve, reject) => {
      const request = http.request({ port: this.port, host: '127.0.0.1', method, path: target, headers, agent: false },
        (response) => {
          const pieces = [];
          response.on('data', (piece) => pieces.push(piece));
          response.on('error', reject);
          response.on('end', () => resolve(answerOf(response.statusCode, response.headers, Buffer.concat(pieces).toString())));
        });
      request.on('error', reject);
      request.end(body);
    });
  }
}
