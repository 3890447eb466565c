// Deliveries that are kept but could not be read, for the owner: the ledger needs the scope `admin`.
import { ask, get, path } from './api.js';
import { h } from './dom.js';
import { ago, count, full, plural, when } from './format.js';
import { t } from './i18n.js';
import type { Delivery, List } from './records.js';

const kShown = 5;

// For the owner: when the last delivery came, and what could not be read. Nothing if the token may not look into the ledger.
export async function owner_notices(signal: AbortSignal): Promise<HTMLElement[]> {
  const { scopes } = await get<{ scopes: string[] }>(path(['me']), signal);
  if (!scopes.includes('admin')) return [];
  return [await last_delivery(signal), await state_line(signal).catch(() => null), await unread_notice(signal)]
    .filter((notice) => notice !== null);
}

const kUnits = ['B', 'kB', 'MB', 'GB', 'TB'];
function bytes_text(bytes: number): string {
  const power = Math.min(kUnits.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${count(Math.round(bytes / 10 ** (3 * power - 1)) / 10)} ${kUnits[power]}`;
}

// How large the archive is, what is free beside it, and when it was last copied, by the service's metrics.
async function state_line(signal: AbortSignal): Promise<HTMLElement> {
  const text = await (await ask('/metrics', signal)).text();
  const value = (name: string) => {
    const found = new RegExp(`^callarchive_${name} (\\S+)$`, 'm').exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
  const [size, free, backup, recordings] = ['database_bytes', 'disk_free_bytes', 'last_backup_timestamp_seconds', 'recording_bytes'].map(value);
  const at = backup ? new Date(backup * 1000).toISOString() : null;
  return h('p', { class: 'muted owner' },
    [size && t('The archive has {size}', { size: bytes_text(size) }), recordings && t('its recordings {size}', { size: bytes_text(recordings) }),
      free && t('{size} are free on the disk', { size: bytes_text(free) })].filter(Boolean).join(', '), '. ',
    at ? [t('The newest backup was made'), ' ', h('time', { datetime: at, title: full(at) }, ago(at)), '.'] : t('No backup is known.'));
}

// A vendor that fell silent looks like a quiet day, unless somebody says when it was last heard of.
async function last_delivery(signal: AbortSignal): Promise<HTMLElement | null> {
  const { data: [last] } = await get<List<Delivery>>(path(['deliveries'], { limit: '1' }), signal);
  return last ? h('p', { class: 'muted owner' }, t('The last delivery came'), ' ',
    h('time', { datetime: last.received_at, title: full(last.received_at) }, ago(last.received_at)), '.') : null;
}

// The notice, or nothing: none is unread.
async function unread_notice(signal: AbortSignal): Promise<HTMLElement | null> {
  const asked = path(['deliveries'], { outcome: 'quarantined', count: 'exact', limit: String(kShown) });
  const { data, page } = await get<List<Delivery> & { page: { total: number } }>(asked, signal);
  if (!page.total) return null;
  return h('details', { class: 'notice unread' },
    h('summary', null, plural(page.total, 'delivery is kept but could not be read', 'deliveries are kept but could not be read')),
    h('ul', { class: 'rows' }, data.map((delivery) => h('li', { class: 'row' },
      h('span', null, `${delivery.delivery} · `,
        h('time', { datetime: delivery.received_at, title: full(delivery.received_at) }, when(delivery.received_at)),
        ` · ${delivery.topic ?? t('no topic')} · `, h('bdi', null, delivery.reason ?? ''))))),
    page.total > data.length ? h('p', null, t('These are the newest {n}.', { n: data.length })) : null,
    h('p', null, t('Nothing of them is lost: a version that understands them reads them again.')));
}
