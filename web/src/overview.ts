// The archive at a glance: how much, when, with whom.
import { get, path, type Parameters } from './api.js';
import { on_changes } from './changes.js';
import { complete_line } from './complete.js';
import { h } from './dom.js';
import { csv_button } from './csv.js';
import { download_menu } from './download.js';
import { compact, count, plural, words } from './format.js';
import { t } from './i18n.js';
import { line_choice } from './line_choice.js';
import { chosen_line } from './line_names.js';
import { own_lines } from './lines.js';
import { menu } from './menu.js';
import { who } from './names.js';
import { empty, show_error } from './notice.js';
import { number_key, user_name } from './party.js';
import { go, link as link_to } from './route.js';
import { heat_map } from './heat_map.js';
import { asked, bucket_title, kRanges, range_of, stretch_before, stretch_of, type Range, type Stretch } from './overview_range.js';
import { sides_table } from './overview_sides.js';
import type { View } from './shell.js';
import type { Stats, StatsRow } from './records.js';
import { owner_notices } from './unread.js';
import { add_days, date_text, instant } from './zone.js';

const kBars = 8;  // rows of a ranking
const kHeatDays = 90;  // the most that the heat map looks back

const stats = (parameters: Parameters, signal: AbortSignal): Promise<Stats> =>
  get<Stats>(path(['stats'], parameters), signal);

// A list of what was counted, of the line that is looked at.
const link = (segments: string[], parameters: Record<string, string | null | undefined> = {}): string =>
  link_to(segments, segments[0] === 'find' ? { number: chosen_line(), ...parameters } : parameters);

const short = (n: number): string => n < 100_000 ? count(Math.round(n)) : compact(n);

// `before`: the same of the period before, once it is known.
function totals(total: StatsRow, stretch: Stretch, before: Promise<StatsRow> | null): HTMLElement {
  const tile = (field: 'calls' | 'messages' | 'minutes', what: string, kind: string) => {
    const then = h('span', { class: 'before' });
    void before?.then((row) => { then.textContent = t('before: {n}', { n: short(row[field]) }); }, () => {});
    return h('a', { class: 'tile', href: link(['find'], { kind, ...stretch }) },
      h('strong', null, short(total[field])), h('span', null, what), before ? then : null);
  };
  return h('div', { class: 'tiles' },
    tile('calls', t('calls'), 'call'), tile('messages', t('messages'), 'message'), tile('minutes', t('minutes'), 'call'));
}

// The first rows as bars; nothing if there are none.
function ranking({ data }: Stats, label: (key: string) => string | Node, to: (key: string) => string): HTMLElement | null {
  const total = (row: StatsRow) => row.calls + row.messages;
  const best = data.filter((row) => row.key).slice(0, kBars);
  if (!best.length) return null;
  const most = total(best[0] as StatsRow);
  return h('ol', { class: 'ranking rows' }, best.map((row) => {
    const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.width = `${Math.max(1, (100 * total(row)) / most)}%`;
    return h('li', { class: 'row', tabindex: '-1' }, h('a', { class: 'open', href: to(row.key ?? '') },
      bar, h('bdi', { class: 'name' }, label(row.key ?? '')), h('span', { class: 'n' }, count(total(row)))));
  }));
}

// A part of the view that requests its own numbers, so that a query that takes too long affects only that part.
interface Panel { section: HTMLElement; fill: (signal: AbortSignal) => Promise<void> }

// `draw` gives what to show; nothing: the panel goes away.
function panel(title: string, asks: Parameters, draw: (answer: Stats) => HTMLElement | null, file: string): Panel {
  const body = h('div', { class: 'waiting' });
  const head = h('div', { class: 'panel-head' }, h('h2', null, title));
  const section = h('section', { class: 'panel' }, head, body);
  const fill = async (signal: AbortSignal): Promise<void> => {
    try {
      const answer = await stats(asks, signal);
      const drawn = draw(answer);
      if (!drawn) return section.remove();
      body.replaceWith(drawn);
      head.append(csv_button(file, () => [[answer.data[0]?.from ? 'from' : 'key', 'calls', 'messages', 'minutes'],
        ...answer.data.map(({ from, key, calls, messages, minutes }) => [from ?? key ?? '', calls, messages, minutes])]));
    } catch (error) {
      if (signal.aborted) throw error;
      body.classList.remove('waiting');
      show_error(body, error, () => void fill(signal));
    }
  };
  return { section, fill };
}

function range_links(range: Range): HTMLElement {
  return h('nav', { class: 'segments', 'aria-label': t('Time range') }, kRanges.map((one) =>
    h('a', { href: link(['overview'], { range: one.name }), 'aria-current': one === range ? 'true' : null }, one.label)));
}

// Days of the reader's choice, the last one included.
function own_days({ own }: Range): HTMLElement {
  const field = (value: string) => h('input', { type: 'date', min: '1970-01-01', required: true, value });
  const [from, to] = [field(own?.since ?? ''), field(own ? add_days(own.until, -1) : '')];
  const order = () => to.setCustomValidity(from.value && to.value && to.value < from.value ? t('The first day is after the last day.') : '');
  const form = h('form', { class: 'jump', oninput: order, onsubmit: (event) => {
    event.preventDefault();
    go(link(['overview'], { since: from.value, until: add_days(to.value, 1) }));
  } }, h('label', null, t('From'), from), h('label', null, t('To'), to), h('button', { class: 'primary' }, t('Show')));
  return menu(t('Chosen days'), form);
}

// An instant as a date of the address, where it is the beginning of a day.
function as_date(at: string | null | undefined): string | null {
  if (!at) return null;
  const day = date_text(new Date(at));
  return instant(day).getTime() === Date.parse(at) ? day : at;
}

// The numbers of the plots as a table, for those who cannot see or point at them; made when it is opened.
function as_table(range: Range, rows: StatsRow[]): HTMLElement {
  const way = (row: StatsRow) => row.key === 'INBOUND' ? t('incoming') : row.key === 'OUTBOUND' ? t('outgoing') : '';
  const table = () => h('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': t('Counts over time') },
    h('table', null,
      h('thead', null, h('tr', null,
        ['When', 'Way', 'Calls', 'Messages', 'Minutes'].map((name) => h('th', { scope: 'col' }, t(name))))),
      h('tbody', null, rows.map((row) => h('tr', null,
        h('th', { scope: 'row' }, h('a', { href: link(['find'], { since: as_date(row.from), until: as_date(row.to), direction: row.key }) },
          bucket_title(row.from ?? '', range.bucket))),
        [way(row), count(row.calls), count(row.messages), count(Math.round(row.minutes))]
          .map((text) => h('td', null, text)))))));
  const save = csv_button('overview', () => [['from', 'to', 'direction', 'calls', 'messages', 'minutes'],
    ...rows.map(({ from, to, key, calls, messages, minutes }) => [from ?? '', to ?? '', key ?? '', calls, messages, minutes])]);
  const details = h('details', { class: 'as-table' }, h('summary', null, t('As a table')));
  details.addEventListener('toggle', () => details.append(save, table()), { once: true });
  return details;
}

function export_menu(): HTMLElement {
  const all = (what: string, format: string, label: string) => ({ label, segments: ['export', what], parameters: { format } });
  const sheet = (what: string, label: string) => ({ label, segments: ['export', what], parameters: { format: 'csv', for: 'spreadsheet' } });
  return download_menu([
    sheet('calls', t('All calls, for a spreadsheet')), sheet('messages', t('All messages, for a spreadsheet')),
    all('calls', 'csv', t('All calls, CSV')), all('messages', 'csv', t('All messages, CSV')),
    all('transcripts', 'csv', t('All transcripts, CSV')), all('contacts', 'vcard', t('All contacts, vCard')),
  ]);
}

async function show_unread(place: HTMLElement, signal: AbortSignal): Promise<void> {
  try {
    place.replaceChildren(...[await complete_line(signal)].filter((line) => line !== null), ...await owner_notices(signal));
  } catch (error) {
    if (signal.aborted) throw error;
    show_error(place, error, () => void show_unread(place, signal));
  }
}

let drawing = new AbortController();

const words_in_english = { calls: 'Calls', messages: 'Messages', minutes: 'Minutes' };

const kRest = 1000;  // milliseconds between two looks at least; longer where a look takes longer

// Counts anew when something changes, where the reader is.
export async function show_overview(view: View): Promise<void> {
  let due: ReturnType<typeof setTimeout> | undefined;
  let rest = 0;
  const draw = async (): Promise<void> => {
    const begin = performance.now();
    await draw_overview(view);
    rest = Math.max(kRest, 4 * (performance.now() - begin));
  };
  await draw();
  let drawn = performance.now();
  const again = () => {
    due = undefined;
    const { scrollTop } = view.main;
    void draw().then(() => {
      drawn = performance.now();
      view.main.scrollTop = scrollTop;
    }).catch(() => {});
  };
  on_changes(() => { due ??= setTimeout(again, Math.max(0, drawn + rest - performance.now())); }, view.signal);
  view.signal.addEventListener('abort', () => clearTimeout(due));
}

async function draw_overview({ main, signal: view_signal, parameters, describe }: View): Promise<void> {
  // What was drawn before ends when it is drawn anew.
  drawing.abort();
  drawing = new AbortController();
  const { signal } = drawing;
  view_signal.addEventListener('abort', () => drawing.abort());
  const range = range_of(parameters);
  const stretch = stretch_of(range);
  const end = stretch.until ?? add_days(date_text(new Date()), 1);
  const heat_days = Math.min(range.days ?? kHeatDays, kHeatDays);
  const heat_stretch = { since: add_days(end, -heat_days), until: stretch.until };
  const over_time = asked(stretch, { by: [range.bucket, 'direction'] });
  describe(t('Overview'), path(['stats'], over_time));
  // The plots come from a file of their own, loaded while the numbers are.
  const [plots, times, lines] = await Promise.all([
    import('./plots.js'), stats(over_time, signal), own_lines().catch(() => new Map<string, unknown>())]);

  const head = h('header', { class: 'page-head' }, h('h1', { tabindex: '-1' }, t('Overview')), range_links(range), own_days(range), line_choice(), export_menu());
  const unread = h('div');
  if (!times.data.length) {
    main.replaceChildren(h('div', { class: 'page' }, head, unread,
      empty(t('Nothing in this period'), t('Choose a longer period.'))));
    await show_unread(unread, signal);
    return;
  }
  const earlier = stretch_before(range);
  const before = earlier && stats(asked(earlier, {}), signal).then(({ total }) => total);
  before?.catch(() => {});  // told by what is not there
  const legend = () => h('p', { class: 'legend' },
    h('span', { class: 'key in' }, t('incoming')), h('span', { class: 'key out' }, t('outgoing')));
  const fields = [['calls', 'call', 'call'], ['messages', 'message', 'message'], ['minutes', 'minute', 'call']] as const;
  const places = fields.map(() => ({ place: h('div', { class: 'plot' }), readout: h('p', { class: 'readout' }) }));
  const charts = fields.map(([field], i) => h('section', { class: 'panel' },
    h('div', { class: 'panel-head' },
      h('h2', null, t(`${words_in_english[field]} per ${range.bucket}`)), places[i]?.readout, legend()), places[i]?.place));
  const best = (title: string, by: string, label: (key: string) => string | Node, to: (key: string) => string, wanted = (_: StatsRow) => true) =>
    panel(title, asked(stretch, { by }), (answer) => ranking({ ...answer, data: answer.data.filter(wanted) }, label, to), by);
  const filtered = (name: string) => (value: string) => link(['find'], { kind: 'call', [name]: value, ...stretch });
  const heat = panel(heat_stretch.since === stretch.since ? t('Busiest hours') : t('Busiest hours of the last {n} days', { n: kHeatDays }),
    asked(heat_stretch, { by: 'hour' }), (answer) => heat_map(answer, heat_stretch), 'hours');
  const rankings = [
    best(t('Busiest people'), 'number', (number) => who({ number, name: null }), (number) => link(['numbers', number]),
      ({ key }) => !lines.has(number_key(key ?? ''))),
    best(t('Tags'), 'tag', words, filtered('tag')),
    best(t('Results'), 'result', words, filtered('result')),
    best(t('Users'), 'user', user_name, filtered('user_email')),
  ];
  main.replaceChildren(h('div', { class: 'page overview' }, head, unread, totals(times.total, stretch, before), charts,
    as_table(range, times.data), heat.section, h('div', { class: 'panels' }, rankings.map(({ section }) => section)), sides_table(stretch, signal)));
  fields.forEach(([field, unit, kind], i) => {
    const at = places[i];
    if (at) plots.draw({
      ...at, bucket: range.bucket, field, rows: times.data, signal,
      text: (n) => plural(Math.round(n), unit),
      open: (from, until) => link(['find'], { kind, since: as_date(from), until: as_date(until) }),
    });
  });
  // One after the other: each walks much of the archive, and together they would take each other's time.
  await show_unread(unread, signal);
  for (const { fill } of [heat, ...rankings]) await fill(signal);
}
