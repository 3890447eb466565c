// Deliveries that are kept but could not be read, for the owner: the ledger needs the scope `admin`.
import { get, path } from './api.js';
import { h } from './dom.js';
import { full, plural, when } from './format.js';
import { t } from './i18n.js';
import type { Delivery, List } from './records.js';

const kShown = 5;

// The notice, or nothing: none is unread, or the token may not look into the ledger.
export async function unread_notice(signal: AbortSignal): Promise<HTMLElement | null> {
  const { scopes } = await get<{ scopes: string[] }>(path(['me']), signal);
  if (!scopes.includes('admin')) return null;
  const asked = path(['deliveries'], { outcome: 'quarantined', count: 'exact', limit: String(kShown) });
  const { data, page } = await get<List<Delivery> & { page: { total: number } }>(asked, signal);
  if (!page.total) return null;
  return h('details', { class: 'notice unread' },
    h('summary', null, plural(page.total, 'delivery is kept but could not be read', 'deliveries are kept but could not be read')),
    h('ul', { class: 'rows' }, data.map((delivery) => h('li', { class: 'row' },
      h('span', null, `${delivery.id} · `,
        h('time', { datetime: delivery.received_at, title: full(delivery.received_at) }, when(delivery.received_at)),
        ` · ${delivery.topic ?? t('no topic')} · `, h('bdi', null, delivery.reason ?? ''))))),
    page.total > data.length ? h('p', null, t('These are the newest {n}.', { n: data.length })) : null,
    h('p', null, t('Nothing of them is lost: a version that understands them reads them again.')));
}
