// The archive at a glance: how much, when, with whom.
import { get, path, type Parameters } from './api.js';
import { h } from './dom.js';
import { download_menu } from './download.js';
import { compact, count, plural, words } from './format.js';
import { empty } from './notice.js';
import { number_title } from './party.js';
import { link } from './route.js';
import { asked, bucket_title, kRanges, range_of, since_of, type Range } from './overview_range.js';
import type { View } from './shell.js';
import type { Stats, StatsRow } from './records.js';

const kBars = 8;  // rows of a ranking
const kHeatDays = 90;
const kLevels = 6;

const stats = (parameters: Parameters, signal: AbortSignal): Promise<Stats> =>
  get<Stats>(path(['stats'], parameters), signal);

function totals(total: StatsRow, since: string | undefined): HTMLElement {
  const tile = (n: number, what: string, to: string) =>
    h('a', { class: 'tile', href: to },
      h('strong', null, n < 100_000 ? count(Math.round(n)) : compact(n)), h('span', null, what));
  return h('div', { class: 'tiles' },
    tile(total.calls, 'calls', link(['find'], { kind: 'call', since })),
    tile(total.messages, 'messages', link(['find'], { kind: 'message', since })),
    tile(total.minutes, 'minutes', link(['find'], { kind: 'call', since })));
}

function ranking(
  title: string, { data }: Stats, label: (key: string) => string, to: (key: string) => string): HTMLElement | null {
  const total = (row: StatsRow) => row.calls + row.messages;
  const best = data.filter((row) => row.key).slice(0, kBars);
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
function heat_map({ data }: Stats): HTMLElement {
  const cells = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const row of data) {
    const begin = new Date(row.from ?? '');
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

// The numbers behind the plots, for those who cannot see or point at them.
function as_table(range: Range, rows: StatsRow[]): HTMLElement {
  const way = (row: StatsRow) => row.key === 'INBOUND' ? 'incoming' : row.key === 'OUTBOUND' ? 'outgoing' : '';
  return h('details', { class: 'as-table' }, h('summary', null, 'As a table'),
    h('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Counts over time' }, h('table', null,
      h('thead', null, h('tr', null,
        ['When', 'Way', 'Calls', 'Messages', 'Minutes'].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', null, rows.map((row) => h('tr', null,
        h('th', { scope: 'row' }, h('a', { href: link(['find'], { since: row.from, until: row.to, direction: row.key }) },
          bucket_title(row.from ?? '', range.bucket))),
        [way(row), count(row.calls), count(row.messages), count(Math.round(row.minutes))]
          .map((text) => h('td', null, text))))))));
}

function export_menu(): HTMLElement {
  const all = (what: string, format: string, label: string) => ({ label, segments: ['export', what], parameters: { format } });
  return download_menu([
    all('calls', 'csv', 'All calls, CSV'), all('messages', 'csv', 'All messages, CSV'),
    all('transcripts', 'csv', 'All transcripts, CSV'), all('contacts', 'vcard', 'All contacts, vCard'),
  ]);
}

export async function show_overview({ main, signal, parameters, describe }: View): Promise<void> {
  const range = range_of(parameters.get('range'));
  const since = since_of(range);
  const heat_since = since_of({ ...range, days: Math.min(range.days ?? kHeatDays, kHeatDays) });
  const over_time = asked(since, { by: [range.bucket, 'direction'] });
  const best = (by: string) => stats(asked(since, { by }), signal);
  describe('Overview', path(['stats'], over_time));
  // The plots come from a file of their own, loaded while the numbers are.
  const [plots, times, hours, numbers, tags, results, users] = await Promise.all([
    import('./plots.js'), stats(over_time, signal), stats(asked(heat_since, { by: 'hour' }), signal),
    best('number'), best('tag'), best('result'), best('user'),
  ]);

  const head = h('header', { class: 'page-head' }, h('h1', null, 'Overview'), range_links(range), export_menu());
  if (!times.data.length) {
    main.replaceChildren(h('div', { class: 'page' }, head, empty('Nothing in this time', 'Choose a longer one.')));
    return;
  }
  const legend = () => h('p', { class: 'legend' },
    h('span', { class: 'key in' }, 'incoming'), h('span', { class: 'key out' }, 'outgoing'));
  const fields = [['calls', 'call', 'call'], ['messages', 'message', 'message'], ['minutes', 'minute', 'call']] as const;
  const places = fields.map(() => ({ place: h('div', { class: 'plot' }), readout: h('p', { class: 'readout' }) }));
  const panels = fields.map(([field], i) => h('section', { class: 'panel' },
    h('div', { class: 'panel-head' },
      h('h2', null, `${words(field)} per ${range.bucket}`), places[i]?.readout, legend()), places[i]?.place));
  const filtered = (name: string) => (value: string) => link(['find'], { kind: 'call', [name]: value, since });
  main.replaceChildren(h('div', { class: 'page overview' }, head, totals(times.total, since), panels,
    as_table(range, times.data),
    heat_map(hours),
    h('div', { class: 'panels' },
      ranking('Busiest numbers', numbers, number_title, (number) => link(['numbers', number])),
      ranking('Tags', tags, words, filtered('tag')),
      ranking('Results', results, words, filtered('result')),
      ranking('Users', users, (email) => email, filtered('user_email')))));
  fields.forEach(([field, unit, kind], i) => {
    const at = places[i];
    if (at) plots.draw({
      ...at, bucket: range.bucket, field, rows: times.data, signal,
      text: (n) => plural(Math.round(n), unit),
      open: (from, until) => link(['find'], { kind, since: from, until }),
    });
  });
}
