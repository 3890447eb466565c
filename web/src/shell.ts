// The frame around the views: search, navigation, what is offered for the view on show.
import { on_away, retry_now, token } from './api.js';
import { h, icon } from './dom.js';
import { say } from './notice.js';
import { go, go_instead, link, parse } from './route.js';

export interface View {
  main: HTMLElement;
  signal: AbortSignal;  // aborted when another view comes
  parameters: URLSearchParams;
  // Says what the view is called and which requests it shows, for the title and for "copy as curl".
  describe: (title: string, ...api_paths: string[]) => void;
}

const kTyping = 150;  // milliseconds without a key before a search is sent

export const main = h('main', { id: 'main', tabindex: '-1' });
export const aside = h('aside', { id: 'conversations', 'aria-label': 'Conversations' });
export const search = h('input', {
  type: 'search', id: 'search', placeholder: 'Search', 'aria-label': 'Search calls, messages and contacts',
  autocomplete: 'off', spellcheck: 'false', dir: 'auto', enterkeyhint: 'search',
});

const nav = h('nav', { 'aria-label': 'Views' },
  h('a', { href: '#/', 'data-view': '' }, 'Conversations'),
  h('a', { href: '#/overview', 'data-view': 'overview' }, 'Overview'),
  h('a', { href: '#/contacts', 'data-view': 'contacts' }, 'Contacts'));

let api_paths: string[] = [];
export function describe(title: string, ...paths: string[]): void {
  document.title = title ? `${title} – callarchive` : 'callarchive';
  api_paths = paths;
}

// The requests of the view on show, without the token itself.
function curl(): string {
  const header = token.get() ? ['-H "Authorization: Bearer $CALLARCHIVE_TOKEN"'] : [];
  return ['curl', ...header, ...api_paths.map((path) => `'${location.origin}${path.replaceAll("'", '%27')}'`)].join(' ');
}

async function copy_curl(): Promise<void> {
  try {
    await navigator.clipboard.writeText(curl());
    say('Copied as curl');
  } catch {
    say(curl());
  }
}

function show_help(): void {
  const keys: [string, string][] = [
    ['/', 'Search'], ['j k', 'Next and previous'], ['Enter', 'Open'], ['Esc', 'Close, go back'],
    ['g c', 'Conversations'], ['g o', 'Overview'], ['g a', 'Contacts'], ['?', 'This help'],
  ];
  const grammar: [string, string][] = [
    ['roof repair', 'both words'], ['"roof repair"', 'the phrase'], ['roof -repair', 'the first word without the second'],
    ['roo*', 'the beginning of a word'],
  ];
  const table = (rows: [string, string][]) => h('dl', { class: 'keys' }, rows.map(([key, what]) =>
    [h('dt', null, h('kbd', null, key)), h('dd', null, what)]));
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, 'Keyboard shortcuts'), table(keys), h('h2', null, 'Search'), table(grammar),
    h('form', { method: 'dialog' }, h('button', { class: 'primary' }, 'Close')));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function top_bar(): HTMLElement {
  const form = h('form', { role: 'search', class: 'search' }, icon('search'), search, h('kbd', { 'aria-hidden': 'true' }, '/'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send_search();
    main.querySelector<HTMLElement>('.row')?.focus();
  });
  let timer: ReturnType<typeof setTimeout>;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(send_search, kTyping);
  });
  return h('header', { class: 'top' },
    h('a', { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); main.focus(); } }, 'Skip to content'),
    h('a', { class: 'brand', href: '#/', 'aria-label': 'callarchive, start' }, 'callarchive'),
    form, nav,
    h('div', { class: 'tools' },
      h('button', { class: 'tool', title: 'Copy this view as curl', onclick: () => void copy_curl() }, 'curl'),
      h('button', { class: 'tool', title: 'Keyboard shortcuts and search help', 'aria-label': 'Help', onclick: show_help }, '?')));
}

// What was typed becomes the address; the first letter can be undone with Back, the following ones replace it.
function send_search(): void {
  const now = parse(location.hash);
  const q = search.value;
  const in_find = now.segments[0] === 'find';
  if (q === (in_find ? now.parameters.get('q') ?? '' : '')) return;
  const to = link(['find'], { ...(in_find ? Object.fromEntries(now.parameters) : {}), q });
  if (in_find) go_instead(to);
  else go(to);
}

function away_bar(): HTMLElement {
  const bar = h('div', { class: 'away', role: 'status', hidden: true });
  on_away((away) => {
    if (away === !bar.hidden) return;
    bar.hidden = !away;
    bar.replaceChildren(...(away
      ? [h('span', null, 'The server cannot be reached. Trying again…'), h('button', { onclick: retry_now }, 'Retry now')] : []));
  });
  return bar;
}

export function build_shell(): void {
  document.body.replaceChildren(top_bar(), away_bar(), h('div', { class: 'frame' }, aside, main));
  let leader = false;
  addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') return escape(target, event);
    if (typing) return;
    if (leader) {
      leader = false;
      const to = { c: '#/', o: '#/overview', a: '#/contacts' }[event.key];
      if (to) go(to);
      return;
    }
    const key = event.key;
    if (key === '/') search.select(), search.focus();
    else if (key === 'j') move(1);
    else if (key === 'k') move(-1);
    else if (key === 'g') leader = true;
    else if (key === '?') show_help();
    else if (key === 'Enter' && target.classList.contains('row')) open_row(target);
    else return;
    event.preventDefault();
  });
}

const open_row = (row: HTMLElement): void => row.querySelector<HTMLElement>('a.open, button.card-head')?.click();

// Escape leaves the field, else closes the open card, else goes back to the list.
function escape(target: HTMLElement, event: KeyboardEvent): void {
  const row = target.closest<HTMLElement>('.row');
  const opened = row?.querySelector<HTMLElement>('.card-head[aria-expanded=true]');
  if (target === search) {
    search.blur();
    main.focus();
  } else if (opened && row) {
    opened.click();
    row.focus();
  } else if (parse(location.hash).segments.length) {
    const selected = aside.querySelector<HTMLElement>('[aria-current]')?.closest<HTMLElement>('.row');
    go('#/');
    selected?.focus();
  } else {
    return;
  }
  event.preventDefault();
}

const in_sight = (element: HTMLElement): boolean => element.offsetParent !== null;

// Moves between the rows of the list that has the focus, else of the first list there is, the view's before the
// conversations'.
function move(step: 1 | -1): void {
  const focused = document.activeElement?.closest<HTMLElement>('.row');
  const lists = [main, aside].flatMap((part) => [...part.querySelectorAll<HTMLElement>('.rows')]).filter(in_sight);
  const place = focused?.closest<HTMLElement>('.rows') ?? lists[0];
  const rows = [...place?.querySelectorAll<HTMLElement>('.row') ?? []].filter(in_sight);
  const at = focused ? rows.indexOf(focused) : -1;
  const next = at < 0 ? (place?.dataset.start === 'end' ? rows.at(-1) : rows[0]) : rows[at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}

// Tells the navigation which view is on show.
export function mark_view(name: string): void {
  for (const anchor of nav.querySelectorAll('a')) {
    if (anchor.dataset.view === name) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
}
