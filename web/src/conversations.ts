// The list of conversations, newest first. The API lists calls and messages; whoever took part in them last
// is on top, once.
import { get, path } from './api.js';
import { avatar } from './avatar.js';
import { on_changes, type Change } from './changes.js';
import { h, icon } from './dom.js';
import { item_of } from './find.js';
import { compact, full, plural, when } from './format.js';
import { t } from './i18n.js';
import { line_choice } from './line_choice.js';
import { chosen_line, on_line } from './line_names.js';
import { endless } from './list.js';
import { plain } from './markdown.js';
import { forget, look_up, name_now, names_of } from './names.js';
import { empty } from './notice.js';
import { number_key, number_title, of_item, other_party, own_party, party_title, type Party } from './party.js';
import { link } from './route.js';
import { call_icon, call_title, is_missed, without_text } from './timeline_rows.js';
import { item_key } from './timeline_source.js';
import { Newest } from './newest.js';
import type { List, PhoneNumber, TimelineItem } from './records.js';

const kBatch = 30;      // rows added at once
const kMostLooked = 40; // numbers of one batch of changes that are asked for one by one
const kMostItems = '50'; // of a number in which the last one of a line is looked for

// What was said last, after what it was where the words do not tell.
function last_said(item: TimelineItem): HTMLElement {
  if (item.kind === 'message') {
    const mine = item.message.direction === 'OUTBOUND';
    return h('span', { class: 'last' }, mine ? h('span', { class: 'you' }, t('You:'), ' ') : null,
      h('bdi', null, item.message.content || without_text(item.message)));
  }
  const { call } = item;
  const title = call_title(call);
  const is_plain = call.one_sentence_summary && call.result !== 'VOICEMAIL' && !is_missed(call);
  return h('span', { class: is_missed(call) ? 'last missed' : 'last' }, icon(call_icon(call)),
    h('span', { class: is_plain ? 'unseen' : null }, title, call.one_sentence_summary ? ': ' : ''),
    h('bdi', null, call.one_sentence_summary && plain(call.one_sentence_summary)));
}

interface Entry { element: HTMLElement; key: string; party: Party; at: string; item: string }

export class Conversations {
  private readonly list = h('ol', { class: 'rows' });
  private readonly entries = new Map<string, Entry>();
  private readonly nothing = empty(t('Nothing here yet'), t('Calls and messages appear as soon as they arrive.'));
  private whole = false;  // everything is in the list
  private selected: string | null = null;
  private leave = new AbortController();
  private readonly in_view: IntersectionObserver;

  constructor(place: HTMLElement) {
    place.append(h('h2', { class: 'unseen' }, t('Conversations')), line_choice(), this.list);
    this.in_view = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) this.look_up_row(target as HTMLElement);
    }, { root: place, rootMargin: '200px' });
    this.fill(place);
    on_changes((changes) => void this.renew(changes));
    on_line(() => {
      this.leave.abort();
      this.leave = new AbortController();
      this.entries.clear();
      this.nothing.remove();
      this.list.replaceChildren();
      this.fill(place);
    });
  }

  private fill(place: HTMLElement): void {
    const { signal } = this.leave;
    const newest = new Newest(['call', 'message'], { number: chosen_line() ?? undefined }, signal);
    const more = endless(this.list, signal, async () => {
      const has_more = await this.add_batch(newest);
      this.whole = !has_more;
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
      if (is_of_line(item) && !this.entries.has(key_of(item))) {
        this.put(item, false);
        added++;
      }
    }
    return true;
  }

  // Shows what changed: of each conversation that it touches, what was said last now.
  private async renew(changes: Change[]): Promise<void> {
    const keys = new Map<string, TimelineItem | null>();
    for (const change of changes) {
      if (change.kind === 'contact') {
        for (const number of change.item?.numbers ?? []) keys.set(number_key(number), null);
        continue;
      }
      const item = item_of(change);
      // The conversation that showed it may be another one than the one it is in now.
      for (const { key, item: shown } of this.entries.values()) if (shown === `${change.kind}:${change.id}`) keys.set(key, item);
      if (item) keys.set(key_of(item), item);
    }
    for (const [key, item] of [...keys].slice(0, kMostLooked)) await this.renew_one(key, item).catch(() => {});
  }

  private async renew_one(key: string, item: TimelineItem | null): Promise<void> {
    const number = this.entries.get(key)?.party.number ?? (item && other_party(of_item(item)).number);
    if (!number) {
      if (item && is_of_line(item)) this.put(item, true);
      else this.remove(key);
      return;
    }
    forget(number);
    const { data } = await get<List<TimelineItem>>(path(['numbers', number, 'timeline'], { limit: chosen_line() ? kMostItems : '1' }), this.leave.signal)
      .catch(() => ({ data: [] as TimelineItem[] }));
    const last = data.find(is_of_line);
    if (!last) this.remove(key);
    else if (key_of(last) === key) this.put(last, item !== null && item_key(last) === item_key(item));
    else if (this.entries.has(key) || item) this.look_up(key);
  }

  private remove(key: string): void {
    this.entries.get(key)?.element.remove();
    this.entries.delete(key);
  }

  // Puts a conversation at its place by what was said last in it; `fresh` marks it until it is read.
  private put(item: TimelineItem, fresh: boolean): void {
    const party = other_party(of_item(item));
    const key = key_of(item);
    const known = this.entries.get(key);
    const focused = known?.element.contains(document.activeElement) ?? false;
    const was_fresh = known?.element.classList.contains('fresh') ?? false;
    const is_news = fresh && (!known || known.at < item.at);
    this.remove(key);
    this.nothing.remove();
    const below = [...this.entries.values()].filter(({ at }) => at < item.at)
      .reduce<Entry | null>((best, entry) => !best || entry.at > best.at ? entry : best, null);
    // What lies beyond the rows that are loaded comes with them.
    if (fresh && !below && !this.whole && this.entries.size) return;
    const element = this.row(item, party, key);
    this.entries.set(key, { element, key, party, at: item.at, item: item_key(item) });
    if (below) below.element.before(element);
    else this.list.append(element);
    this.mark(element);
    if ((is_news || was_fresh) && this.selected !== key) element.classList.add('fresh');
    if (focused) element.querySelector('a')?.focus({ preventScroll: true });
    this.in_view.observe(element);
  }

  private row(item: TimelineItem, party: Party, key: string): HTMLElement {
    const to = party.number ? link(['numbers', party.number])
      : item.kind === 'call' ? link(['calls', item.call.id]) : link(['messages', item.message.id]);
    const name = name_now(party);
    const shown_number = name && party.number;
    return h('li', { class: 'row conversation', tabindex: '-1', 'data-key': key },
      h('a', { class: 'open', href: to },
        avatar(name, party.number),
        h('span', { class: 'who' }, h('bdi', null, party_title({ ...party, name }))), ' ',
        item.at && h('time', { datetime: item.at, title: full(item.at) }, when(item.at)), ' ',
        last_said(item), ' ',
        h('span', { class: 'counts' }, shown_number ? h('bdi', null, number_title(shown_number)) : null)));
  }

  // The name and the counts are requested only when the row comes into sight.
  private look_up_row(element: HTMLElement): void {
    this.in_view.unobserve(element);
    this.look_up(element.dataset.key ?? '');
  }

  private look_up(key: string): void {
    const number = this.entries.get(key)?.party.number;
    if (!number) return;
    void look_up(number).then((found) => {
      const entry = this.entries.get(key);
      if (found && entry) this.show_number(entry, found);
    });
  }

  private show_number(entry: Entry, number: PhoneNumber): void {
    const name = names_of(number) || entry.party.name;
    if (name && name !== entry.element.querySelector('.who')?.textContent) {
      entry.element.querySelector('.who')?.replaceChildren(h('bdi', null, name));
      entry.element.querySelector('.avatar')?.replaceWith(avatar(name, entry.party.number));
    }
    const total = number.call_count + number.message_count;
    entry.element.querySelector('.counts')?.replaceChildren(
      ...(name ? [h('bdi', null, number_title(number.number)), ' · '] : []),
      h('span', { title: `${plural(number.call_count, 'call')}, ${plural(number.message_count, 'message')}` },
        plural_compact(total)));
  }

  // Marks the conversation that is being read.
  select(number: string | null): void {
    this.selected = number && number_key(number);
    for (const { element, key } of this.entries.values()) {
      this.mark(element);
      if (key === this.selected) element.classList.remove('fresh');
    }
  }

  private mark(element: HTMLElement): void {
    const anchor = element.querySelector('a');
    if (this.selected && element.dataset.key === this.selected) anchor?.setAttribute('aria-current', 'true');
    else anchor?.removeAttribute('aria-current');
  }
}

// Whether it is of the line that is looked at.
const is_of_line = (item: TimelineItem): boolean => {
  const line = chosen_line();
  return !line || number_key(own_party(of_item(item)).number ?? '') === number_key(line);
};

const plural_compact = (n: number): string => n < 1000 ? plural(n, 'item') : t('{n} items', { n: compact(n) });

const key_of = (item: TimelineItem): string => {
  const { number } = other_party(of_item(item));
  return number ? number_key(number) : item_key(item);
};
