// One row of a timeline: a message, or a call as a card that opens.
import { call_details } from './call.js';
import { h, icon, type Icon } from './dom.js';
import { clock, day, duration, full, words } from './format.js';
import { t } from './i18n.js';
import { markdown_line } from './markdown.js';
import { who } from './names.js';
import { is_outbound, other_party, own_party, party_title, user_name } from './party.js';
import { link } from './route.js';
import { said_text } from './said.js';
import { item_key } from './timeline_source.js';
import type { Call, Message, TimelineItem } from './records.js';

export interface Row {
  element: HTMLElement;
  item: TimelineItem;
  // Opens the row if it can be opened, and goes to a line of its transcript.
  open: (line?: number) => Promise<void>;
}

const kLongMessage = 1500;  // letters that are shown of a message until all are wanted

// What a row tells beside what was said.
export interface RowContext {
  // The timeline is that of an own line, so each row says who the other side was.
  of_line: boolean;
  // The timeline is that of several numbers, so each row says which of them it was.
  of_numbers: boolean;
  // The words that were searched for; they are marked.
  q: string;
}

const time = (at: string) => h('time', { datetime: at, title: full(at), class: 'when' }, clock(at));

export function call_icon(call: Call): Icon {
  if (call.result === 'VOICEMAIL') return 'voicemail';
  if (is_failed(call)) return 'missed';
  return is_outbound(call) ? 'outgoing' : 'incoming';
}

// A call that came in and that nobody took.
export const is_missed = (call: Call): boolean => !is_outbound(call) && /FAILED|CLOSED|MISSED/.test(call.result ?? '');

export const is_failed = (call: Call): boolean => /FAILED|BLOCKED|CLOSED|MISSED/.test(call.result ?? '');

export function call_title(call: Call): string {
  const outbound = is_outbound(call);
  if (is_missed(call) && call.direction) return t('Missed call');
  if (call.result === 'BLOCKED') return t('Blocked call');
  if (call.result === 'VOICEMAIL') return outbound ? t('Outgoing call, voicemail') : t('Incoming call, voicemail');
  if (outbound) return is_failed(call) ? t('Outgoing call, no answer') : t('Outgoing call');
  return call.direction ? t('Incoming call') : t('Call');
}

// Who the other side was, on which own line, and which colleague.
function sides(item: Call | Message, { of_line, of_numbers }: RowContext): HTMLElement[] {
  const [other, own] = [other_party(item), own_party(item)];
  return [
    of_line ? h('a', { class: 'side', href: other.number && link(['numbers', other.number]) }, who(other))
      : of_numbers && other.number ? h('bdi', null, party_title({ ...other, name: null })) : null,
    !of_line && own.number ? h('bdi', null, party_title(own)) : null,
    item.user_email ? h('bdi', { title: item.user_email }, user_name(item.user_email)) : null,
  ].filter((one) => one !== null);
}

const dotted = (parts: HTMLElement[]): (HTMLElement | string)[] => parts.flatMap((part, i) => i ? [' · ', part] : [part]);

export function chips(call: Call): HTMLElement | null {
  const result = call.result && call.result !== 'ANSWERED' && call.result !== 'VOICEMAIL'
    ? h('a', { class: is_failed(call) ? 'chip bad' : 'chip', href: link(['find'], { kind: 'call', result: call.result }) },
      words(call.result))
    : null;
  if (!result && !call.tags.length) return null;
  return h('div', { class: 'chips' }, result, call.tags.map((tag) =>
    h('a', { class: 'chip tag', dir: 'auto', href: link(['find'], { kind: 'call', tag }) }, words(tag))));
}

export const message_title = (message: Message): string => is_outbound(message) ? t('Message sent') : t('Message received');

export const without_text = (message: Message): string => t('{type} without text', { type: message.type ?? t('Message') });

export function message_row(message: Message, context: RowContext): HTMLElement {
  const { content } = message;
  const is_long = (content?.length ?? 0) > kLongMessage;
  const text = content ? said_text(content, 'p', context.q) : h('p', { class: 'muted' }, without_text(message));
  if (is_long) text.classList.add('folded');
  return h('div', { class: 'bubble' }, text,
    is_long && h('button', { class: 'more', onclick: (event) => {
      text.classList.remove('folded');
      (event.target as HTMLElement).remove();
    } }, t('Show all')),
    h('p', { class: 'meta' },
      h('span', { class: 'unseen' }, is_outbound(message) ? t('Sent') : t('Received'), ' '),
      message.type && message.type !== 'SMS' && content ? `${message.type} · ` : null,
      dotted(sides(message, context)), message.sent_at ? ' · ' : null,
      message.sent_at && time(message.sent_at)));
}

function call_row(call: Call, context: RowContext, opened: (open: boolean) => void): [HTMLElement, Row['open']] {
  const id = `call-${crypto.randomUUID()}`;
  const body = h('div', { class: 'card-body', id, hidden: true });
  let details: ReturnType<typeof call_details> | null = null;
  const head = h('button', { class: 'card-head', 'aria-expanded': 'false', 'aria-controls': id },
    h('span', { class: is_failed(call) ? 'card-icon bad' : 'card-icon' }, icon(call_icon(call))),
    h('span', { class: is_missed(call) ? 'card-title bad' : 'card-title' }, call_title(call),
      call.duration_seconds ? h('span', { class: 'muted' }, ` · ${duration(call.duration_seconds)}`) : null),
    call.started_at && time(call.started_at),
    icon('down'));
  const toggle = (open: boolean) => {
    head.setAttribute('aria-expanded', String(open));
    body.hidden = !open;
    if (open && !details) {
      details = call_details(call, context.q);
      body.append(details.element);
    }
    if (!open) details?.pause();
    opened(open);
  };
  head.addEventListener('click', () => {
    toggle(body.hidden === true);
    // What was opened is to be seen.
    if (!body.hidden) card.scrollIntoView({ block: card.offsetHeight > innerHeight / 2 ? 'start' : 'nearest' });
  });
  const card = h('div', { class: 'card' }, head,
    h('p', { class: 'card-sides muted' }, dotted(sides(call, context))),
    call.one_sentence_summary && markdown_line(call.one_sentence_summary, context.q, 'card-line'),
    chips(call), body);
  return [card, async (line) => {
    if (body.hidden) toggle(true);
    if (line !== undefined) await details?.show_line(line);
  }];
}

// `opened` is called when the reader opens or closes the row.
export function timeline_row(item: TimelineItem, context: RowContext, opened: (open: boolean) => void): Row {
  const element = h('li', { class: 'row', tabindex: '-1', 'data-key': item_key(item) });
  if (item.kind === 'message') {
    element.append(message_row(item.message, context));
    element.classList.add(is_outbound(item.message) ? 'out' : 'in');
    return { element, item, open: async () => {} };
  }
  const [card, open] = call_row(item.call, context, opened);
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
