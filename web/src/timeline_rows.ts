// One row of a timeline: a message, or a call as a card that opens.
import { call_details } from './call.js';
import { h, icon, said, type Icon } from './dom.js';
import { clock, day, duration, full, words } from './format.js';
import { is_outbound } from './party.js';
import { link } from './route.js';
import { item_key } from './timeline_source.js';
import type { Call, Message, TimelineItem } from './records.js';

export interface Row {
  element: HTMLElement;
  item: TimelineItem;
  // Opens the row if it can be opened, and goes to a line of its transcript.
  open: (line?: number) => Promise<void>;
}

const time = (at: string) => h('time', { datetime: at, title: full(at), class: 'when' }, clock(at));

export function call_icon(call: Call): Icon {
  if (call.result === 'VOICEMAIL') return 'voicemail';
  if (is_failed(call)) return 'missed';
  return is_outbound(call) ? 'outgoing' : 'incoming';
}

export const is_failed = (call: Call): boolean => /FAILED|BLOCKED|CLOSED|MISSED/.test(call.result ?? '');

export function call_title(call: Call): string {
  const way = call.direction ? (is_outbound(call) ? 'Outgoing call' : 'Incoming call') : 'Call';
  return call.result === 'VOICEMAIL' ? `${way}, voicemail` : way;
}

export function chips(call: Call): HTMLElement | null {
  const result = call.result && call.result !== 'ANSWERED' && call.result !== 'VOICEMAIL'
    ? h('a', { class: is_failed(call) ? 'chip bad' : 'chip', href: link(['find'], { kind: 'call', result: call.result }) },
      words(call.result))
    : null;
  if (!result && !call.tags.length) return null;
  return h('div', { class: 'chips' }, result, call.tags.map((tag) =>
    h('a', { class: 'chip tag', dir: 'auto', href: link(['find'], { kind: 'call', tag }) }, words(tag))));
}

function message_row(message: Message): HTMLElement {
  return h('div', { class: 'bubble' },
    message.content ? said(message.content, 'p') : h('p', { class: 'muted' }, `${message.type ?? 'Message'} without text`),
    h('p', { class: 'meta' },
      h('span', { class: 'unseen' }, is_outbound(message) ? 'Sent' : 'Received', ' '),
      message.type && message.type !== 'SMS' && message.content ? `${message.type} · ` : null,
      message.sent_at && time(message.sent_at)));
}

function call_row(call: Call, opened: (open: boolean) => void): [HTMLElement, Row['open']] {
  const id = `call-${crypto.randomUUID()}`;
  const body = h('div', { class: 'card-body', id, hidden: true });
  let details: ReturnType<typeof call_details> | null = null;
  const head = h('button', { class: 'card-head', 'aria-expanded': 'false', 'aria-controls': id },
    h('span', { class: is_failed(call) ? 'card-icon bad' : 'card-icon' }, icon(call_icon(call))),
    h('span', { class: 'card-title' }, call_title(call),
      call.duration_seconds ? h('span', { class: 'muted' }, ` · ${duration(call.duration_seconds)}`) : null),
    call.started_at && time(call.started_at),
    icon('down'));
  const toggle = (open: boolean) => {
    head.setAttribute('aria-expanded', String(open));
    body.hidden = !open;
    if (open && !details) {
      details = call_details(call);
      body.append(details.element);
    }
    if (!open) details?.pause();
    opened(open);
  };
  head.addEventListener('click', () => toggle(body.hidden === true));
  const card = h('div', { class: 'card' }, head,
    call.one_sentence_summary && said(call.one_sentence_summary, 'p', 'card-line'),
    chips(call), body);
  return [card, async (line) => {
    if (body.hidden) toggle(true);
    if (line !== undefined) await details?.show_line(line);
  }];
}

// `opened` is told when the reader opens or closes the row.
export function timeline_row(item: TimelineItem, opened: (open: boolean) => void): Row {
  const element = h('li', { class: 'row', tabindex: '-1', 'data-key': item_key(item) });
  if (item.kind === 'message') {
    element.append(message_row(item.message));
    element.classList.add(is_outbound(item.message) ? 'out' : 'in');
    return { element, item, open: async () => {} };
  }
  const [card, open] = call_row(item.call, opened);
  element.append(card);
  element.classList.add(is_outbound(item.call) ? 'out' : 'in');
  return { element, item, open };
}

// Shows or takes away the day above a row.
export function set_day(row: Row, shown: boolean): void {
  const first = row.element.firstElementChild;
  const has = first?.classList.contains('day') ?? false;
  if (shown && !has) row.element.prepend(h('h2', { class: 'day' }, h('span', null, day(row.item.at))));
  if (!shown && has) first?.remove();
}
