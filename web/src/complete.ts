// How far the archive was compared with the vendor; nothing if it never was.
import { get, path } from './api.js';
import { h } from './dom.js';
import { full, plural, when } from './format.js';
import { t } from './i18n.js';
import type { Comparison } from './records.js';

export async function complete_line(signal: AbortSignal): Promise<HTMLElement | null> {
  const { vendor } = await get<{ vendor: Comparison | null }>(path(['me']), signal);
  if (!vendor) return null;
  const until = vendor.complete_until;
  const only = vendor.only_by_backfill;
  return h('p', { class: 'complete' },
    until
      ? [t('Compared with the vendor: complete up to'), ' ', h('time', { datetime: until, title: full(until) }, when(until))]
      : t('Compared with the vendor: it is not known up to when the archive is complete'),
    only ? `; ${plural(only, 'call, message or contact came only by backfill', 'calls, messages and contacts came only by backfill')}` : null,
    vendor.error ? [`. ${t('The last comparison failed:')} `, h('bdi', null, vendor.error)] : null,
    '.');
}
