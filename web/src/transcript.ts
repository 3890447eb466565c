// Who said what, and when: beside a recording it can be listened to line by line.
import { get, path } from './api.js';
import { h, said } from './dom.js';
import { position, words } from './format.js';
import { show_error } from './notice.js';
import { other_party } from './party.js';
import type { Call, List, TranscriptEntry } from './records.js';

const kMost = 500;

interface Line { element: HTMLElement; position: number; start: number | null }

// Seconds into the call; from the time of the entry where the vendor gave no offset.
function start_of(call: Call, entry: TranscriptEntry): number | null {
  if (entry.start_seconds !== null) return entry.start_seconds;
  if (!entry.time || !call.started_at) return null;
  const seconds = (Date.parse(entry.time) - Date.parse(call.started_at)) / 1000;
  return seconds >= 0 && seconds < 86_400 ? seconds : null;
}

// Whose words an entry holds.
export function speaker(call: Call, source: string | null): string {
  if (source === 'EXTERNAL') return other_party(call).name ?? 'Caller';
  if (source === 'USER') return call.user_email?.split('@')[0] ?? 'We';
  if (source === 'AGENT') return 'Receptionist';
  return source ? words(source) : 'Somebody';
}

export class Transcript {
  readonly element = h('section', { class: 'transcript', 'aria-label': 'Transcript' });
  private readonly list = h('ol', { class: 'lines' });
  private lines: Line[] = [];
  private next: string | null;
  private loading: Promise<void> | null = null;
  private current: HTMLElement | null = null;
  // Told of the lines whose time is known, whenever there are more of them.
  on_lines: (lines: { start: number; source: string | null }[]) => void = () => {};
  private readonly timed: { start: number; source: string | null }[] = [];
  private last_source: string | null | undefined = undefined;

  constructor(private readonly call: Call, private readonly seek: ((seconds: number) => void) | null) {
    this.next = path(['calls', call.id, 'transcript'], { limit: String(kMost) });
    this.element.append(h('h3', null, 'Transcript'), this.list);
    void this.more();
  }

  // Loads the next entries; several callers share one request.
  private more(): Promise<void> {
    this.loading ??= this.load().finally(() => { this.loading = null; });
    return this.loading;
  }

  private async load(): Promise<void> {
    if (!this.next) return;
    try {
      const { data, page } = await get<List<TranscriptEntry>>(this.next);
      for (const entry of data) this.add(entry);
      this.on_lines(this.timed);
      this.next = page.next_cursor && path(['calls', this.call.id, 'transcript'], {
        limit: String(kMost), cursor: page.next_cursor,
      });
      this.element.querySelector('.more')?.remove();
      if (this.next) this.element.append(h('button', { class: 'more', onclick: () => void this.more() }, 'Show more'));
    } catch (error) {
      const place = h('div');
      this.element.append(place);
      show_error(place, error, () => { place.remove(); void this.more(); });
    }
  }

  private add(entry: TranscriptEntry): void {
    const start = start_of(this.call, entry);
    const new_speaker = entry.source !== this.last_source;
    this.last_source = entry.source;
    const { seek } = this;
    const at = start === null ? null : position(start);
    const element = h('li', {
      class: `line ${(entry.source ?? '').toLowerCase().replace(/[^a-z]/g, '')}${new_speaker ? ' first' : ''}`,
      'data-position': entry.position, tabindex: '-1',
    },
    new_speaker && h('span', { class: 'speaker', dir: 'auto' }, speaker(this.call, entry.source)),
    seek && start !== null
      ? h('button', { class: 'at', 'aria-label': `Play from ${at}`, onclick: () => seek(start) }, at)
      : h('span', { class: 'at' }, at),
    said(entry.text, 'p'));
    if (seek && start !== null) {
      element.classList.add('seeks');
      element.addEventListener('click', (event) => {
        // Selecting text is no click.
        if (!(event.target as Element).closest('button') && !getSelection()?.toString()) seek(start);
      });
    }
    if (start !== null) this.timed.push({ start, source: entry.source });
    this.lines.push({ element, position: entry.position, start });
    this.list.append(element);
  }

  // Brings the line into sight and marks it.
  async show(at: number): Promise<void> {
    await this.loading;
    while (this.next && (this.lines.at(-1)?.position ?? -1) < at) await this.more();
    const line = this.lines.find(({ position: own }) => own === at);
    this.list.querySelector('.target')?.classList.remove('target');
    line?.element.classList.add('target');
    line?.element.scrollIntoView({ block: 'center' });
    line?.element.focus({ preventScroll: true });
  }

  // Marks the line that is spoken at that second; null: none.
  follow(seconds: number | null): void {
    let found: HTMLElement | null = null;
    if (seconds !== null) for (const { element, start } of this.lines) if (start !== null && start <= seconds) found = element;
    if (found === this.current) return;
    this.current?.removeAttribute('aria-current');
    found?.setAttribute('aria-current', 'true');
    this.current = found;
  }
}
