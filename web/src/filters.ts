// The filters of the search, as a row of fields. What they hold is in the address. The fields stay while the list below
// them changes, so that the focus and what is being typed stay too.
import { get, path } from './api.js';
import { h, icon } from './dom.js';
import { kFilters, kLabels, type Filter } from './filter_values.js';
import { users } from './find_source.js';
import { date_words, full, month_words, phone, words } from './format.js';
import { hour_of_week, hour_of_week_text } from './hour_of_week.js';
import { t } from './i18n.js';
import { own_lines } from './lines.js';
import { contact_name, number_title, user_name } from './party.js';
import { as_typed, fold, has_word } from './query.js';
import { go_instead, link, parse } from './route.js';
import { Suggestions, type Suggestion } from './suggestions.js';
import { add_days, date_text, instant, is_date, parts, weekday_of } from './zone.js';
import type { Contact, List, Stats } from './records.js';

const kMonths = 13;  // that are offered by name
const kEarliest = '1970-01-01';  // while a year is typed, it passes through the first century

const kChoices: Partial<Record<Filter, [string, string][]>> = {
  kind: [['', t('Everything')], ['call', t('Calls')], ['message', t('Messages')], ['contact', t('Contacts')]],
  direction: [['', t('Both directions')], ['INBOUND', t('Incoming')], ['OUTBOUND', t('Outgoing')]],
  result: [['', t('Any result')], ...['ANSWERED', 'VOICEMAIL', 'TRANSFERRED_AI', 'TRANSFERRED_EXTERNAL', 'FAILED', 'BLOCKED']
    .map((code): [string, string] => [code, words(code)])],
};

const tag_names = async (): Promise<Suggestion[]> => (await get<Stats>(path(['stats'], { by: 'tag' }))).data
  .flatMap(({ key }) => key ? [{ value: key, label: words(key) }] : []);

const user_names = async (): Promise<Suggestion[]> =>
  (await users()).map((email) => ({ value: email, label: `${user_name(email)} · ${email}` }));

const number_label = (name: string | null, number: string): string =>
  [name, number_title(number)].filter(Boolean).join(' · ').replaceAll('\u00a0', ' ');

// Own lines, and contacts by name.
async function number_names(typed: string): Promise<Suggestion[]> {
  const lines = [...(await own_lines()).values()]
    .map(({ name, number }) => ({ value: number ?? '', label: number_label(name, number ?? '') }))
    .filter(({ label }) => fold(label).includes(fold(typed)));
  if (!has_word(typed)) return lines;
  const { data } = await get<List<Contact>>(path(['contacts'], { q: as_typed(typed), limit: '10' }));
  return [...lines, ...data.flatMap((contact) =>
    contact.numbers.map((number) => ({ value: number, label: number_label(contact_name(contact), number) })))];
}

// Stretches of days, as [first, last]; last is included.
function presets(): [string, string, string][] {
  const today = date_text(new Date());
  const { year, month } = parts(new Date());
  const monday = add_days(today, -weekday_of(today));
  const first = (months: number) => new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
  return [
    [t('Today'), today, today],
    [t('Yesterday'), add_days(today, -1), add_days(today, -1)],
    [t('Last 7 days'), add_days(today, -6), today],
    [t('Last 30 days'), add_days(today, -29), today],
    [t('This week'), monday, add_days(monday, 6)],
    [t('Last week'), add_days(monday, -7), add_days(monday, -1)],
    [t('This month'), first(0), add_days(first(1), -1)],
    [t('Last month'), first(-1), add_days(first(0), -1)],
    [t('This year'), `${year}-01-01`, `${year}-12-31`],
    [t('Last year'), `${year - 1}-01-01`, `${year - 1}-12-31`],
    ...Array.from({ length: kMonths }, (_, n): [string, string, string] =>
      [month_words(first(-n)), first(-n), add_days(first(1 - n), -1)]),
  ];
}

// What is in the address now.
const current = (): URLSearchParams => parse(location.hash).parameters;
const change = (changes: Record<string, string | null>): void =>
  go_instead(link(['find'], { ...Object.fromEntries(current()), ...changes }));

interface Field { element: HTMLElement; show: (value: string) => void }

function labelled(name: string, label: string, input: HTMLElement, ...more: Node[]): HTMLElement {
  input.id = `filter-${name}`;
  return h('div', { class: 'filter' }, h('label', { for: input.id }, label), input, more);
}

function choice(name: string, label: string, choices: [string, string][]): Field {
  const input = h('select', { onchange: () => change({ [name]: input.value }) },
    choices.map(([value, text]) => h('option', { value }, text)));
  return { element: labelled(name, label, input), show: (value) => {
    // A value that is not in the list is one all the same: the vendor's lists are open.
    if (![...input.options].some((option) => option.value === value)) input.append(h('option', { value }, words(value)));
    input.value = value;
  } };
}

function suggested(name: Filter, find: (typed: string) => Promise<Suggestion[]>, shown: (value: string) => string): Field {
  const input = h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', dir: 'auto' });
  const suggestions = new Suggestions(input, find);
  input.addEventListener('change', () => change({ [name]: suggestions.value() }));
  return { element: labelled(name, kLabels[name], input, suggestions.list), show: (value) => {
    if (document.activeElement !== input || !value) suggestions.show(value, value && shown(value));
  } };
}

// The address has the first instant that is not wanted any more, people say the last day that is.
const last_day = (until: string): string =>
  until && (is_date(until) ? add_days(until, -1) : date_text(new Date(Date.parse(until) - 1)));

function date(name: 'since' | 'until'): Field {
  const input = h('input', { type: 'date', min: kEarliest });
  const day_of = (value: string) => name === 'until' ? last_day(value) : value && (is_date(value) ? value : date_text(new Date(value)));
  input.addEventListener('change', () => {
    const day = input.value;
    if (day && day < kEarliest) return;  // still being typed
    change({ [name]: day && name === 'until' ? add_days(day, 1) : day });
  });
  return { element: labelled(name, kLabels[name], input), show: (value) => {
    const day = Number.isNaN(Date.parse(value)) ? '' : day_of(value);
    if (input.value !== day && !(document.activeElement === input && !day && input.value)) input.value = day;
  } };
}

function period(): Field {
  const all = presets();
  const input = h('select', { onchange: () => {
    const chosen = all[Number(input.value)];
    change({ since: chosen?.[1] ?? null, until: chosen ? add_days(chosen[2], 1) : null });
  } }, h('option', { value: '' }, t('Any time')), all.map(([label], i) => h('option', { value: String(i) }, label)),
  h('option', { value: 'own', hidden: true }, t('Chosen days')));
  return { element: labelled('period', t('Period'), input), show: () => {
    const [since, until] = [current().get('since') ?? '', current().get('until') ?? ''];
    const at = all.findIndex(([, from, to]) => from === since && to === last_day(until));
    input.value = at >= 0 ? String(at) : since || until ? 'own' : '';
  } };
}

// Says what the fields cannot: an hour of the week, or a stretch that is shorter than its days.
function more_exactly(parameters: URLSearchParams): HTMLElement | null {
  const hour = hour_of_week(parameters);
  const ends = ['since', 'until'].map((name) => parameters.get(name) ?? '');
  const is_part = (end: string) => end && !is_date(end) && !Number.isNaN(Date.parse(end)) &&
    instant(date_text(new Date(end))).getTime() !== Date.parse(end);
  const text = hour ? hour_of_week_text(hour)
    : ends.some(is_part) ? ends.map((end) => end && (is_date(end) ? date_words(end) : full(end))).join(' – ') : null;
  return text === null ? null : h('p', { class: 'hour' }, `${text} `, h('a', {
    class: 'clear',
    href: link(['find'], { ...Object.fromEntries(parameters), weekday: null, hour: null, ...(hour ? {} : { since: null, until: null }) }),
  }, t('Any time')));
}

export class FilterBar {
  readonly element: HTMLDetailsElement;
  private readonly fields: [string, Field][];
  private readonly title = h('span');
  private readonly more = h('div', { class: 'filter-more' });

  constructor(parameters: URLSearchParams) {
    const field = (name: Filter): Field => {
      const choices = kChoices[name];
      if (choices) return choice(name, kLabels[name], choices);
      if (name === 'since' || name === 'until') return date(name);
      if (name === 'tag') return suggested(name, tag_names, words);
      if (name === 'user_email') return suggested(name, user_names, (email) => email);
      return suggested('number', number_names, (number) => phone(number).replaceAll('\u00a0', ' '));
    };
    this.fields = [
      ...kFilters.filter((name) => name !== 'until' && name !== 'since').map((name): [string, Field] => [name, field(name)]),
      ['period', period()], ['since', date('since')], ['until', date('until')],
      ['sort', choice('sort', t('Order'), [['', t('Newest first')], ['relevance', t('Best first')]])],
      ['list', choice('list', t('List'), [['', t('One list')], ['grouped', t('By conversation')]])],
    ];
    this.element = h('details', { class: 'filter-box', open: innerWidth > 800 || this.used(parameters) > 0 },
      h('summary', null, icon('down'), this.title),
      h('div', { class: 'filters' }, this.fields.map(([, { element }]) => element)), this.more);
    this.show(parameters);
  }

  private used(parameters: URLSearchParams): number {
    return kFilters.filter((name) => parameters.get(name)).length + (hour_of_week(parameters) ? 1 : 0);
  }

  // Fills the fields from the address; what has the focus keeps it.
  show(parameters: URLSearchParams): void {
    const used = this.used(parameters);
    this.title.textContent = used ? t('Filters ({n})', { n: used }) : t('Filters');
    for (const [name, { element, show }] of this.fields) {
      const value = parameters.get(name) ?? '';
      show(value);
      element.classList.toggle('set', Boolean(value));
      if (name === 'sort') element.hidden = !parameters.get('q');
    }
    this.more.replaceChildren(...[more_exactly(parameters), used
      ? h('a', { class: 'clear', href: link(['find'], { q: parameters.get('q') }) }, t('Clear filters')) : null]
      .filter((one) => one !== null));
  }
}
