// Scrolls through a timeline of any length, both ways. Only what is near is kept as elements; what is dropped can be
// requested again by its address. The row in sight stays where it is, whatever is added or dropped around it.
import { day_key } from './format.js';
import { set_day, timeline_row, type Row, type RowContext } from './timeline_rows.js';
import { item_key, type Chunk, type TimelineSource } from './timeline_source.js';
import type { TimelineItem } from './records.js';

const kNear = 1500;  // pixels from an edge at which more is requested
const kMostRows = 400;
const kAtEnd = 40;  // pixels from the end that count as the end

interface Stretch { chunk: Chunk; rows: Row[] }

export class TimelineScroller {
  private stretches: Stretch[] = [];  // oldest first
  private dropped_newer: string[] = [];  // addresses of dropped chunks, nearest last
  private dropped_older: string[] = [];
  private older: string | null = null;  // address of what was never loaded
  private at_newest = false;
  private turn = 0;  // counts how often the list was begun anew; what was asked for before does not belong to it
  private stick = false;  // the reader is at the newest end
  private busy = false;
  private new_below = new Set<string>();  // keys of what came while the reader was not at the end
  // Told when the reader comes to or leaves the newest end, and how much came there meanwhile.
  onplace: (at_end: boolean, fresh: number) => void = () => {};
  onerror: (error: unknown) => void = () => {};
  // Told when a row is opened or closed by the reader.
  onopen: (item: TimelineItem, open: boolean) => void = () => {};

  constructor(
    private readonly viewport: HTMLElement, private readonly list: HTMLElement,
    private readonly source: TimelineSource, private readonly context: RowContext,
    private readonly end: () => number,  // the instant after which nothing is
    private readonly signal: AbortSignal) {
    viewport.addEventListener('scroll', () => {
      this.stick = this.has_newest() && this.below() < kAtEnd;
      if (this.stick) this.new_below.clear();
      this.tell_place();
      void this.fill();
    }, { passive: true, signal });
    // While the reader is at the end, the end stays in sight when the window changes; what was not requested
    // while the timeline was hidden is requested now.
    const sizes = new ResizeObserver(() => {
      if (this.stick) this.to_end();
      void this.fill();
    });
    sizes.observe(viewport);
    signal.addEventListener('abort', () => sizes.disconnect());
  }

  // Pixels of the list below what is in sight.
  private below(): number {
    return this.viewport.scrollHeight - this.viewport.scrollTop - this.viewport.clientHeight;
  }

  // Whether the last row there is is the newest of all.
  private has_newest(): boolean { return this.at_newest && !this.dropped_newer.length; }

  private to_end(): void { this.viewport.scrollTop = this.viewport.scrollHeight; }

  private tell_place(): void { this.onplace(this.stick, this.new_below.size); }

  private clear(): void {
    this.turn++;
    this.list.replaceChildren();
    [this.stretches, this.dropped_newer, this.dropped_older] = [[], [], []];
    [this.older, this.at_newest, this.stick] = [null, false, false];
  }

  async open_latest(): Promise<void> {
    this.clear();
    this.new_below.clear();
    this.at_newest = true;
    this.append(await this.source.latest());
    this.older = this.stretches[0]?.chunk.older ?? null;
    this.stick = true;
    this.to_end();
    await this.fill();
  }

  // Opens around the item, which is then in sight; null if it is not there.
  async open_at(key: string, at: number): Promise<Row | null> {
    await this.open_around(at);
    const row = this.find(key);
    row?.element.scrollIntoView({ block: 'center' });
    await this.fill();
    return row;
  }

  private async open_around(at: number): Promise<void> {
    const [before, after] = await Promise.all([this.source.up_to(at), this.source.from(at, this.end())]);
    this.clear();
    this.append(before);
    this.older = before.older;
    if (after) this.append(after);
    else this.at_newest = true;
  }

  // Goes to the first item at or after an instant, else to the last one before it.
  async jump(at: number): Promise<void> {
    await this.exclusively(async () => {
      await this.open_around(at);
      const row = this.rows().find(({ item }) => Date.parse(item.at) >= at) ?? this.rows().at(-1);
      row?.element.scrollIntoView({ block: 'start' });
      row?.element.focus({ preventScroll: true });
    });
    await this.fill();
    this.tell_place();
  }

  // The row at the upper edge, and how far below the edge it begins.
  top(): { key: string; at: string; offset: number } | null {
    const edge = this.viewport.getBoundingClientRect().top;
    const row = this.rows().find(({ element }) => element.getBoundingClientRect().bottom > edge + 1);
    return row ? {
      key: item_key(row.item), at: row.item.at, offset: row.element.getBoundingClientRect().top - edge,
    } : null;
  }

  // Opens where top() was.
  async open_top({ key, at, offset }: { key: string; at: string; offset: number }): Promise<void> {
    await this.open_around(Date.parse(at));
    const settle = () => {
      const row = this.find(key);
      if (row) this.viewport.scrollTop += row.element.getBoundingClientRect().top - this.viewport.getBoundingClientRect().top - offset;
    };
    settle();
    await this.fill();
    settle();
  }

  // What opened meanwhile pushed the end away; it is in sight again.
  open_latest_again(): void { if (this.has_newest()) this.to_end(); }

  get at_end(): boolean { return this.stick; }

  // Puts what a call or message is now at its place, or takes it away (null); what is read stays where it is.
  put(key: string, item: TimelineItem | null): void {
    const old = this.find(key);
    const stick = this.stick;
    this.keep_in_sight(() => {
      const row = item && this.can_hold(item) ? timeline_row(item, this.context, (open) => this.onopen(item, open)) : null;
      if (old) this.take_out(old, row);
      if (row && item) this.put_in(row, item);
      this.stretches = this.stretches.filter(({ rows }) => rows.length);
      this.stretches.forEach((_, i) => this.mark_days(i));
    });
    if (!old && item) {
      const row = this.find(key)?.element;
      row?.classList.add('fresh');
      const is_below = row ? row.getBoundingClientRect().top > this.viewport.getBoundingClientRect().bottom : Date.parse(item.at) > this.last_at();
      if (!stick && is_below) this.new_below.add(key);
    }
    if (stick) this.to_end();
    this.tell_place();
  }

  // Whether the item is in the stretch of time that is loaded.
  private can_hold(item: TimelineItem): boolean {
    const first = this.rows()[0]?.item.at;
    if (first === undefined) return true;
    if (item.at < first && (this.older || this.dropped_older.length)) return false;
    return Date.parse(item.at) <= this.last_at() || this.has_newest();
  }

  private take_out(old: Row, next: Row | null): void {
    const opened = old.element.querySelector('.card-head[aria-expanded=true]');
    if (opened && next) void this.quietly(() => next.open());
    if (next && old.element.contains(document.activeElement)) {
      queueMicrotask(() => (next.element.querySelector<HTMLElement>('button') ?? next.element).focus({ preventScroll: true }));
    }
    for (const stretch of this.stretches) {
      stretch.rows = stretch.rows.filter((row) => row !== old);
      stretch.chunk.items = stretch.rows.map((row) => row.item);
    }
    old.element.remove();
  }

  private put_in(row: Row, item: TimelineItem): void {
    const next = this.rows().find((other) => other.item.at > item.at);
    this.list.insertBefore(row.element, next?.element ?? null);
    const stretch = (next ? this.stretches.find(({ rows }) => rows.includes(next)) : this.stretches.at(-1)) ?? null;
    if (!stretch) {
      this.stretches.push({ chunk: { url: '', items: [item], older: null }, rows: [row] });
      return;
    }
    stretch.rows.splice(next ? stretch.rows.indexOf(next) : stretch.rows.length, 0, row);
    stretch.chunk.items = stretch.rows.map((one) => one.item);
  }

  newest(): TimelineItem | null { return this.rows().at(-1)?.item ?? null; }

  items(): TimelineItem[] { return this.rows().map(({ item }) => item); }

  // Opens rows without telling onopen.
  async quietly(work: () => Promise<void>): Promise<void> {
    const { onopen } = this;
    this.onopen = () => {};
    await work();
    this.onopen = onopen;
  }

  find(key: string): Row | null {
    return this.rows().find(({ element }) => element.dataset.key === key) ?? null;
  }

  private async exclusively(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.list.setAttribute('aria-busy', 'true');
    try {
      await work();
    } catch (error) {
      if (!this.signal.aborted) this.onerror(error);
    } finally {
      this.busy = false;
      this.list.removeAttribute('aria-busy');
    }
  }

  // Whether there is anything to grow from, in a place where it can be seen. While the timeline is hidden both edges
  // are near, and no rows push them away.
  private can_grow(): boolean { return this.stretches.length > 0 && this.viewport.clientHeight > 0; }

  // Asks for more until no edge is near.
  async fill(): Promise<void> {
    if (this.busy || !this.can_grow()) return;
    await this.exclusively(async () => {
      while (!this.signal.aborted && this.can_grow()) {
        if ((this.older || this.dropped_older.length) && this.viewport.scrollTop < kNear) await this.load_older();
        else if (!this.has_newest() && this.below() < kNear) await this.load_newer();
        else return;
      }
    });
  }

  private async load_older(): Promise<void> {
    const dropped = this.dropped_older.pop();
    const { turn } = this;
    const chunk = dropped ? await this.source.again(dropped) : await this.source.load(this.older ?? '');
    if (turn !== this.turn) return;
    this.keep_in_sight(() => {
      if (!dropped) this.older = chunk.older;
      this.add(chunk, 0);
      while (this.count() > kMostRows && this.stretches.length > 2) this.drop_newest();
    });
  }

  private async load_newer(): Promise<void> {
    const dropped = this.dropped_newer.pop();
    const { turn } = this;
    if (dropped) {
      const chunk = await this.source.again(dropped);
      if (turn === this.turn) this.keep_in_sight(() => this.append(chunk));
      return;
    }
    // Begins with what is known already, because several items may share an instant.
    for (let from = this.last_at(); ;) {
      const chunk = await this.source.from(from, this.end());
      if (turn !== this.turn) return;
      if (!chunk) {
        this.at_newest = true;
        return;
      }
      const before = this.last_at();
      this.keep_in_sight(() => this.append(chunk));
      if (this.last_at() > before) return;
      from = Date.parse(chunk.items.at(-1)?.at ?? '') + 1;
    }
  }

  private last_at(): number {
    return Date.parse(this.stretches.at(-1)?.chunk.items.at(-1)?.at ?? '');
  }

  private append(chunk: Chunk): void {
    this.add(chunk, this.stretches.length);
    while (this.count() > kMostRows && this.stretches.length > 2) this.drop_oldest();
    this.mark_days(0);
  }

  private add(chunk: Chunk, index: number): void {
    const known = new Set(this.rows().map(({ item }) => item_key(item)));
    const items = chunk.items.filter((item) => !known.has(item_key(item)));
    const rows = items.map((item) => timeline_row(item, this.context, (open) => this.onopen(item, open)));
    if (!rows.length) return;
    const next = this.stretches[index]?.rows[0]?.element ?? null;
    for (const row of rows) this.list.insertBefore(row.element, next);
    this.stretches.splice(index, 0, { chunk: { ...chunk, items }, rows });
    this.mark_days(index);
    this.mark_days(index + 1);
  }

  // What is dropped can be asked for again by its stretch of time, so that what came into it meanwhile comes with it.
  private drop_oldest(): void {
    const dropped = this.stretches.shift();
    this.drop(dropped, this.dropped_older, dropped?.rows[0]?.item.at, this.stretches[0]?.rows[0]?.item.at ?? null);
  }

  private drop_newest(): void {
    const dropped = this.stretches.pop();
    const newest = this.at_newest && !this.dropped_newer.length;
    this.drop(dropped, this.dropped_newer, this.stretches.at(-1)?.rows.at(-1)?.item.at, newest ? null : dropped?.rows.at(-1)?.item.at ?? null);
  }

  private drop(stretch: Stretch | undefined, into: string[], from: string | undefined, to: string | null): void {
    for (const row of stretch?.rows ?? []) row.element.remove();
    if (stretch && from !== undefined) into.push(this.source.between(from, to));
  }

  private rows(): Row[] { return this.stretches.flatMap(({ rows }) => rows); }

  private count(): number { return this.stretches.reduce((sum, { rows }) => sum + rows.length, 0); }

  // A day is shown above its first row, so it depends on the row before.
  private mark_days(index: number): void {
    let before = this.stretches[index - 1]?.rows.at(-1)?.item.at;
    for (const row of this.stretches[index]?.rows ?? []) {
      set_day(row, before === undefined || day_key(before) !== day_key(row.item.at));
      before = row.item.at;
    }
  }

  private keep_in_sight(change: () => void): void {
    const top = this.viewport.getBoundingClientRect().top;
    const seen = this.rows().find(({ element }) => element.getBoundingClientRect().bottom > top + 1)?.element.lastElementChild;
    const before = seen?.getBoundingClientRect().top ?? 0;
    change();
    if (seen?.isConnected) this.viewport.scrollTop += seen.getBoundingClientRect().top - before;
  }
}
