// The player of a recording that the archive keeps, with a real sound in a real browser.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launch, open_page } from './browser.mjs';
import { kPeople, workshop } from './generated.mjs';
import { Program } from './program.mjs';
import { tone } from './wave.mjs';

const kAmelia = `#/numbers/${encodeURIComponent(kPeople[0].number)}?item=call:cll_amelia`;
const kSeconds = 200;
const program = new Program();
let browser, page, player;

before(async () => {
  program.import(workshop());
  program.keep_sound('cll_amelia', tone(kSeconds));
  await program.start();
  browser = await launch();
});
after(async () => {
  await browser.close();
  await program.remove();
});
afterEach(async () => {
  const { problems } = page;
  await page.context().close();
  assert.deepEqual(problems, []);
});

async function open() {
  page = await open_page(browser, program.url);
  await page.show(kAmelia);
  player = page.locator('.target .player');
  await player.locator('.shape path').first().waitFor({ state: 'attached' });
}
const at = () => player.getByRole('slider').getAttribute('aria-valuenow').then(Number);
const until_at = (second) => page.waitForFunction(
  (least) => Number(document.querySelector('.target .player [role=slider]').getAttribute('aria-valuenow')) >= least, second);

test('plays the sound of the archive, and nothing of anybody else', async () => {
  await open();
  await player.getByRole('button', { name: 'Play' }).click();
  await until_at(1);
  await player.getByRole('button', { name: 'Pause' }).click();
  await player.getByRole('button', { name: 'Play' }).waitFor();
});

test('the shape has a colour for each speaker', async () => {
  await open();
  await page.locator('.target .line').first().waitFor();
  const classes = await player.locator('.shape path').evaluateAll((paths) => paths.map((path) => path.getAttribute('class')).sort());
  assert.deepEqual(classes, ['agent', 'external', 'user']);
  const colours = await player.locator('.shape path').evaluateAll((paths) => paths.map((path) => getComputedStyle(path).stroke));
  assert.equal(new Set(colours).size, 3);
});

test('a click into the shape or on a line seeks, and what is spoken is marked', async () => {
  await open();
  const { width, height } = await player.getByRole('slider').boundingBox();
  await player.getByRole('slider').click({ position: { x: width / 2, y: height / 2 } });
  await until_at(kSeconds / 2 - 2);
  const line = page.locator('.target .line').nth(2);
  await line.locator('button.at').click();
  await page.waitForFunction(() => document.querySelectorAll('.target .line')[2].getAttribute('aria-current') === 'true');
  assert.ok(Math.abs(await at() - Math.floor((kSeconds * 2) / 12)) <= 3);
});

test('the keyboard seeks, plays and pauses', async () => {
  await open();
  const slider = player.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('PageUp');
  await until_at(30);
  await page.keyboard.press('ArrowRight');
  await until_at(35);
  await page.keyboard.press(' ');
  await player.getByRole('button', { name: 'Play' }).waitFor();
  await page.keyboard.press('Home');
  await page.waitForFunction(
    () => Number(document.querySelector('.target .player [role=slider]').getAttribute('aria-valuenow')) < 5);
});

test('the speed is chosen and remembered', async () => {
  await open();
  const speed = player.getByLabel('Speed');
  assert.deepEqual(await speed.locator('option').allTextContents(), ['0.75×', '1×', '1.25×', '1.5×', '1.75×', '2×']);
  await page.evaluate(() => {
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
      window.heard = this;
      return play.call(this);
    };
  });
  await speed.selectOption('2');
  await player.getByRole('button', { name: 'Play' }).click();
  await until_at(1);
  assert.equal(await page.evaluate(() => window.heard.playbackRate), 2);
  await page.show(kAmelia);
  await speed.waitFor();
  assert.equal(await speed.inputValue(), '2');
});

test('headphones and lock screens are told what is played', async () => {
  await open();
  await player.getByRole('button', { name: 'Play' }).click();
  await until_at(1);
  assert.equal(await page.evaluate(() => navigator.mediaSession.metadata.title), 'Amelia Hartley');
  assert.equal(await page.evaluate(() => navigator.mediaSession.playbackState), 'playing');
});

test('says plainly when a recording has not been fetched yet', async () => {
  page = await open_page(browser, program.url);
  const { data } = await (await fetch(`${program.url}/v1/calls?recording_state=wanted&limit=1`)).json();
  await page.show(`#/calls/${data[0].id}`);
  await page.getByText('The recording has not been fetched yet').waitFor();
});
