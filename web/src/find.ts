// Search and filtered lists. A list that was left for one of its hits is kept, so that Back finds it as it was.
import { h } from './dom.js';
import { download_menu } from './download.js';
import { contradiction } from './filter_values.js';
import { FilterBar } from './filters.js';
import { FoundRows, hit_link } from './find_rows.js';
import { api_parameters, find_source, hit_key, type Source, type Total } from './find_source.js';
import { count, plural } from './format.js';
import { hour_of_week } from './hour_of_week.js';
import { t } from './i18n.js';
import { endless } from './list.js';
import { empty } from './notice.js';
import { has_word } from './query.js';
import { saved_menu } from './saved.js';
import { link } from './route.js';
import { nearest } from './word_forms.js';
import { on_changes, type Change } from './changes.js';
import type { View } from './shell.js';
import type { Hit, TimelineItem } from './records.js';

const kKept = 3;           // lists that are kept
const kMostChanges = 20;   // changes that are looked up one by one
const kFrames = 4;         // in which the rows around a place get their heights
const kRemember = 200;     // milliseconds of rest before the place is remembered
const kMostSearched = 40;  // pages that are read to find a hit again

// A list of what was found, as far as it was read.
export class Results {
  readonly rows: FoundRows;
  readonly urls: string[];
  whole = false;
  top: Top | null = null;  // the row at the upper edge
  focus: string | null = null;  // the key of the row that had the focus
  total: Promise<Total | null>;
  on_change: () => void = () => {};
  private readonly source: Source;
  private readonly leave = new AbortController();
  private reading: Promise<boolean> | null = null;

  constructor(readonly key: string, parameters: URLSearchParams) {
    this.source = find_source(parameters, this.leave.signal);
    this.urls = this.source.urls;
    this.rows = new FoundRows(key, parameters.get('list') === 'grouped', parameters.get('sort') !== 'relevance');
    this.total = Promise.resolve(null);
    on_changes((changes) => void this.renew(changes), this.leave.signal);
  }

  end(): void { this.leave.abort(); }

  // Reads on; false at the end.
  more(): Promise<boolean> {
    this.reading ??= this.read().finally(() => { this.reading = null; });
    return this.reading;
  }

  private async read(): Promise<boolean> {
    const found = await this.source.read();
    if (found) this.rows.add(found);
    else this.whole = true;
    return found !== null;
  }

  count(): Promise<Total | null> {
    this.total = this.source.total().catch(() => null);
    return this.total;
  }

  // The address of the hit before or after another one, and its place among those that are known.
  async beside(key: string, step: 1 | -1): Promise<string | null> {
    for (let pages = 0; pages < kMostSearched; pages++) {
      const { hits } = this.rows;
      const at = hits.findIndex((hit) => hit_key(hit) === key);
      const hit = at < 0 ? undefined : hits[at + step];
      if (hit) return hit_link(hit, this.key);
      if ((at >= 0 && step < 0) || !await this.more()) return null;
    }
    return null;
  }

  private async renew(changes: Change[]): Promise<void> {
    const items = changes.filter((change) => change.kind !== 'contact').slice(0, kMostChanges);
    for (const change of items) {
      const key = `${change.kind}:${change.id}`;
      const item = item_of(change);
      const hit: Hit | null | undefined = item ? await this.source.now(item).catch(() => undefined) : null;
      if (hit !== undefined) this.rows.put(key, hit, this.whole);
    }
    if (items.length) this.on_change();
  }
}

// A row, and how far below the upper edge of the list it is. (Pixels of the whole list say little: rows out of sight
// have no certain height.)
interface Top { key: string; offset: number }

// Where the reader was, for the browser's memory of this address.
interface Place { rows: number; top: Top | null; focus: string | null }

function top_of(main: HTMLElement): Top | null {
  const edge = main.getBoundingClientRect().top;
  const row = [...main.querySelectorAll<HTMLElement>('.hit')].find((one) => one.getBoundingClientRect().bottom > edge + 1);
  return row && main.scrollTop ? { key: row.dataset.key ?? '', offset: row.getBoundingClientRect().top - edge } : null;
}

export function item_of(change: Change): TimelineItem | null {
  if (change.kind === 'call' && change.item) return { kind: 'call', at: change.item.started_at ?? '', call: change.item };
  if (change.kind === 'message' && change.item) return { kind: 'message', at: change.item.sent_at ?? '', message: change.item };
  return null;
}

const kept = new Map<string, Results>();

// The list of a search, read before or begun now.
export function results_of(key: string): Results {
  const known = kept.get(key) ?? new Results(key, new URLSearchParams(key));
  kept.delete(key);
  kept.set(key, known);
  for (const old of [...kept.keys()].slice(0, -kKept)) drop(old);
  return known;
}

function drop(key: string): void {
  kept.get(key)?.end();
  kept.delete(key);
}

export const forget_results = (): void => { for (const key of [...kept.keys()]) drop(key); };

const export_links = (parameters: URLSearchParams) => {
  if (parameters.get('kind') === 'contact') {
    return [{ label: t('Contacts, vCard'), segments: ['export', 'contacts'], parameters: { format: 'vcard' } },
      { label: t('Contacts, for a spreadsheet'), segments: ['export', 'contacts'], parameters: { format: 'csv', for: 'spreadsheet' } }];
  }
  const asked = api_parameters(parameters);
  const { result: _r, tag: _t, user_email: _u, ...of_messages } = asked;
  const kind = parameters.get('kind');
  const both = (list: string, label: string, filters: typeof asked) => [
    { label: t('{what}, for a spreadsheet', { what: label }), segments: ['export', list], parameters: { ...filters, format: 'csv', for: 'spreadsheet' } },
    { label: `${label}, CSV`, segments: ['export', list], parameters: { ...filters, format: 'csv' } },
    { label: `${label}, NDJSON`, segments: ['export', list], parameters: { ...filters, format: 'ndjson' } },
  ];
  return [
    ...(kind === 'message' ? [] : both('calls', t('Calls'), asked)),
    ...(kind === 'call' || asked.result || asked.tag || asked.user_email ? [] : both('messages', t('Messages'), of_messages)),
  ];
};

// The frame of the view: it stays while one types and filters.
interface Frame { page: HTMLElement; head: HTMLElement; bar: FilterBar; found: HTMLElement; place: HTMLElement }
let frame: Frame | null = null;

function frame_in(main: HTMLElement, parameters: URLSearchParams): Frame {
  if (frame && main.contains(frame.page)) {
    frame.bar.show(parameters);
    return frame;
  }
  const [head, found, place] = [h('header', { class: 'page-head' }), h('p', { class: 'found muted', role: 'status' }), h('div', { class: 'results' })];
  const bar = new FilterBar(parameters);
  frame = { page: h('div', { class: 'page find' }, head, bar.element, found, place), head, bar, found, place };
  main.replaceChildren(frame.page);
  return frame;
}

const total_text = ({ n, exact }: Total): string =>
  exact ? plural(n, 'result') : t('More than {n} results', { n: count(n) });

function nothing(q: string, parameters: URLSearchParams, signal: AbortSignal): HTMLElement {
  if (!q) return empty(t('Nothing found'), t('Try fewer filters.'));
  const meant = h('span', { role: 'status' });
  void nearest(q, {}, signal).then((other) => {
    if (other) meant.append(t('Did you mean'), ' ', h('a', { class: 'clear', href: link(['find'], { ...Object.fromEntries(parameters), q: other }) }, h('bdi', null, other)), '?');
  }, () => {});
  return empty(t('Nothing found'), meant, ' ', t('All words must occur in one call, message or contact. Try fewer words, or another spelling.'));
}

function impossible(parameters: URLSearchParams): HTMLElement | null {
  const found = contradiction(parameters);
  if (!found) return null;
  const others = Object.fromEntries(parameters);
  const without = { ...others, ...Object.fromEntries(found.without.map((name) => [name, null])) };
  return empty(t('Nothing can be found with these filters'), `${found.text} `,
    h('a', { class: 'clear', href: link(['find'], without) }, t('Without them')), ' ',
    parameters.get('kind') && h('a', { class: 'clear', href: link(['find'], { ...others, kind: null }) }, t('Of every kind')));
}

export async function show_find({ main, signal, parameters, describe }: View): Promise<void> {
  const q = parameters.get('q') ?? '';
  const key = parameters.toString();
  const title = q ? t('Search: {words}', { words: q }) : t('Everything');
  const { head, bar, found, place } = frame_in(main, parameters);
  head.replaceChildren(
    h('h1', null, q ? [t('Search: {words}', { words: '' }), h('bdi', null, q)] : t('Calls and messages')),
    saved_menu(q || title, t('Name of this search')), hour_of_week(parameters) ? '' : download_menu(export_links(parameters)));
  bar.show(parameters);
  const refused = impossible(parameters) ?? (q && !has_word(q)
    ? empty(t('Nothing to search for yet'), t('Type a word: a letter, a digit or an emoji.')) : null);
  if (refused) {
    describe(title);
    found.textContent = '';
    place.replaceChildren(refused);
    return;
  }
  const was_there = kept.has(key);
  const results = results_of(key);
  describe(title, ...results.urls);
  const place_then = was_there ? results : (history.state as { found?: Place } | null)?.found ?? null;
  // The old results stay until the new ones are there.
  try {
    while (!results.whole && results.rows.size < Math.max(1, was_there ? 0 : (place_then as Place | null)?.rows ?? 0)) await results.more();
  } catch (error) {
    drop(key);
    throw error;
  }
  if (signal.aborted) return;
  place.replaceChildren(results.rows.element);
  const show_nothing = () => {
    place.querySelector('.empty')?.remove();
    if (!results.rows.size) place.append(nothing(q, parameters, signal));
  };
  show_nothing();
  found.textContent = '';
  const show_total = async () => {
    const total = results.rows.size ? await results.count() : { n: 0, exact: true };
    if (signal.aborted) return;
    found.textContent = total ? (total.n < results.rows.size ? plural(results.rows.size, 'result') : total_text(total)) : '';
  };
  void show_total();
  results.on_change = () => {
    if (signal.aborted) return;
    show_nothing();
    void show_total();
  };
  if (!results.whole) endless(results.rows.element, signal, () => results.more());
  if (place_then) return_to(main, results.rows, place_then);
  else main.scrollTop = 0;
  // The place is remembered here for Back, and by the browser for a reload.
  let timer: ReturnType<typeof setTimeout>;
  const remember = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (signal.aborted) return;
      results.top = top_of(main);
      const found_at: Place = { rows: results.rows.size, top: results.top, focus: results.focus };
      history.replaceState({ found: found_at }, '');
    }, kRemember);
  };
  main.addEventListener('scroll', remember, { passive: true, signal });
  signal.addEventListener('abort', () => { if (main.contains(results.rows.element)) results.top = top_of(main); });
  place.addEventListener('click', (event) => {
    results.focus = (event.target as Element).closest<HTMLElement>('.row')?.dataset.key ?? null;
  }, { signal });
}

// As it was left: the same place, the focus on the same hit.
function return_to(main: HTMLElement, { element }: FoundRows, { top, focus }: { top: Top | null; focus: string | null }): void {
  const row_of = (key: string | null | undefined) =>
    [...element.querySelectorAll<HTMLElement>('.row')].find(({ dataset }) => dataset.key === key);
  const row = row_of(top?.key);
  const settle = () => {
    if (row && top) main.scrollTop += row.getBoundingClientRect().top - main.getBoundingClientRect().top - top.offset;
    else main.scrollTop = 0;
  };
  // Rows that come into sight by this get their true height with the next frames.
  const again = (frames: number) => {
    settle();
    if (frames) requestAnimationFrame(() => again(frames - 1));
  };
  again(kFrames);
  if (document.activeElement === document.body || document.activeElement === main) row_of(focus)?.focus({ preventScroll: true });
}
