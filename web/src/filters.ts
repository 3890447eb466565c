// The filters of the search, as a row of fields. What they hold is in the address.
import { h, icon } from './dom.js';
import { hour_of_week, hour_of_week_text } from './hour_of_week.js';
import { go_instead, link } from './route.js';
import { words } from './format.js';

export const kFilters = ['kind', 'direction', 'result', 'tag', 'user_email', 'number', 'since', 'until'] as const;
export type Filter = typeof kFilters[number];

const kLabels: Record<Filter, string> = {
  kind: 'Kind', direction: 'Direction', result: 'Result', tag: 'Tag', user_email: 'User', number: 'Number',
  since: 'From', until: 'Before',
};
const kChoices: Partial<Record<Filter, [string, string][]>> = {
  kind: [['', 'Everything'], ['call', 'Calls'], ['message', 'Messages'], ['contact', 'Contacts']],
  direction: [['', 'Both directions'], ['INBOUND', 'Incoming'], ['OUTBOUND', 'Outgoing']],
  result: [['', 'Any result'], ...['ANSWERED', 'VOICEMAIL', 'TRANSFERRED_AI', 'TRANSFERRED_EXTERNAL', 'FAILED', 'BLOCKED']
    .map((code): [string, string] => [code, words(code)])],
};

function field(name: Filter, value: string, changed: (value: string) => void): HTMLElement {
  const id = `filter-${name}`;
  const choices = kChoices[name];
  let input: HTMLInputElement | HTMLSelectElement;
  if (choices) {
    // A value that is not in the list is one all the same: the vendor's lists are open.
    const all = choices.some(([code]) => code === value) ? choices : [...choices, [value, words(value)] as [string, string]];
    input = h('select', { id }, all.map(([code, text]) => h('option', { value: code, selected: code === value }, text)));
  } else {
    const date = name === 'since' || name === 'until';
    input = h('input', {
      id, type: date ? 'date' : 'text', value: date ? value.slice(0, 10) : value, autocomplete: 'off',
      spellcheck: 'false', dir: date ? null : 'auto',
    });
  }
  input.addEventListener('change', () => changed(input.value.trim()));
  return h('div', { class: value ? 'filter set' : 'filter' }, h('label', { for: id }, kLabels[name]), input);
}

export function filter_bar(parameters: URLSearchParams): HTMLElement {
  const set = (name: string, value: string) =>
    go_instead(link(['find'], { ...Object.fromEntries(parameters), [name]: value }));
  const hour = hour_of_week(parameters);
  const used = [...kFilters.filter((name) => parameters.get(name)), ...(hour ? ['hour'] : [])];
  const fields = h('div', { class: 'filters' },
    kFilters.map((name) => field(name, parameters.get(name) ?? '', (value) => set(name, value))));
  return h('details', { class: 'filter-box', open: used.length > 0 || innerWidth > 800 },
    h('summary', null, icon('down'), used.length ? `Filters (${used.length})` : 'Filters'),
    fields,
    hour && h('p', { class: 'hour' }, `${hour_of_week_text(hour)} `, h('a', {
      class: 'clear', href: link(['find'], { ...Object.fromEntries(parameters), weekday: null, hour: null }),
    }, 'Any time')),
    used.length ? h('a', { class: 'clear', href: link(['find'], { q: parameters.get('q') }) }, 'Clear filters') : null);
}
