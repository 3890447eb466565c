// Ten tasks of everyday, each by the mouse and by the keyboard alone, from the start page: at most 6 clicks or 20 keys
// beside the words typed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, suite, test } from 'node:test';
import { call, kLine, kPeople, message } from './generated.mjs';
import { answer_recordings, open, page, program } from './opened.mjs';
import { silence } from './wave.mjs';

const kMostClicks = 6;
const kMostKeys = 20;
const kDay = 86_400_000;
const person = (id, name, last_name, company, ...numbers) => program.deliver({ topic: 'contact.created', version: '2.0', timestamp: new Date().toISOString(),
  data: { id, name, last_name, company: company && { id: `cmp_${id}`, name: company }, emails: [], numbers, job_title: null } });
const year = new Date().getUTCFullYear() - 1;
const in_march = Date.parse(`${year}-03-10T09:00:00Z`);
const kJosh = 'josh.lee@example.com';
// A month that is over and that the list of periods has by its name.
const month = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 2, 12, 10));
const month_name = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(month);

async function fill() {
  await person('per_lyon', 'Solange', 'Berthier', 'Galerie Lyon', '+33472334455');
  await program.deliver(message('msg_lyon', in_march, { number: '+33472334455', outbound: false, text: 'I still wait for my parsnip refund' }));
  await person('per_ines', 'Inessa', 'Moreau', null, '+33639981001', '+33639981002');
  await program.deliver(message('msg_ines_1', Date.now() - 3 * kDay, { number: '+33639981001', outbound: false, text: 'from my telephone' }));
  await program.deliver(message('msg_ines_2', Date.now() - 2 * kDay, { number: '+33639981002', outbound: false, text: 'from the workshop' }));
  await program.deliver(call('cll_voicemail', Date.now() - 20 * 60_000, { number: '+33639981003', result: 'VOICEMAIL', seconds: 20 }));
  for (const n of [1, 2]) await program.deliver(call(`cll_urgent_${n}`, month.getTime() + n * 3_600_000, { number: '+33639981010', tags: ['urgent'] }));
  await program.deliver(call('cll_urgent_now', Date.now() - 3_600_000, { number: '+33639981010', tags: ['urgent'] }));
  for (const n of [1, 2, 3]) await program.deliver(call(`cll_josh_${n}`, Date.now() - n * kDay, { number: '+33639981011', user: kJosh, result: 'VOICEMAIL', seconds: 15 }));
  await program.deliver(call('cll_josh_old', Date.now() - 60 * kDay, { number: '+33639981011', user: kJosh, result: 'VOICEMAIL', seconds: 15 }));
  for (const n of [1, 2]) await program.deliver(call(`cll_that_day_${n}`, Date.parse('2023-10-14T08:00:00Z') + n * 3_600_000, { number: '+33639981012', topic: [`On the day, call ${n}`, 'Day', 'day'] }));
  await program.deliver(message('msg_that_day', Date.parse('2023-10-14T20:00:00Z'), { number: '+33639981012', outbound: false, text: 'On the day, in writing' }));
  await program.deliver(call('cll_charlotte_1', Date.now() - 4 * kDay, { number: '+33639981013', from_name: 'Charlotte Petit', result: 'TRANSFERRED_EXTERNAL', transfer_to: { number: '+14155550166', user_email: 'marcus@example.com', user_name: 'Marcus' } }));
  await program.deliver(call('cll_charlotte_2', Date.now() - 4 * kDay + 40_000, { number: '+33639981013', from_name: 'Charlotte Petit', user: 'marcus@example.com', transfer_original_call_id: 'cll_charlotte_1', transfer_from: { number: kLine, user_email: 'lea@example.com', user_name: 'Léa' } }));
}

// Hands that count: `clicks` on what is asked for, `keys` that are no words.
class Hands {
  clicks = 0;
  keys = 0;
  async click(target) {
    this.clicks++;
    await (typeof target === 'string' ? page.locator(target).first() : target).click();
  }
  async press(key, times = 1) {
    for (; times > 0; times--) {
      this.keys++;
      await page.keyboard.press(key);
    }
  }
  type(words) { return page.keyboard.type(words); }
  // The month, day and year of a date, which is a word as well.
  date(iso) { return page.keyboard.type(`${iso.slice(5, 7)}${iso.slice(8)}${iso.slice(0, 4)}`); }
  // Tab until something has the focus; each is a key.
  async tab_to(selector, key = 'Tab') {
    while (!await page.evaluate((one) => document.activeElement.matches(one), selector)) {
      assert.ok(this.keys < 2 * kMostKeys, `Tab does not lead to ${selector}`);
      await this.press(key);
    }
  }
}
const hash_has = (text) => page.waitForFunction((part) => decodeURIComponent(location.hash).includes(part), text);
const found = (n) => page.locator('.found', { hasText: new RegExp(`^${n} results?$`) }).waitFor();
const focus_on = (selector) => page.waitForFunction((one) => document.activeElement?.matches(one), selector);
const by_name = (role, name) => page.getByRole(role, { name, exact: true });
// The search from the start page, and the focus on its first hit.
async function search(hands, words) {
  await hands.press('/');
  await hands.type(words);
  await hands.press('Enter');
  await focus_on('.hit');
}
async function search_by_mouse(hands, words) {
  await hands.click('#search');
  await hands.type(words);
  await page.waitForFunction((q) => new URLSearchParams(location.hash.split('?')[1]).get('q') === q && !document.querySelector('main[aria-busy]'), words);
  await page.locator('.hit').first().waitFor();
}
const with_sound = () => answer_recordings(silence(200));
const plays_from = (second) => page.waitForFunction((least) => [...document.querySelectorAll('audio')].some((one) => !one.paused && one.currentTime > least), second);

const kTasks = {
  'what the customer from Lyon said of a refund, last spring': {
    mouse: async (hands) => {
      await search_by_mouse(hands, 'lyon refund');
      await page.locator('.hit', { hasText: 'parsnip refund' }).waitFor();
    },
    keyboard: async (hands) => {
      await search(hands, 'lyon refund');
      await page.locator('.hit', { hasText: 'parsnip refund' }).waitFor();
    },
  },
  'the voicemails that nobody called back': {
    mouse: async (hands) => {
      await hands.click('.callback[data-key="+33639981003"] .open');
      await page.locator('[data-key="call:cll_voicemail"] .card-body').waitFor();
    },
    keyboard: async (hands) => {
      await page.locator('.callback[data-key="+33639981003"]').waitFor();
      await hands.press('j');
      await focus_on('.callback');
      await hands.press('Enter');
      await hash_has('item=call:');
    },
  },
  'all of a customer with two numbers': {
    mouse: async (hands) => {
      await search_by_mouse(hands, 'inessa');
      await hands.click(page.locator('.hit', { hasText: 'Inessa Moreau' }).locator('.open'));
      await hands.click(by_name('link', 'Everything, over all numbers'));
    },
    keyboard: async (hands) => {
      await search(hands, 'inessa');
      await hands.press('Enter');
      await page.locator('.view-head h1', { hasText: 'Inessa' }).waitFor();
      await hands.tab_to('[href="#/people/per_ines"]');
      await hands.press('Enter');
    },
    shows: async () => {
      await page.locator('.bubble', { hasText: 'from my telephone' }).waitFor();
      await page.locator('.bubble', { hasText: 'from the workshop' }).waitFor();
    },
  },
  'the conversation with a number': {
    mouse: async (hands) => {
      await search_by_mouse(hands, '06 39 98 10 03');
      await hands.click('.hit .open');
    },
    keyboard: async (hands) => {
      await search(hands, '06 39 98 10 03');
      await hands.press('Enter');
    },
    shows: () => hash_has('#/numbers/+33639981003'),
  },
  'the urgent calls of a month as a file': {
    mouse: async (hands) => {
      await hands.click(page.locator('nav').getByRole('link', { name: 'Find' }));
      await hands.click('#filter-tag');
      await hands.type('urgent');
      await hands.click('#filter-period');
      await page.locator('#filter-period').selectOption({ label: month_name });
      await hash_has('since=');
      await found(2);
      await hands.click('.export summary');
      const [file] = await Promise.all([page.waitForEvent('download'), hands.click(by_name('link', 'Calls, for a spreadsheet'))]);
      return file;
    },
    keyboard: async (hands) => {
      await hands.press('g');
      await hands.press('f');
      await page.locator('#filter-tag').waitFor();
      await hands.press('f');
      await hands.tab_to('#filter-tag');
      await hands.type('urgent');
      await hands.tab_to('#filter-period');
      await hands.type(month_name);
      await hash_has('since=');
      await found(2);
      await hands.press('Escape');
      await hands.press('e');
      const [file] = await Promise.all([page.waitForEvent('download'), hands.press('Enter')]);
      return file;
    },
    shows: async (file) => {
      const ids = (await readFile(await file.path(), 'utf8')).match(/cll_urgent_\w+/g);
      assert.deepEqual([...new Set(ids)].sort(), ['cll_urgent_1', 'cll_urgent_2']);
    },
  },
  'the sound from a line on': {
    mouse: async (hands) => {
      await with_sound();
      await search_by_mouse(hands, 'weathervane');
      await hands.click(page.locator('.match', { hasText: 'The weathervane, certainly' }));
      await hands.click('.line.target button.at');
    },
    keyboard: async (hands) => {
      await with_sound();
      await search(hands, 'weathervane');
      await hands.press('Enter');
      await focus_on('.line.target');
      await hands.press('Enter');
    },
    shows: () => plays_from(150),
  },
  'a link to a line for a colleague': {
    mouse: async (hands) => {
      await search_by_mouse(hands, 'weathervane');
      await hands.click(page.locator('.match', { hasText: 'The weathervane, certainly' }));
      await page.locator('.line.target').hover();
      await hands.click('.line.target .line-link');
    },
    keyboard: async (hands) => {
      await search(hands, 'weathervane');
      await hands.press('Enter');
      await focus_on('.line.target');
      await hands.press('y');
    },
    shows: async () => {
      await page.getByText('Copied').waitFor();
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), /#\/calls\/cll_amelia\?line=1\d$/);
    },
  },
  'how many voicemails a colleague has of 30 days': {
    mouse: async (hands) => {
      await hands.click(page.locator('nav').getByRole('link', { name: 'Find' }));
      await hands.click('#filter-result');
      await page.locator('#filter-result').selectOption({ label: 'Voicemail' });
      await hands.click('#filter-user_email');
      await hands.type('josh');
      await hands.click('#filter-period');
      await page.locator('#filter-period').selectOption({ label: 'Last 30 days' });
    },
    keyboard: async (hands) => {
      await hands.press('g');
      await hands.press('f');
      await page.locator('#filter-tag').waitFor();
      await hands.press('f');
      await hands.tab_to('#filter-result');
      await hands.type('Voicemail');
      await hands.tab_to('#filter-user_email');
      await page.locator('#filter-user_email + datalist option[value*="josh"]').waitFor({ state: 'attached' });
      await hands.type('josh');
      await hands.tab_to('#filter-period');
      await hands.type('Last 30');
    },
    shows: () => found(3),
  },
  'what happened on a day': {
    mouse: async (hands) => {
      await hands.click(page.locator('nav').getByRole('link', { name: 'Find' }));
      await hands.click('#filter-since');
      await page.locator('#filter-since').fill('2023-10-14');
      await hands.click('#filter-until');
      await page.locator('#filter-until').fill('2023-10-14');
    },
    keyboard: async (hands) => {
      await hands.press('g');
      await hands.press('f');
      await page.locator('#filter-tag').waitFor();
      await hands.press('f');
      await hands.tab_to('#filter-since');
      await hands.date('2023-10-14');
      await hash_has('since=2023-10-14');
      await hands.tab_to('#filter-until');
      await hands.date('2023-10-14');
    },
    shows: () => found(3),
  },
  'where a caller was passed on to': {
    mouse: async (hands) => {
      await search_by_mouse(hands, 'charlotte');
      await hands.click('.hit .open');
    },
    keyboard: async (hands) => {
      await search(hands, 'charlotte');
      await hands.press('Enter');
    },
    shows: () => page.locator('.chain li', { hasText: 'Marcus' }).first().waitFor(),
  },
};

suite('the ten tasks', () => {
  before(fill);
  for (const [task, { mouse, keyboard, shows = () => {} }] of Object.entries(kTasks)) {
    for (const [way, work] of Object.entries({ mouse, keyboard })) {
      test(`${task}: ${way}`, async () => {
        await open('#/');
        const hands = new Hands();
        await shows(await work(hands));
        assert.ok(hands.clicks <= kMostClicks && hands.keys <= kMostKeys, `${hands.clicks} clicks, ${hands.keys} keys`);
        assert.ok(way === 'mouse' || !hands.clicks, 'without the mouse');
        console.log(`${task}, ${way}: ${hands.clicks} clicks, ${hands.keys} keys`);
      });
    }
  }
});
