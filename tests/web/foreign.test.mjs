// An archive without tokens, and a page of another site in the same browser, Chromium and Firefox. Its requests carry no
// Origin when they are plain GETs, and reach the archive under the name 127.0.0.1, so that neither of these fences sees
// them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { launch, open_page } from './browser.mjs';
import { Firefox } from './firefox.mjs';
import { workshop } from './generated.mjs';
import { Program } from './program.mjs';

// What is needed of a browser, as Firefox has it.
class Chromium {
  #browser = null;
  #page = null;
  async start() {
    this.#browser = await launch();
    this.#page = await (await this.#browser.newContext()).newPage();
    return this;
  }
  goto(url) { return this.#page.goto(url); }
  evaluate(body, ...args) { return this.#page.evaluate(`(async (...args) => { ${body} })(...${JSON.stringify(args)})`); }
  wait_for(selector) { return this.#page.locator(selector).first().waitFor(); }
  close() { return this.#browser.close(); }
}

const program = new Program();
let elsewhere;

before(async () => {
  program.import(workshop());
  await program.start();
  elsewhere = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>another site</title><a href="/">here</a>');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
});
after(async () => {
  elsewhere.close();
  await program.remove();
});

// How often each status was the answer on a route.
async function statuses(route) {
  const text = await (await fetch(program.url + '/metrics')).text();
  const counted = {};
  for (const [, status, times] of text.matchAll(new RegExp(`http_requests_total{route="${route}",status="(\\d+)"} (\\d+)`, 'g'))) {
    counted[status] = Number(times);
  }
  return counted;
}

for (const Browser of [Chromium, Firefox]) {
  test(`a page of another site cannot use an archive without tokens: ${Browser.name}`, async (context) => {
    const browser = await new Browser().start();
    context.after(() => browser.close());
    // The site "localhost" is another one than 127.0.0.1.
    await browser.goto(`http://localhost:${elsewhere.address().port}/`);
    const refused = async () => (await statuses('/v1/calls'))['403'] ?? 0;
    const before = await refused();
    const kWays = {
      'a request whose answer it cannot read': `fetch(args[0], { mode: 'no-cors' }).catch(() => {});`,
      'a request whose answer it would read': `fetch(args[0]).catch(() => {});`,
      ...Object.fromEntries(['img', 'script', 'iframe'].map((tag) => [`<${tag}>`, `
        const element = document.createElement('${tag}');
        element.src = args[0];
        document.body.append(element);`])),
    };
    for (const [way, body] of Object.entries(kWays)) {
      const seen = await refused();
      await browser.evaluate(body, `${program.url}/v1/calls`);
      for (let tries = 0; tries < 600 && await refused() === seen; ++tries) await pause(50);
      assert.equal(await refused(), seen + 1, way);
    }
    assert.equal(await refused(), before + 5);
    assert.deepEqual(Object.keys(await statuses('/v1/calls')), ['403']);
  });

  test(`a link on another site opens the page, which then works: ${Browser.name}`, async (context) => {
    const browser = await new Browser().start();
    context.after(() => browser.close());
    await browser.goto(`http://localhost:${elsewhere.address().port}/`);
    await browser.evaluate(`const link = document.querySelector('a'); link.href = args[0]; setTimeout(() => link.click());`,
      `${program.url}/#/contacts`);
    await browser.wait_for('main .conversation');
  });
}

test('the same address typed by hand is answered', async (context) => {
  const browser = await launch();
  context.after(() => browser.close());
  const page = await open_page(browser, program.url);
  const response = await page.goto(`${program.url}/v1/calls`);
  assert.equal(response.status(), 200);
  assert.equal(response.headers()['cross-origin-resource-policy'], 'same-origin');
  await page.context().close();
});
