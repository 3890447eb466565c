// The list of conversations, newest first. The API lists calls and messages; whoever took part in them last
// stands on top, once.
import { get, path } from './api.js';
import { h, icon } from './dom.js';
import { compact, full, plural, when } from './format.js';
import { endless } from './list.js';
import { empty } from './notice.js';
import {
  contact_name, initials, number_key, number_title, of_item, other_party, party_title, tint, type Party,
} from './party.js';
import { link } from './route.js';
import { call_icon, call_title } from './timeline_rows.js';
import { Newest } from './newest.js';
import type { PhoneNumber, TimelineItem } from './records.js';

const kBatch = 30;      // rows added at once
const kRefresh = 20_000;  // milliseconds between looks for what is new
const kLookups = 4;     // numbers asked for at the same time

export function avatar(name: string | null, number: string | null): HTMLElement {
  const letters = initials(name);
  return h('span', { class: `avatar tint-${tint(number ?? name ?? '')}`, 'aria-hidden': 'true' }, letters || icon('person'));
}

function last_said(item: TimelineItem): HTMLElement {
  if (item.kind === 'message') {
    const mine = item.message.direction === 'OUTBOUND';
    return h('span', { class: 'last' }, mine && h('span', { class: 'you' }, 'You: '),
      h('bdi', null, item.message.content || `${item.message.type ?? 'Message'} without text`));
  }
  return h('span', { class: 'last' }, icon(call_icon(item.call)),
    h('bdi', null, item.call.one_sentence_summary || call_title(item.call)));
}

interface Entry { element: HTMLElement; key: string; party: Party; at: string }

export class Conversations {
  private readonly list = h('ol', { class: 'rows' });
  private readonly entries = new Map<string, Entry>();
  private readonly nothing = empty('Nothing here yet', 'Calls and messages appear as soon as they arrive.');
  private is_filled = false;
  private readonly lookups: Entry[] = [];
  private looking = 0;
  private selected: string | null = null;
  private readonly signal = new AbortController().signal;
  private readonly in_view: IntersectionObserver;

  constructor(place: HTMLElement) {
    place.append(h('h2', { class: 'unseen' }, 'Conversations'), this.list);
    this.in_view = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) this.look_up(target as HTMLElement);
    }, { root: place, rootMargin: '200px' });
    this.fill(place);
    const refresh = () => { if (document.visibilityState === 'visible') void this.refresh(); };
    addEventListener('visibilitychange', refresh);
    setInterval(refresh, kRefresh);
  }

  private fill(place: HTMLElement): void {
    const newest = new Newest(['call', 'message'], {}, this.signal);
    const more = endless(this.list, this.signal, async () => {
      const has_more = await this.add_batch(newest);
      this.is_filled = true;
      if (!this.entries.size) place.append(this.nothing);
      return has_more;
    });
    // Where the list is hidden it is filled when it is shown.
    if (place.offsetParent) void more();
  }

  // Adds the next conversations; false at the end.
  private async add_batch(newest: Newest): Promise<boolean> {
    for (let added = 0; added < kBatch;) {
      const item = await newest.next();
      if (!item) return false;
      if (this.add(item, false)) added++;
    }
    return true;
  }

  // Looks whether anything new was said, and moves who said it to the top.
  private async refresh(): Promise<void> {
    if (!this.is_filled) return;
    try {
      const newest = new Newest(['call', 'message'], {}, this.signal);
      const known = [...this.entries.values()].reduce((at, entry) => entry.at > at ? entry.at : at, '');
      const fresh: TimelineItem[] = [];
      for (let item = await newest.next(); item && item.at > known; item = await newest.next()) fresh.push(item);
      for (const item of fresh.reverse()) this.add(item, true);
    } catch {
      // The next look tells.
    }
  }

  // False if the conversation stands there already.
  private add(item: TimelineItem, on_top: boolean): boolean {
    const party = other_party(of_item(item));
    const key = party.number ? number_key(party.number) : `${item.kind}:${of_item(item).id}`;
    const known = this.entries.get(key);
    if (known && !on_top) return false;
    known?.element.remove();
    this.nothing.remove();
    const element = this.row(item, party, key);
    this.entries.set(key, { element, key, party, at: item.at });
    if (on_top) this.list.prepend(element);
    else this.list.append(element);
    this.mark(element);
    this.in_view.observe(element);
    return true;
  }

  private row(item: TimelineItem, party: Party, key: string): HTMLElement {
    const to = party.number ? link(['numbers', party.number])
      : item.kind === 'call' ? link(['calls', item.call.id]) : link(['find'], { kind: 'message' });
    const shown_number = party.name && party.number;
    return h('li', { class: 'row conversation', tabindex: '-1', 'data-key': key },
      h('a', { class: 'open', href: to },
        avatar(party.name, party.number),
        h('span', { class: 'who' }, h('bdi', null, party_title(party))),
        item.at && h('time', { datetime: item.at, title: full(item.at) }, when(item.at)),
        last_said(item),
        h('span', { class: 'counts' }, shown_number ? number_title(shown_number) : null)));
  }

  // Who it is and how much was said: asked for only when the row comes into sight.
  private look_up(element: HTMLElement): void {
    this.in_view.unobserve(element);
    const entry = this.entries.get(element.dataset.key ?? '');
    if (!entry?.party.number) return;
    this.lookups.push(entry);
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.looking >= kLookups) return;
    this.looking++;
    for (let entry = this.lookups.shift(); entry; entry = this.lookups.shift()) {
      try {
        this.show_number(entry, await get<PhoneNumber>(path(['numbers', entry.party.number ?? '']), this.signal));
      } catch {
        // The row stands without counts.
      }
    }
    this.looking--;
  }

  private show_number(entry: Entry, number: PhoneNumber): void {
    const name = number.contacts.map(contact_name).find(Boolean) ?? entry.party.name;
    if (name && name !== entry.party.name) {
      entry.element.querySelector('.who')?.replaceChildren(h('bdi', null, name));
      entry.element.querySelector('.avatar')?.replaceWith(avatar(name, entry.party.number));
    }
    const total = number.call_count + number.message_count;
    entry.element.querySelector('.counts')?.replaceChildren(
      ...(name ? [number_title(number.number), ' · '] : []),
      h('span', { title: `${plural(number.call_count, 'call')}, ${plural(number.message_count, 'message')}` },
        plural_compact(total)));
  }

  // Marks the conversation that is being read.
  select(number: string | null): void {
    this.selected = number && number_key(number);
    for (const { element } of this.entries.values()) this.mark(element);
  }

  private mark(element: HTMLElement): void {
    const anchor = element.querySelector('a');
    if (this.selected && element.dataset.key === this.selected) anchor?.setAttribute('aria-current', 'true');
    else anchor?.removeAttribute('aria-current');
  }
}

const plural_compact = (n: number): string => `${compact(n)} ${n === 1 ? 'item' : 'items'}`;
