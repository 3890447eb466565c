// What was found, as rows: one list, or one for each conversation.
import { avatar } from './avatar.js';
import { h, icon, marked } from './dom.js';
import { hit_key, type Found } from './find_source.js';
import { duration, full, position, when, words } from './format.js';
import { t } from './i18n.js';
import { plain } from './markdown.js';
import { who, with_name } from './names.js';
import { contact_name, number_key, number_title, other_party, type Party } from './party.js';
import { link } from './route.js';
import { call_icon, call_title, is_missed } from './timeline_rows.js';
import { speaker } from './transcript.js';
import type { Call, Hit, Match } from './records.js';

const kMostMatches = 4;  // shown of one hit

// What a match is in; nothing where that goes without saying.
function where(match: Match, call: Call | null): string {
  if (match.position === null || match.position === undefined) return match.field === 'content' ? '' : words(match.field);
  const at = match.start_seconds === null || match.start_seconds === undefined ? '' : position(match.start_seconds);
  return [at, call ? speaker(call, match.source ?? null) : ''].filter(Boolean).join(' ');
}

const match_link = (match: Match, to: string, call: Call | null = null): HTMLElement =>
  h('a', { class: 'match', href: to },
    h('span', { class: 'where', dir: 'auto' }, where(match, call)), ' ',
    marked(match.text, match.ranges, match.field === 'summary' ? plain : undefined));

const party_of = (hit: Hit): Party | null =>
  hit.kind === 'contact' ? null : other_party(hit.kind === 'call' ? hit.call : hit.message);

// Where a hit leads. `from` is the search that found it, to which Back and Escape return.
export function hit_link(hit: Hit, from: string, line: number | null | undefined = hit.matches[0]?.position): string {
  if (hit.kind === 'contact') return link(['contacts', hit.contact.id], { from });
  const item = hit.kind === 'call' ? hit.call : hit.message;
  const number = party_of(hit)?.number;
  return number ? link(['numbers', number], { item: hit_key(hit), line, from })
    : link([hit.kind === 'call' ? 'calls' : 'messages', item.id], { line, from });
}

// `grouped`: who it was is told above.
export function hit_row(hit: Hit, from: string, grouped: boolean): HTMLElement {
  const to = hit_link(hit, from);
  const key = hit_key(hit);
  if (hit.kind === 'contact') {
    const { contact } = hit;
    const more = [contact.company !== contact_name(contact) && contact.company, ...contact.numbers.map(number_title)].filter(Boolean);
    return h('li', { class: 'row hit', tabindex: '-1', 'data-key': key },
      h('a', { class: 'open hit-head', href: to }, icon('person'), h('bdi', { class: 'hit-who' }, contact_name(contact) || contact.id),
        h('span', { class: 'hit-kind' }, t('Contact'))),
      hit.matches.length ? hit.matches.slice(0, kMostMatches).map((match) => match_link(match, to))
        : more.length ? h('a', { class: 'match', href: to, tabindex: '-1' }, h('bdi', null, more.join(' · '))) : null);
  }
  const party = party_of(hit) as Party;
  const title = hit.kind === 'call'
    ? [call_title(hit.call), hit.call.duration_seconds && duration(hit.call.duration_seconds)].filter(Boolean).join(' · ')
    : hit.message.direction === 'OUTBOUND' ? t('Message sent') : t('Message received');
  const text = hit.kind === 'call' ? hit.call.one_sentence_summary && plain(hit.call.one_sentence_summary) : hit.message.content;
  return h('li', { class: 'row hit', tabindex: '-1', 'data-key': key },
    h('a', { class: 'open hit-head', href: to },
      icon(hit.kind === 'call' ? call_icon(hit.call) : 'message'),
      grouped ? null : [h('span', { class: 'hit-who' }, who(party)), ' '],
      h('span', { class: hit.kind === 'call' && is_missed(hit.call) ? 'hit-kind bad' : 'hit-kind' }, title), ' ',
      hit.at && h('time', { datetime: hit.at, title: full(hit.at) }, when(hit.at))),
    hit.matches.length
      ? hit.matches.slice(0, kMostMatches).map((match) =>
        match_link(match, hit_link(hit, from, match.position), hit.kind === 'call' ? hit.call : null))
      : text && h('a', { class: 'match', href: to, tabindex: '-1' }, h('span', { dir: 'auto' }, text)));
}

function group_head(hit: Hit): HTMLElement {
  const party = party_of(hit);
  if (!party) return h('h2', { class: 'group-head' }, t('Contacts'));
  const head = h('h2', { class: 'group-head' });
  with_name(party, ({ name, number }) => head.replaceChildren(avatar(name, number),
    number ? h('a', { href: link(['numbers', number]) }, h('bdi', null, name || number_title(number))) : t('Unknown number'),
    name && number ? h('bdi', { class: 'muted' }, number_title(number)) : ''));
  return head;
}

const group_key = (hit: Hit): string => {
  const number = party_of(hit)?.number;
  return hit.kind === 'contact' ? 'contacts' : number ? number_key(number) : 'unknown';
};

// Rows as they come. Nothing is ever added above what is there already: the groups of a later batch are new ones.
export class FoundRows {
  readonly element: HTMLElement;
  private readonly all: { hit: Hit; row: HTMLElement }[] = [];
  private readonly keys = new Set<string>();
  private list: HTMLElement | null = null;
  private heading: string | null = null;  // of what comes next, if anything new comes

  constructor(private readonly from: string, private readonly grouped: boolean, private readonly in_order: boolean) {
    this.element = h('div', { class: 'rows groups' });
  }

  get hits(): Hit[] { return this.all.map(({ hit }) => hit); }
  get size(): number { return this.all.length; }

  add(batch: Found[]): void {
    const groups = new Map<string, HTMLElement>();
    for (const found of batch) {
      if (found.kind === 'heading') {
        this.heading = found.text;
        continue;
      }
      const key = hit_key(found);
      if (this.keys.has(key)) continue;
      if (this.heading !== null) {
        this.element.append(h('h2', { class: 'found-heading' }, this.heading));
        this.heading = null;
        this.list = null;
        groups.clear();
      }
      this.keys.add(key);
      const row = hit_row(found, this.from, this.grouped);
      this.all.push({ hit: found, row });
      this.place_for(found, groups).append(row);
    }
  }

  private place_for(hit: Hit, groups: Map<string, HTMLElement>): HTMLElement {
    if (!this.grouped) {
      if (!this.list) this.element.append(h('section', { class: 'group flat' }, this.list = h('ol', null)));
      return this.list;
    }
    const key = group_key(hit);
    const known = groups.get(key);
    if (known) return known;
    const list = h('ol', null);
    groups.set(key, list);
    this.element.append(h('section', { class: 'group' }, group_head(hit), list));
    return list;
  }

  has(key: string): boolean { return this.keys.has(key); }

  // Puts what a call or message is now at its place, or takes it away; `whole`: there is nothing below the last row.
  put(key: string, hit: Hit | null, whole: boolean): void {
    const at = this.all.findIndex((one) => hit_key(one.hit) === key);
    const old = this.all[at];
    if (hit && old && old.hit.at === hit.at) {
      const row = hit_row(hit, this.from, this.grouped);
      const focused = old.row.contains(document.activeElement);
      old.row.replaceWith(row);
      this.all[at] = { hit, row };
      if (focused) row.querySelector<HTMLElement>('a')?.focus();
      return;
    }
    if (old) {
      old.row.remove();
      this.all.splice(at, 1);
      this.keys.delete(key);
    }
    if (!hit || !this.in_order) return;
    const next = this.all.findIndex((one) => one.hit.kind !== 'contact' && (one.hit.at ?? '') < (hit.at ?? ''));
    if (next < 0 && !whole) return;
    const row = hit_row(hit, this.from, this.grouped);
    row.classList.add('fresh');
    const below = this.all[next];
    if (below && !this.grouped) below.row.before(row);
    else if (this.grouped) {
      const section = h('section', { class: 'group' }, group_head(hit), h('ol', null, row));
      const section_below = below?.row.closest('section');
      if (section_below) section_below.before(section);
      else this.element.append(section);
    } else this.place_for(hit, new Map()).append(row);
    this.all.splice(next < 0 ? this.all.length : next, 0, { hit, row });
    this.keys.add(key);
  }
}
