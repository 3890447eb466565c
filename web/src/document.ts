// A conversation or a call as a document to print or to pass on: one HTML file without scripts, complete, with names,
// times in the reader's zone, and what was said.
import { get, path } from './api.js';
import { facts } from './call.js';
import { h } from './dom.js';
import { save_file } from './download.js';
import { clock, day, day_key, duration, full, phone, position, words } from './format.js';
import { kLanguage, t } from './i18n.js';
import { markdown } from './markdown.js';
import { look_up, name_now } from './names.js';
import { say } from './notice.js';
import { of_item, other_party, own_party, user_name, type Party } from './party.js';
import { call_title, message_title, without_text } from './timeline_rows.js';
import { all_entries, speaker, start_of } from './transcript.js';
import { kZone } from './zone.js';
import type { Call, List, Message, TimelineItem } from './records.js';

const kPage = '200';      // items of one request
const kMostItems = 5000;  // of one document; it says when there are more

const kStyle = `body{font:11pt/1.45 system-ui,sans-serif;color:#111;background:#fff;max-width:46rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0 0 .2rem}h2{font-size:1rem;border-bottom:1px solid #bbb;padding-bottom:.15rem;margin:1.6rem 0 .6rem}
h3{font-size:1rem;margin:.9rem 0 .15rem}.muted{color:#555}p{margin:.2rem 0}article section{break-inside:auto}h2,h3{break-after:avoid}
.said{margin:.15rem 0;padding-inline-start:5.2rem;text-indent:-5.2rem}.said b{font-weight:600}.said .at{display:inline-block;min-width:3.2rem;text-indent:0;color:#555;font-variant-numeric:tabular-nums}
.text{white-space:pre-wrap}dl{display:grid;grid-template-columns:fit-content(40%) 1fr;gap:.1rem .8rem;margin:.3rem 0}dd{margin:0}dt{color:#555}ul,ol{margin:.2rem 0;padding-inline-start:1.4rem}`;

const party_line = (party: Party): string => [name_now(party), party.number && phone(party.number)].filter(Boolean).join(' · ') || t('Unknown number');

async function call_part(call: Call, with_summary: boolean): Promise<HTMLElement> {
  const entries = call.transcript_entry_count ? await all_entries(call.id) : [];
  const title = [call.started_at && clock(call.started_at), call_title(call), call.duration_seconds ? duration(call.duration_seconds) : null];
  const collected = facts(Object.entries(call.data_collected).map(([key, value]) => [words(key), value]));
  return h('section', null,
    h('h3', null, title.filter(Boolean).join(' · ')),
    h('p', { class: 'muted' }, [party_line(other_party(call)), party_line(own_party(call)), call.user_email && `${user_name(call.user_email)} (${call.user_email})`,
      call.tags.map(words).join(', '), call.id].filter(Boolean).join(' · ')),
    with_summary ? markdown(call.summary ?? call.one_sentence_summary ?? '') : null, collected,
    entries.map((entry) => {
      const start = start_of(call, entry);
      return h('p', { class: 'said', dir: 'auto' }, h('span', { class: 'at' }, start === null ? '' : position(start)), ' ',
        h('b', null, `${speaker(call, entry.source)}: `), entry.text);
    }));
}

const message_part = (message: Message): HTMLElement => h('section', null,
  h('h3', null, [message.sent_at && clock(message.sent_at), message_title(message)].filter(Boolean).join(' · ')),
  h('p', { class: 'muted' }, [party_line(other_party(message)), party_line(own_party(message)), message.user_email && user_name(message.user_email)].filter(Boolean).join(' · ')),
  h('p', { class: 'text', dir: 'auto' }, message.content ?? without_text(message)));

// The document of items, the oldest first.
async function document_of(title: string, items: TimelineItem[], is_whole: boolean): Promise<HTMLElement> {
  const numbers = new Set(items.map((item) => other_party(of_item(item)).number).filter((number) => number !== null));
  await Promise.all([...numbers].slice(0, 20).map(look_up));
  const article = h('article', null, h('h1', null, h('bdi', null, title)),
    h('p', { class: 'muted' }, t('As of {time}. Times are those of {zone}.', { time: full(new Date().toISOString()), zone: kZone })),
    is_whole ? null : h('p', null, t('Only the newest {n} items are in this document.', { n: items.length })));
  let shown_day = '';
  for (const item of items) {
    if (day_key(item.at) !== shown_day) {
      shown_day = day_key(item.at);
      article.append(h('h2', null, `${day(item.at)} (${shown_day})`));
    }
    article.append(item.kind === 'call' ? await call_part(item.call, true) : message_part(item.message));
  }
  return article;
}

// Everything of a timeline (["numbers", number] or ["contacts", id]).
async function whole_timeline(of: string[]): Promise<{ items: TimelineItem[]; is_whole: boolean }> {
  const items: TimelineItem[] = [];
  for (let cursor: string | null | undefined; cursor !== null && items.length < kMostItems;) {
    const { data, page }: List<TimelineItem> = await get(path([...of, 'timeline'], { limit: kPage, cursor }));
    items.push(...data);
    cursor = page.next_cursor;
    if (cursor) say(t('{n} items read…', { n: items.length }));
    else return { items: items.reverse(), is_whole: true };
  }
  return { items: items.reverse(), is_whole: false };
}

export interface Printable { title: string; items: () => Promise<{ items: TimelineItem[]; is_whole: boolean }> }

export const of_timeline = (title: string, of: string[]): Printable => ({ title, items: () => whole_timeline(of) });
export const of_call = (title: string, call: Call): Printable =>
  ({ title, items: () => Promise.resolve({ items: [{ kind: 'call', at: call.started_at ?? '', call }], is_whole: true }) });

async function made({ title, items }: Printable): Promise<HTMLElement> {
  const found = await items();
  return document_of(title, found.items, found.is_whole);
}

async function print(printable: Printable): Promise<void> {
  const article = await made(printable);
  article.classList.add('printed');
  document.body.append(article);
  document.body.classList.add('printing');
  addEventListener('afterprint', () => {
    article.remove();
    document.body.classList.remove('printing');
  }, { once: true });
  window.print();
}

async function save(printable: Printable): Promise<void> {
  const article = await made(printable);
  const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const html = `<!doctype html><html lang="${kLanguage}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    `<title>${escaped(printable.title)}</title><style>${kStyle}</style>${article.outerHTML}</html>\n`;
  const name = `${printable.title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'callarchive'}.html`;
  save_file(name, html, 'text/html');
}

// The entries of the export menu.
export function document_buttons(printable: Printable): HTMLElement[] {
  const button = (label: string, act: (one: Printable) => Promise<void>) => h('button', {
    class: 'menu-item', onclick: () => void act(printable).catch((error: Error) => say(error.message)),
  }, label);
  return [button(t('Print, or save as PDF'), print), button(t('Document (HTML)'), save)];
}
