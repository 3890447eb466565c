// The conversation with one number, as people know it from a telephone.
import { get, path } from './api.js';
import { avatar } from './conversations.js';
import { h, icon } from './dom.js';
import { download_menu } from './download.js';
import { plural } from './format.js';
import { empty, show_error } from './notice.js';
import { contact_name, number_title, of_item, other_party } from './party.js';
import { link, note } from './route.js';
import { TimelineScroller } from './timeline_scroller.js';
import { item_key, TimelineSource } from './timeline_source.js';
import type { View } from './shell.js';
import type { Call, Message, PhoneNumber, TimelineItem } from './records.js';

const kPage = 40;
const kRefresh = 10_000;  // milliseconds between looks for what is new

function header(number: PhoneNumber, name: string | null): HTMLElement {
  const contact = number.contacts[0];
  const title = name ?? number_title(number.number);
  return h('header', { class: 'view-head' },
    h('a', { class: 'tool back', href: '#/', 'aria-label': 'Back to conversations' }, icon('back')),
    avatar(name, number.number),
    h('div', { class: 'view-title' },
      h('h1', null, h('bdi', null, title)),
      h('p', { class: 'muted' },
        [name && number_title(number.number), number.country, contact?.company !== title && contact?.company,
          plural(number.call_count, 'call'), plural(number.message_count, 'message')].filter(Boolean).join(' · '))),
    contact && h('a', { class: 'tool wide', href: link(['contacts', contact.id]) }, 'Contact'),
    download_menu([
      { label: 'Calls, CSV', segments: ['export', 'calls'], parameters: { number: number.number, format: 'csv' } },
      { label: 'Calls, NDJSON', segments: ['export', 'calls'], parameters: { number: number.number, format: 'ndjson' } },
      { label: 'Messages, CSV', segments: ['export', 'messages'], parameters: { number: number.number, format: 'csv' } },
      { label: 'Transcripts, CSV', segments: ['export', 'transcripts'], parameters: { number: number.number, format: 'csv' } },
    ]));
}

// The instant of the item that the address points at ("call:cll_1").
async function instant_of(key: string, signal: AbortSignal): Promise<number> {
  const [kind, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  const one = await get<Partial<Call & Message>>(path([kind === 'call' ? 'calls' : 'messages', id]), signal);
  return Date.parse(one.started_at ?? one.sent_at ?? '');
}

export async function show_timeline({ main, signal, parameters, describe }: View, id: string): Promise<void> {
  const number = await get<PhoneNumber>(path(['numbers', id]), signal);
  describe(number_title(number.number), path(['numbers', number.number, 'timeline']));
  const list = h('ol', { class: 'rows timeline', 'data-start': 'end' });
  const viewport = h('div', { class: 'viewport', role: 'region', 'aria-label': 'Timeline', tabindex: '0' }, list);
  const trouble = h('div');
  const known_name = number.contacts.map(contact_name).find(Boolean) ?? null;
  let head = header(number, known_name);
  main.replaceChildren(head, viewport, trouble);
  describe(known_name ?? number_title(number.number), path(['numbers', number.number, 'timeline']));

  const scroller = new TimelineScroller(viewport, list, new TimelineSource(number.number, kPage, signal), signal);
  scroller.onerror = (error) => show_error(trouble, error, () => void scroller.fill());
  scroller.onopen = (item, open) => note(link(['numbers', id], { item: open ? item_key(item) : null }));

  const key = parameters.get('item');
  const end = Date.parse(number.last_seen_at ?? '') || Date.now();
  if (key) await open_at(key);
  else await scroller.open_latest();
  if (signal.aborted) return;
  if (!list.firstElementChild) {
    viewport.append(empty('Nothing here yet', 'The archive knows this number, but has none of its calls or messages.'));
  }
  name_from(scroller.newest());

  const refresh = () => { if (document.visibilityState === 'visible') void scroller.refresh(); };
  const timer = setInterval(refresh, kRefresh);
  signal.addEventListener('abort', () => clearInterval(timer));
  addEventListener('visibilitychange', refresh, { signal });

  async function open_at(item: string): Promise<void> {
    const line = parameters.get('line');
    const row = await scroller.open_at(item, await instant_of(item, signal), end);
    if (!row) return;
    row.element.classList.add('target');
    row.element.focus({ preventScroll: true });
    // A call in the address is open; opening it there is no news to the address.
    await scroller.quietly(() => row.open(line === null ? undefined : Number(line)));
    if (line === null && item.startsWith('call:')) row.element.scrollIntoView({ block: 'start' });
  }

  // Where no contact names the number, its last item may.
  function name_from(item: TimelineItem | null): void {
    const name = item && other_party(of_item(item)).name;
    if (known_name || !name) return;
    const fresh = header(number, name);
    head.replaceWith(fresh);
    head = fresh;
    describe(name, path(['numbers', number.number, 'timeline']));
  }
}
