// The archive at a glance: how much, when, with whom.
import { get, path } from './api.js';
import { h } from './dom.js';
import { download_menu } from './download.js';
import { compact, count, plural, words } from './format.js';
import { empty } from './notice.js';
import { number_title } from './party.js';
import { link } from './route.js';
import { begin_of, bucket_title, end_of, kRanges, range_of, since_of, zone_parameters, type Range } from './overview_range.js';
import type { View } from './shell.js';
import type { List, StatsRow } from './records.js';

const kBars = 8;  // rows of a ranking
const kHeatDays = 90;
const kLevels = 6;

type Parameters = Record<string, string | undefined>;

const stats = async (parameters: Parameters, signal: AbortSignal): Promise<StatsRow[]> =>
  (await get<List<StatsRow>>(path(['stats'], parameters), signal)).data;

const sum = (rows: StatsRow[], field: 'calls' | 'messages' | 'minutes'): number =>
  rows.reduce((total, row) => total + (row[field] ?? 0), 0);

function totals(rows: StatsRow[], range: Range): HTMLElement {
  const since = since_of(range);
  const tile = (n: number, what: string, to: string) =>
    h('a', { class: 'tile', href: to }, h('strong', null, n < 100_000 ? count(Math.round(n)) : compact(n)), h('span', null, what));
  return h('div', { class: 'tiles' },
    tile(sum(rows, 'calls'), 'calls', link(['find'], { kind: 'call', since })),
    tile(sum(rows, 'messages'), 'messages', link(['find'], { kind: 'message', since })),
    tile(sum(rows, 'minutes'), 'minutes spoken', link(['find'], { kind: 'call', since })));
}

function ranking(title: string, rows: StatsRow[], label: (key: string) => string, to: (key: string) => string): HTMLElement | null {
  const total = (row: StatsRow) => row.calls + row.messages;
  const best = rows.filter((row) => row.key && total(row)).sort((a, b) => total(b) - total(a)).slice(0, kBars);
  if (!best.length) return null;
  const most = total(best[0] as StatsRow);
  return h('section', { class: 'panel' }, h('h2', null, title),
    h('ol', { class: 'ranking rows' }, best.map((row) => {
      const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
      bar.style.width = `${Math.max(1, (100 * total(row)) / most)}%`;
      return h('li', { class: 'row', tabindex: '-1' }, h('a', { class: 'open', href: to(row.key ?? '') },
        bar, h('bdi', { class: 'name' }, label(row.key ?? '')), h('span', { class: 'n' }, count(total(row)))));
    })));
}

// Calls and messages by weekday and hour, Monday first.
function heat_map(rows: StatsRow[]): HTMLElement {
  const cells = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const row of rows) {
    const begin = begin_of(row.bucket ?? '');
    const day = cells[(begin.getDay() + 6) % 7];
    if (day) day[begin.getHours()] = (day[begin.getHours()] ?? 0) + row.calls + row.messages;
  }
  const most = Math.max(1, ...cells.flat());
  const weekday = (day: number, length: 'short' | 'long') =>  // 1 January 2024 was a Monday
    new Intl.DateTimeFormat(undefined, { weekday: length }).format(new Date(2024, 0, 1 + day));
  const hour = (n: number) => new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).format(new Date(2024, 0, 1, n));
  return h('section', { class: 'panel wide' }, h('h2', { id: 'heat-title' }, 'When it is busy'),
    h('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-labelledby': 'heat-title' },
      h('table', { class: 'heat' },
        h('thead', null, h('tr', null, h('td', null), Array.from({ length: 24 }, (_, n) =>
          h('th', { scope: 'col' }, n % 3 ? h('span', { class: 'unseen' }, hour(n)) : hour(n))))),
        h('tbody', null, cells.map((day, i) => h('tr', null, h('th', { scope: 'row' }, weekday(i, 'short')),
          day.map((n, at) => h('td', {
            class: `heat-${n ? Math.max(1, Math.round((kLevels * n) / most)) : 0}`,
            title: `${weekday(i, 'long')} ${hour(at)}: ${count(n)}`,
          }, h('span', { class: 'unseen' }, count(n))))))))));
}

function range_links(range: Range): HTMLElement {
  return h('nav', { class: 'segments', 'aria-label': 'Time range' }, kRanges.map((one) =>
    h('a', { href: link(['overview'], { range: one.name }), 'aria-current': one === range ? 'true' : null }, one.label)));
}

// The numbers behind a plot, for those who cannot see or point at it.
function as_table(range: Range, both: StatsRow[]): HTMLElement {
  return h('details', { class: 'as-table' }, h('summary', null, 'As a table'),
    h('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Counts over time' }, h('table', null,
      h('thead', null, h('tr', null, ['When', 'Calls', 'Messages', 'Minutes'].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', null, both.map((row) => {
        const begin = begin_of(row.bucket ?? '');
        const to = link(['find'], { since: begin.toISOString(), until: end_of(begin, range.bucket).toISOString() });
        return h('tr', null, h('th', { scope: 'row' }, h('a', { href: to }, bucket_title(begin, range.bucket))),
          h('td', null, count(row.calls)), h('td', null, count(row.messages)), h('td', null, count(Math.round(row.minutes))));
      })))));
}

export async function show_overview({ main, signal, parameters, describe }: View): Promise<void> {
  const range = range_of(parameters.get('range'));
  const since = since_of(range);
  const zone = zone_parameters(since);
  const heat_since = since_of({ ...range, days: Math.min(range.days ?? kHeatDays, kHeatDays) });
  describe('Overview', path(['stats'], { by: range.bucket, ...zone }));
  const by_time = { by: range.bucket, ...zone };
  // The plots come from a file of their own, loaded while the numbers are.
  const [plots, both, incoming, outgoing, hours, numbers, tags, results, users] = await Promise.all([
    import('./plots.js'),
    stats(by_time, signal), stats({ ...by_time, direction: 'INBOUND' }, signal), stats({ ...by_time, direction: 'OUTBOUND' }, signal),
    stats({ by: 'hour', ...zone_parameters(heat_since) }, signal),
    ...['number', 'tag', 'result', 'user'].map((by) => stats({ by, ...zone }, signal)),
  ]) as [typeof import('./plots.js'), ...StatsRow[][]] as
    [typeof import('./plots.js'), StatsRow[], StatsRow[], StatsRow[], StatsRow[], StatsRow[], StatsRow[], StatsRow[], StatsRow[]];

  const head = h('header', { class: 'page-head' }, h('h1', null, 'Overview'), range_links(range),
    download_menu([
      { label: 'All calls, CSV', segments: ['export', 'calls'], parameters: { format: 'csv' } },
      { label: 'All messages, CSV', segments: ['export', 'messages'], parameters: { format: 'csv' } },
      { label: 'All transcripts, CSV', segments: ['export', 'transcripts'], parameters: { format: 'csv' } },
      { label: 'All contacts, vCard', segments: ['export', 'contacts'], parameters: { format: 'vcard' } },
    ]));
  if (!sum(both, 'calls') && !sum(both, 'messages')) {
    main.replaceChildren(h('div', { class: 'page' }, head, empty('Nothing in this time', 'Choose a longer one.')));
    return;
  }
  const places = { calls: h('div', { class: 'plot' }), messages: h('div', { class: 'plot' }), minutes: h('div', { class: 'plot' }) };
  const legend = () => h('p', { class: 'legend' }, h('span', { class: 'key in' }, 'incoming'), h('span', { class: 'key out' }, 'outgoing'));
  const panel = (title: string, place: HTMLElement, more: HTMLElement | null) =>
    h('section', { class: 'panel wide' }, h('div', { class: 'panel-head' }, h('h2', null, title), more), place);
  const filtered = (name: string, more: Record<string, string> = {}) => (key: string) => link(['find'], { ...more, [name]: key, since });
  main.replaceChildren(h('div', { class: 'page overview' }, head, totals(both, range),
    panel(`Calls per ${range.bucket}`, places.calls, legend()),
    panel(`Messages per ${range.bucket}`, places.messages, legend()),
    panel(`Minutes per ${range.bucket}`, places.minutes, legend()),
    as_table(range, both),
    heat_map(hours),
    h('div', { class: 'panels' },
      ranking('Busiest numbers', numbers, number_title, (key) => link(['numbers', key])),
      ranking('Tags', tags, words, filtered('tag', { kind: 'call' })),
      ranking('Results', results, words, filtered('result', { kind: 'call' })),
      ranking('Users', users, (key) => key, filtered('user_email', { kind: 'call' })))));
  const kinds = { calls: 'call', messages: 'message', minutes: 'call' } as const;
  for (const field of ['calls', 'messages', 'minutes'] as const) {
    const what = field === 'minutes' ? 'minute' : kinds[field];
    plots.draw({
      place: places[field], bucket: range.bucket, field, incoming, outgoing, signal,
      text: (n) => plural(Math.round(n), what),
      open: (from, until) => link(['find'], { kind: kinds[field], since: from.toISOString(), until: until.toISOString() }),
    });
  }
}
