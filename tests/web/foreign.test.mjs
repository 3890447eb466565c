// An archive without tokens, and a page of another site in the same browser. Its requests carry no Origin when they are
// plain GETs, and reach the archive under the name 127.0.0.1, so that neither of these fences sees them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch, open_page } from './browser.mjs';
import { workshop } from './generated.mjs';
import { Program } from './program.mjs';

const program = new Program();
let browser;
let elsewhere;

before(async () => {
  program.import(workshop());
  await program.start();
  browser = await launch();
  elsewhere = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>another site</title><a href="/">here</a>');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
});
after(async () => {
  elsewhere.close();
  await browser.close();
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

// A page whose site is "localhost", which is another one than 127.0.0.1.
async function page_elsewhere() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://localhost:${elsewhere.address().port}/`);
  return page;
}

test('a page of another site cannot use an archive without tokens', async () => {
  const page = await page_elsewhere();
  const seen = [];
  page.on('request', (request) => { if (request.url().startsWith(program.url)) seen.push(request.url()); });
  await page.evaluate(async (url) => {
    const loaded = (element, attribute, target) => new Promise((resolve) => {
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve('failed');
      element[attribute] = target;
      document.body.append(element);
    });
    await fetch(`${url}/v1/calls`, { mode: 'no-cors' }).catch(() => {});
    await fetch(`${url}/v1/calls`).catch(() => {});
    await loaded(new Image(), 'src', `${url}/v1/calls`);
    await loaded(document.createElement('script'), 'src', `${url}/v1/calls`);
    await loaded(document.createElement('iframe'), 'src', `${url}/v1/calls`);
  }, program.url);
  assert.ok(seen.length >= 5, `the browser sent ${seen.length}`);
  assert.deepEqual(Object.keys(await statuses('/v1/calls')), ['403']);
  await page.context().close();
});

test('a link on another site opens the page, which then works', async () => {
  const page = await page_elsewhere();
  await page.evaluate((url) => { document.querySelector('a').href = `${url}/#/contacts`; }, program.url);
  await page.getByText('here').click();
  await page.locator('main .conversation').first().waitFor();
  await page.context().close();
});

test('the same address typed by hand is answered', async () => {
  const page = await open_page(browser, program.url);
  const response = await page.goto(`${program.url}/v1/calls`);
  assert.equal(response.status(), 200);
  assert.equal(response.headers()['cross-origin-resource-policy'], 'same-origin');
  await page.context().close();
});
