// The frame around the views: search, navigation, and the tools for the current view.
import { on_away, retry_now, token } from './api.js';
import { on_changes, on_updated } from './changes.js';
import { h, icon } from './dom.js';
import { clock } from './format.js';
import { t } from './i18n.js';
import { say } from './notice.js';
import { go, go_instead, link, parse } from './route.js';
import { show_settings } from './settings_dialog.js';
import { dock, now_playing } from './sound.js';

export interface View {
  main: HTMLElement;
  signal: AbortSignal;  // aborted when another view comes
  parameters: URLSearchParams;
  // Says what the view is called and which requests it shows, for the title and for "copy as curl".
  describe: (title: string, ...api_paths: string[]) => void;
  // Marks the conversation with a number in the list, whatever spelling the address has.
  select: (number: string) => void;
}

const kLongestCall = 4 * 3_600_000;  // milliseconds before now in which a call that ends now may have begun
const kTyping = 150;  // milliseconds without a key before a search is sent

export const main = h('main', { id: 'main', tabindex: '-1' });
export const aside = h('aside', { id: 'conversations', 'aria-label': t('Conversations') });
export const search = h('input', {
  type: 'search', id: 'search', placeholder: t('Search'), 'aria-label': t('Search calls, messages and contacts'),
  autocomplete: 'off', spellcheck: 'false', dir: 'auto', enterkeyhint: 'search',
});

const nav = h('nav', { 'aria-label': t('Views') },
  h('a', { href: '#/', 'data-view': '' }, t('Conversations')),
  h('a', { href: '#/find', 'data-view': 'find' }, t('Find')),
  h('a', { href: '#/overview', 'data-view': 'overview' }, t('Overview')),
  h('a', { href: '#/contacts', 'data-view': 'contacts' }, t('Contacts')));

const status = h('p', { class: 'unseen', role: 'status' });
// Has a screen reader say it.
export function announce(text: string): void { status.textContent = text; }

let api_paths: string[] = [];
let view_title = '';
export function describe(title: string, ...paths: string[]): void {
  view_title = title;
  api_paths = paths;
  show_title();
}

// Calls and messages that came while nobody looked.
const unseen = new Set<string>();
function show_title(): void {
  document.title = (unseen.size ? `(${unseen.size}) ` : '') + (view_title ? `${view_title} – callarchive` : 'callarchive');
}

function count_unseen(): void {
  const opened = Date.now();
  on_changes((changes) => {
    if (document.visibilityState === 'visible') return;
    for (const change of changes) {
      const at = change.kind === 'call' ? change.item?.started_at : change.kind === 'message' ? change.item?.sent_at : null;
      // What is corrected or tagged later is nothing that came.
      if (at && Date.parse(at) > opened - kLongestCall) unseen.add(`${change.kind}:${change.id}`);
    }
    show_title();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    unseen.clear();
    show_title();
  });
}

// The requests of the current view, without the token itself.
function curl(): string {
  const header = token.get() ? ['-H "Authorization: Bearer $CALLARCHIVE_TOKEN"'] : [];
  return ['curl', ...header, ...api_paths.map((path) => `'${location.origin}${path.replaceAll("'", '%27')}'`)].join(' ');
}

async function copy_curl(): Promise<void> {
  try {
    await navigator.clipboard.writeText(curl());
    say(t('Copied as curl'));
  } catch {
    say(curl());
  }
}

function show_help(): void {
  const keys: [string, string][] = [
    ['/', t('Search')], ['j k', t('Next and previous')], ['Enter', t('Open')], ['Esc', t('Close, go back')],
    ['g c', t('Conversations')], ['g f', t('Find')], ['g o', t('Overview')], ['g a', t('Contacts')],
    ['f', t('To the filters')], ['e', t('Export')], ['y', t('Copy the link to this line')],
    ['n p', t('Next and previous hit of a search')], [t('Space'), t('Play and pause')], ['← →', t('10 seconds back and forward')], ['?', t('This help')],
  ];
  const grammar: [string, string][] = [
    ['roof repair', t('both words; the last one may be a beginning')], ['"roof repair"', t('the phrase')], ['roof -repair', t('the first word without the second')],
    ['roo*', t('the beginning of a word')],
  ];
  const table = (rows: [string, string][]) => h('dl', { class: 'keys' }, rows.map(([key, what]) =>
    [h('dt', null, h('kbd', null, key)), h('dd', null, what)]));
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, t('Keyboard shortcuts')), table(keys), h('h2', null, t('Search')), table(grammar),
    h('form', { method: 'dialog' }, h('button', { class: 'primary' }, t('Close'))));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function top_bar(): HTMLElement {
  const form = h('form', { role: 'search', class: 'search' }, icon('search'), search, h('kbd', { 'aria-hidden': 'true' }, '/'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    first_row_wanted = true;
    if (!send_search()) main.querySelector<HTMLElement>('.row')?.focus();
  });
  search.addEventListener('input', () => {
    clearTimeout(typing);
    first_row_wanted = false;
    typing = setTimeout(send_search, kTyping);
  });
  return h('header', { class: 'top' },
    h('a', { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); main.focus(); } }, t('Skip to content')),
    h('a', { class: 'brand', href: '#/', 'aria-label': t('callarchive, start') }, 'callarchive'),
    form, nav,
    h('div', { class: 'tools' },
      h('button', { class: 'tool', title: t('Copy this view as curl'), onclick: () => void copy_curl() }, 'curl'),
      h('button', { class: 'tool', title: t('Keyboard shortcuts and search help'), 'aria-label': t('Help'), onclick: show_help }, '?'),
      h('button', { class: 'tool settings', title: t('Settings'), 'aria-label': t('Settings'), onclick: show_settings }, icon('settings'))),
    updated_text());
}

// When the page last heard from the archive that it shows the newest state.
function updated_text(): HTMLElement {
  const text = h('span', { class: 'updated muted' });
  on_updated((at) => { text.textContent = t('Updated {time}', { time: clock(at.toISOString()) }); });
  return text;
}

let typing: ReturnType<typeof setTimeout> | undefined;  // set while the reader types
let first_row_wanted = false;

// Whether Enter was pressed before the hits were there; asked once.
export function take_first_row_wish(): boolean {
  const wanted = first_row_wanted;
  first_row_wanted = false;
  return wanted;
}

// The words of the view on show; what is being typed is not touched.
export function show_query(q: string): void { if (typing === undefined && search.value.trim() !== q) search.value = q; }

// What was typed becomes the address; the first letter can be undone with Back, the following ones replace it. An empty
// search leads to the filters. False: nothing changed.
function send_search(): boolean {
  clearTimeout(typing);
  const was_typed = typing !== undefined;
  typing = undefined;
  const now = parse(location.hash);
  const q = search.value.trim();
  const in_find = now.segments[0] === 'find';
  if (in_find ? q === (now.parameters.get('q') ?? '') : !was_typed && q) return false;
  if (!in_find && was_typed && !q && !first_row_wanted) return false;
  const to = link(['find'], { ...(in_find ? Object.fromEntries(now.parameters) : {}), q });
  if (in_find) go_instead(to);
  else go(to);
  return true;
}

function away_bar(): HTMLElement {
  const bar = h('div', { class: 'away', role: 'status', hidden: true });
  on_away((away) => {
    if (away === !bar.hidden) return;
    bar.hidden = !away;
    bar.replaceChildren(...(away
      ? [h('span', null, t('The server cannot be reached. Trying again…')), h('button', { onclick: retry_now }, t('Retry now'))] : []));
  });
  return bar;
}

export function build_shell(): void {
  document.body.replaceChildren(top_bar(), away_bar(), h('div', { class: 'frame' }, aside, main), dock, status);
  count_unseen();
  let leader = false;
  addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') return escape(target, event);
    if (typing) return;
    if (leader) {
      leader = false;
      const to = { c: '#/', f: '#/find', o: '#/overview', a: '#/contacts' }[event.key];
      if (to) go(to);
      return;
    }
    const key = event.key;
    if (key === '/') search.select(), search.focus();
    else if (key === 'j') move(1);
    else if (key === 'k') move(-1);
    else if (key === 'g') leader = true;
    else if (key === '?') show_help();
    else if ((key === 'n' || key === 'p') && main.querySelector('.hits-nav')) {
      main.querySelector<HTMLElement>(`.hits-nav [data-step="${key === 'n' ? 1 : -1}"]`)?.click();
    } else if (now_playing() && [' ', 'ArrowLeft', 'ArrowRight'].includes(key) && !target.closest('button, a, summary, [role=slider], .viewport')) {
      const sound = now_playing();
      if (key === ' ') sound?.toggle();
      else sound?.play_from(Math.max(0, sound.audio.currentTime + (key === 'ArrowLeft' ? -10 : 10)));
    }
    else if (key === 'Enter' && target.classList.contains('row')) open_row(target);
    else if (key === 'Enter' && target.classList.contains('line')) target.querySelector<HTMLElement>('button.at')?.click();
    else if (key === 'y' && target.closest('.line')) target.closest('.line')?.querySelector<HTMLElement>('.line-link')?.click();
    else if (!(key === 'f' && enter('.filter-box', 'select, input')) && !(key === 'e' && enter('.menu.export', '.menu-item'))) return;
    event.preventDefault();
  });
}

// Opens a list of the view and goes to its first choice. Whether the view has it.
function enter(list: string, first: string): boolean {
  const details = main.querySelector<HTMLDetailsElement>(list);
  if (!details) return false;
  details.open = true;
  details.querySelector<HTMLElement>(first)?.focus();
  return true;
}

const open_row = (row: HTMLElement): void => row.querySelector<HTMLElement>('a.open, button.card-head')?.click();

// Escape leaves the field, else closes the open card, else goes back to the list.
function escape(target: HTMLElement, event: KeyboardEvent): void {
  const row = target.closest<HTMLElement>('.row');
  const opened = row?.querySelector<HTMLElement>('.card-head[aria-expanded=true]');
  if (/^(INPUT|SELECT)$/.test(target.tagName)) {
    target.blur();
    main.focus();
  } else if (opened && row) {
    opened.click();
    row.focus();
  } else if (parse(location.hash).segments.length) {
    const selected = aside.querySelector<HTMLElement>('[aria-current]')?.closest<HTMLElement>('.row');
    const to = up(location.hash);
    go(to);
    if (to === '#/') selected?.focus();
  } else {
    return;
  }
  event.preventDefault();
}

// Where Escape leads: the search that led here, else the list that this is in.
function up(hash: string): string {
  const { segments, parameters } = parse(hash);
  const from = parameters.get('from');
  if (from !== null) return `#/find?${from}`;
  return segments[0] === 'contacts' && segments.length > 1 ? '#/contacts' : '#/';
}

const in_sight = (element: HTMLElement): boolean => element.offsetParent !== null;

// Moves between the rows of the part of the page that has the focus, list after list, else of the first part that has
// rows, the view before the conversations.
function move(step: 1 | -1): void {
  const focused = document.activeElement?.closest<HTMLElement>('.row');
  const rows_in = (part: HTMLElement) => [...part.querySelectorAll<HTMLElement>('.rows .row')].filter(in_sight);
  const part = focused ? (aside.contains(focused) ? aside : main) : [main, aside].find((one) => rows_in(one).length) ?? main;
  const rows = rows_in(part);
  const at = focused ? rows.indexOf(focused) : -1;
  const next = at < 0 ? (part.querySelector('.rows[data-start=end]') ? rows.at(-1) : rows[0]) : rows[at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}

// Shows in the navigation which view is current.
export function mark_view(name: string): void {
  for (const anchor of nav.querySelectorAll('a')) {
    if (anchor.dataset.view === name) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
}
