// Debian's Firefox, as far as it is needed to see what it sends: started without a window and driven over Marionette,
// the protocol that it speaks itself (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
// A message is its length in bytes, a colon, and JSON: [0, id, command, parameters], answered by [1, id, error, result].
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const kProgram = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const kPatience = 60_000;

export class Firefox {
  #profile = mkdtempSync(join(tmpdir(), 'callarchive-firefox-'));
  #process = null;
  #socket = null;
  #received = Buffer.alloc(0);
  #waiting = new Map();
  #last = 0;

  async start() {
    writeFileSync(join(this.#profile, 'user.js'), [
      ['marionette.port', 0], ['app.update.enabled', false], ['browser.shell.checkDefaultBrowser', false],
      ['datareporting.policy.dataSubmissionEnabled', false], ['toolkit.telemetry.reportingpolicy.firstRun', false],
      ['network.captive-portal-service.enabled', false], ['network.connectivity-service.enabled', false],
    ].map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`).join('\n'));
    this.#process = spawn(kProgram, ['--headless', '--marionette', '--no-remote', '--profile', this.#profile],
      { stdio: 'ignore', env: { ...process.env, HOME: this.#profile, MOZ_CRASHREPORTER_DISABLE: '1' } });
    const port_file = join(this.#profile, 'MarionetteActivePort');
    for (const begin = Date.now(); !existsSync(port_file) || !readFileSync(port_file, 'utf8').trim(); await pause(50)) {
      if (this.#process.exitCode !== null || Date.now() - begin > kPatience) throw new Error('firefox did not start');
    }
    this.#socket = connect(Number(readFileSync(port_file, 'utf8')), '127.0.0.1');
    this.#socket.on('data', (bytes) => this.#take(bytes));
    await once(this.#socket, 'connect');
    await this.#command('WebDriver:NewSession', {});
    return this;
  }

  #take(bytes) {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#received.subarray(0, colon));
      if (this.#received.length < end) return;
      const message = JSON.parse(this.#received.subarray(colon + 1, end));
      this.#received = this.#received.subarray(end);
      if (!Array.isArray(message)) continue;  // what it says of itself at first
      const [, id, error, result] = message;
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(`firefox: ${error.error}: ${error.message}`));
      else resolve(result);
    }
  }

  #command(name, parameters) {
    const id = ++this.#last;
    const text = JSON.stringify([0, id, name, parameters]);
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    return answer;
  }

  goto(url) { return this.#command('WebDriver:Navigate', { url }); }

  // Runs the body of an async function in the page; `args` are its arguments.
  async evaluate(body, ...args) {
    const script = `const done = arguments[arguments.length - 1];
      (async (...args) => { ${body} })(...arguments).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value } = await this.#command('WebDriver:ExecuteAsyncScript', { script, args, scriptTimeout: kPatience });
    if (value?.error) throw new Error(value.error);
    return value?.value;  // nothing where the page left meanwhile
  }

  async wait_for(selector) {
    for (const begin = Date.now(); !await this.evaluate('return Boolean(document.querySelector(args[0]));', selector); await pause(50)) {
      if (Date.now() - begin > kPatience) throw new Error(`waited in vain for ${selector}`);
    }
  }

  async close() {
    if (this.#process && this.#process.exitCode === null) {
      const gone = once(this.#process, 'exit');
      if (this.#socket) this.#command('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {});
      else this.#process.kill();
      await gone;
    }
    this.#socket?.destroy();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
