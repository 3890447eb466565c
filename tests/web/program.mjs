// The built program with an archive of its own in a temporary folder.
import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const kProgram = process.env.CALLARCHIVE ?? fileURLToPath(new URL('../../build/dev/callarchive', import.meta.url));

export class Program {
  #folder = mkdtempSync(join(tmpdir(), 'callarchive-page-'));
  #process = null;
  #flags = [];
  url = null;

  get db() { return join(this.#folder, 'archive.db'); }

  import(events) {
    const file = join(this.#folder, 'events.ndjson');
    writeFileSync(file, [...events].map((event) => JSON.stringify(event)).join('\n') + '\n');
    execFileSync(kProgram, ['import', '--db', this.db, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  // Has the archive keep these bytes as the recording of a call. The program must not run.
  keep_sound(call_id, bytes) {
    const folder = mkdtempSync(join(this.#folder, 'sounds-'));
    writeFileSync(join(folder, `${call_id}.wav`), bytes);
    execFileSync(kProgram, ['recordings', 'import', '--db', this.db, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  // On a port that the system picks; started again, on the one it had.
  async start(...flags) {
    this.#flags = flags.length ? flags : this.#flags;
    const address = this.url ? new URL(this.url).host : '127.0.0.1:0';
    this.#process = spawn(kProgram, ['serve', '--db', this.db, '--listen', address, '--log-level', 'warn', '--recordings', 'off', ...this.#flags],
      { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const line of createInterface({ input: this.#process.stdout })) {
      const [url] = /http:\/\/\S+/.exec(line) ?? [];
      if (url) {
        this.url = url;
        return;
      }
    }
    throw new Error('the program ended before it listened');
  }

  async stop() {
    if (!this.#process || this.#process.exitCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await gone;
  }

  get tokens_file() { return join(this.#folder, 'tokens'); }

  // Writes the tokens file with one token of that scope, and gives its secret.
  make_token(scope) {
    const secret = `ca_${randomBytes(32).toString('base64url')}`;
    const sum = createHash('sha256').update(secret).digest('hex');
    writeFileSync(this.tokens_file, `page ${scope} ${sum} ${new Date().toISOString()}\n`);
    return secret;
  }

  // A delivery as the vendor would send it.
  async deliver(event) {
    const response = await fetch(`${this.url}/webhooks/allo`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(event),
    });
    if (!response.ok) throw new Error(`refused: ${response.status} ${await response.text()}`);
  }

  async remove() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
