// Calls and messages as one list, newest first, read from their two lists as needed.
import { get, path, type Parameters } from './api.js';
import type { Call, List, Message, TimelineItem } from './records.js';

export type Kind = 'call' | 'message';

class Stream {
  private waiting: TimelineItem[] = [];
  private next: string | null;

  constructor(private readonly kind: Kind, private readonly parameters: Parameters, private readonly signal: AbortSignal) {
    this.next = this.url();
  }

  private url(cursor?: string): string {
    return path([`${this.kind}s`], { limit: '100', ...this.parameters, cursor });
  }

  async peek(): Promise<TimelineItem | null> {
    while (!this.waiting.length && this.next) {
      const { data, page } = await get<List<Call & Message>>(this.next, this.signal);
      this.waiting = data.map((row): TimelineItem => this.kind === 'call'
        ? { kind: 'call', at: row.started_at ?? '', call: row } : { kind: 'message', at: row.sent_at ?? '', message: row });
      this.next = page.next_cursor && this.url(page.next_cursor);
    }
    return this.waiting[0] ?? null;
  }

  take(): void { this.waiting.shift(); }
}

export class Newest {
  private readonly streams: Stream[];

  constructor(kinds: Kind[], parameters: Parameters, signal: AbortSignal) {
    this.streams = kinds.map((kind) => new Stream(kind, parameters, signal));
  }

  // The next older item; null at the end.
  async next(): Promise<TimelineItem | null> {
    const heads = await Promise.all(this.streams.map(async (stream) => ({ stream, item: await stream.peek() })));
    const best = heads.reduce((a, b) => !a.item || (b.item && b.item.at > a.item.at) ? b : a);
    best.stream.take();
    return best.item;
  }
}
