// Scrolls through a timeline of any length, both ways. Only what is near is kept as elements; what is dropped can be
// asked for again by its address. The row in sight stays where it is, whatever is added or dropped around it.
import { day_key } from './format.js';
import { set_day, timeline_row, type Row } from './timeline_rows.js';
import { item_key, type Chunk, type TimelineSource } from './timeline_source.js';
import type { TimelineItem } from './records.js';

const kNear = 1500;  // pixels from an edge at which more is asked for
const kMostRows = 400;
const kAtEnd = 40;  // pixels from the end that count as the end

interface Stretch { chunk: Chunk; rows: Row[] }

export class TimelineScroller {
  private stretches: Stretch[] = [];  // oldest first
  private dropped_newer: string[] = [];  // addresses of dropped chunks, nearest last
  private dropped_older: string[] = [];
  private older: string | null = null;  // address of what was never loaded
  private at_newest = false;
  private stick = false;  // the reader is at the newest end
  private busy = false;
  onerror: (error: unknown) => void = () => {};
  // Told when a row is opened or closed by the reader.
  onopen: (item: TimelineItem, open: boolean) => void = () => {};

  constructor(
    private readonly viewport: HTMLElement, private readonly list: HTMLElement,
    private readonly source: TimelineSource, private readonly signal: AbortSignal) {
    viewport.addEventListener('scroll', () => {
      this.stick = this.has_newest() && this.below() < kAtEnd;
      void this.fill();
    }, { passive: true, signal });
    // While the reader is at the end, the end stays in sight when the window changes; what was not asked for while
    // the timeline was hidden is asked for now.
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

  async open_latest(): Promise<void> {
    this.at_newest = true;
    this.append(await this.source.latest());
    this.older = this.stretches[0]?.chunk.older ?? null;
    this.stick = true;
    this.to_end();
    await this.fill();
  }

  // Opens around the item, which is then in sight; null if it is not there.
  async open_at(key: string, at: number, end: number): Promise<Row | null> {
    const [before, after] = await Promise.all([this.source.up_to(at), this.source.from(at, end)]);
    this.append(before);
    this.older = before.older;
    if (after) this.append(after);
    else this.at_newest = true;
    const row = this.find(key);
    row?.element.scrollIntoView({ block: 'center' });
    await this.fill();
    return row;
  }

  newest(): TimelineItem | null { return this.rows().at(-1)?.item ?? null; }

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

  // Takes in what is new since the last look, if the newest end is on show.
  async refresh(): Promise<void> {
    const last = this.stretches.at(-1)?.chunk.items.at(-1);
    if (!this.has_newest() || !last || this.busy) return;
    await this.exclusively(async () => {
      const chunk = await this.source.from(Date.parse(last.at), Date.now() + 60_000);
      const stick = this.stick;
      if (chunk) this.append(chunk);
      if (stick) this.to_end();
    });
    void this.fill();  // for scrolling in the meantime
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
    const chunk = dropped ? await this.source.again(dropped) : await this.source.load(this.older ?? '');
    this.keep_in_sight(() => {
      if (!dropped) this.older = chunk.older;
      this.add(chunk, 0);
      while (this.count() > kMostRows && this.stretches.length > 2) this.drop(this.stretches.pop(), this.dropped_newer);
    });
  }

  private async load_newer(): Promise<void> {
    const dropped = this.dropped_newer.pop();
    if (dropped) {
      const chunk = await this.source.again(dropped);
      this.keep_in_sight(() => this.append(chunk));
      return;
    }
    // Begins with what is known already, because several items may share an instant.
    for (let from = this.last_at(); ;) {
      const chunk = await this.source.from(from, Date.now());
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
    while (this.count() > kMostRows && this.stretches.length > 2) this.drop(this.stretches.shift(), this.dropped_older);
    this.mark_days(0);
  }

  private add(chunk: Chunk, index: number): void {
    const known = new Set(this.rows().map(({ item }) => item_key(item)));
    const items = chunk.items.filter((item) => !known.has(item_key(item)));
    const rows = items.map((item) => timeline_row(item, (open) => this.onopen(item, open)));
    if (!rows.length) return;
    const next = this.stretches[index]?.rows[0]?.element ?? null;
    for (const row of rows) this.list.insertBefore(row.element, next);
    this.stretches.splice(index, 0, { chunk: { ...chunk, items }, rows });
    this.mark_days(index);
    this.mark_days(index + 1);
  }

  private drop(stretch: Stretch | undefined, into: string[]): void {
    for (const row of stretch?.rows ?? []) row.element.remove();
    if (stretch) into.push(stretch.chunk.url);
  }

  private rows(): Row[] { return this.stretches.flatMap(({ rows }) => rows); }

  private count(): number { return this.stretches.reduce((sum, { rows }) => sum + rows.length, 0); }

  // Days stand above the first row of each; so they depend on the neighbour before.
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
