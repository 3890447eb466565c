// The filters that the address holds, and what excludes what.
import { t } from './i18n.js';
import { words } from './format.js';

export const kFilters = ['kind', 'direction', 'result', 'tag', 'user_email', 'number', 'since', 'until'] as const;
export type Filter = typeof kFilters[number];

export const kLabels: Record<Filter, string> = {
  kind: t('Kind'), direction: t('Direction'), result: t('Result'), tag: t('Tag'), user_email: t('User'), number: t('Number'),
  since: t('From'), until: t('To'),
};

export interface Contradiction { text: string; without: string[] }

// Why nothing can be found whatever the archive holds; null if something can.
export function contradiction(parameters: URLSearchParams): Contradiction | null {
  const kind = parameters.get('kind');
  const set = (names: readonly string[]) => names.filter((name) => parameters.get(name));
  const label = (names: string[]) => names.map((name) => kLabels[name as Filter] ?? words(name)).join(', ');
  const of_calls = set(['result', 'tag', 'user_email']);
  if (kind === 'message' && of_calls.length) {
    return { text: t('Messages cannot be filtered by {filters}.', { filters: label(of_calls) }), without: of_calls };
  }
  const of_items = set(['direction', 'result', 'tag', 'user_email', 'number', 'since', 'until', 'weekday']);
  if (kind === 'contact' && of_items.length) {
    return { text: t('Contacts cannot be filtered by {filters}.', { filters: label(of_items) }), without: [...of_items, 'hour'] };
  }
  const [since, until] = [parameters.get('since') ?? '', parameters.get('until') ?? ''];
  if (since && until && Date.parse(since) >= Date.parse(until)) {
    return { text: t('The first day is after the last day.'), without: ['since', 'until'] };
  }
  return null;
}
