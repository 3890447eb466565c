// Debian's Chromium, and what every test wants of a page.
import { chromium } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kWide = { width: 1280, height: 800 };
export const kNarrow = { width: 360, height: 740 };

const kOutput = process.env.CALLARCHIVE_SCREENSHOTS ?? fileURLToPath(new URL('output', import.meta.url));
mkdirSync(kOutput, { recursive: true });

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
});

// A page in a context of its own that fails the test by what must never happen: a request to another host that
// nobody asked for, a broken policy, an uncaught error. problems() gives what was seen.
export async function open_page(browser, url, { size = kWide, dark = false, ...more } = {}) {
  const context = await browser.newContext({
    viewport: size, colorScheme: dark ? 'dark' : 'light', locale: 'en-US', timezoneId: 'Europe/Paris',
    permissions: ['clipboard-read', 'clipboard-write'], ...more,
  });
  context.setDefaultTimeout(Number(process.env.PATIENCE ?? 30_000));  // milliseconds
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (line) => {
    if (line.type() === 'error' && /Content Security Policy|Uncaught/.test(line.text())) problems.push(line.text());
  });
  page.allowed = [url];  // beginnings of addresses
  page.on('request', (request) => {
    if (!page.allowed.some((one) => request.url().startsWith(one)) && !/^(data|blob):/.test(request.url())) problems.push(`request to ${request.url()}`);
  });
  page.problems = problems;
  page.show = async (hash) => {
    // Another hash alone would not load it anew.
    if (page.url() !== 'about:blank') await page.goto('about:blank');
    await page.goto(url + '/' + hash);
    await settled(page);
  };
  return page;
}

// Nothing is being loaded, and what was loaded has been laid out.
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('main')?.childElementCount && !document.querySelector('[aria-busy=true]'));
  await page.evaluate(() => document.fonts.ready);
}

export const screenshot = (page, name) => page.screenshot({ path: join(kOutput, `${name}.png`) });

const axe_path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

// What axe finds that hinders people: violations of impact serious or critical, as "rule: selectors".
// The policy forbids scripts from elsewhere, so axe comes in by the debugger, past the page.
export async function axe(page) {
  await page.evaluate(await readFile(axe_path, 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, any }) => `${target} (${any[0]?.message ?? ''})`).join(' | ')}`);
}
