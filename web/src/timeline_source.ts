// A number's timeline in chunks, readable from any place towards both ends.
import { get, path } from './api.js';
import type { List, TimelineItem } from './records.js';
import { of_item } from './party.js';

const kDay = 86_400_000;
const kMost = 500;  // rows the API gives at once

// A stretch of the timeline, oldest first. `url` brings it again; `older` brings what lies before it.
export interface Chunk { url: string; items: TimelineItem[]; older: string | null }

export const item_key = (item: TimelineItem): string => `${item.kind}:${of_item(item).id}`;

export class TimelineSource {
  // What a request towards newer items spans; follows how dense the timeline is.
  private span = 7 * kDay;

  // `of`: whose timeline, ["numbers", number] or ["contacts", id].
  constructor(private readonly of: string[], private readonly limit: number, private readonly signal: AbortSignal) {}

  private url(parameters: Record<string, string>): string {
    return path([...this.of, 'timeline'], parameters);
  }

  async load(url: string): Promise<Chunk> {
    const list = await get<List<TimelineItem>>(url, this.signal);
    const query = new URLSearchParams(url.split('?')[1]);
    query.set('cursor', list.page.next_cursor ?? '');
    return {
      url,
      items: list.data.reverse(),
      older: list.page.has_more ? this.url(Object.fromEntries(query)) : null,
    };
  }

  // The same with everything that its cursors lead to: for stretches bounded on both sides.
  private async whole(url: string): Promise<Chunk> {
    const chunk = await this.load(url);
    while (chunk.older) {
      const rest = await this.load(chunk.older);
      chunk.items.unshift(...rest.items);
      chunk.older = rest.older;
    }
    return chunk;
  }

  // A chunk that was there before.
  again(url: string): Promise<Chunk> {
    return url.includes('since=') ? this.whole(url) : this.load(url);
  }

  // What is now between two items that were there before (inclusive), as an address for again(); without `to`, all up
  // to the newest.
  between(from: string, to: string | null): string {
    return this.url({
      limit: String(kMost), since: from, ...(to === null ? {} : { until: new Date(Date.parse(to) + 1).toISOString() }),
    });
  }

  // The item as the timeline has it at an instant; null if it is not there.
  async find(key: string, at: string): Promise<TimelineItem | null> {
    const chunk = await this.whole(this.between(at, at));
    return chunk.items.find((item) => item_key(item) === key) ?? null;
  }

  latest(): Promise<Chunk> {
    return this.load(this.url({ limit: String(this.limit) }));
  }

  // What lies at `at` and before it.
  up_to(at: number): Promise<Chunk> {
    return this.load(this.url({ limit: String(this.limit), until: new Date(at + 1).toISOString() }));
  }

  // The next stretch from `from` on (inclusive); nothing if none is left up to `end`. The API lists newest first
  // only, so this requests spans of time: wider while they are empty, narrower when one answer cannot hold them.
  async from(from: number, end: number): Promise<Chunk | null> {
    while (from <= end) {
      const until = from + this.span;
      const url = this.url({
        limit: String(kMost), since: new Date(from).toISOString(), until: new Date(until).toISOString(),
      });
      let chunk = await this.load(url);
      if (chunk.older && this.span > 1) {
        this.span = Math.ceil(this.span / 4);
        continue;
      }
      if (chunk.older) chunk = await this.whole(url);  // more than one answer holds, all in one millisecond
      if (chunk.items.length < this.limit / 4) this.span = Math.min(this.span * 4, 4000 * kDay);
      if (chunk.items.length) return chunk;
      from = until;
    }
    return null;
  }
}
