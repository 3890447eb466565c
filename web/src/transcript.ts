// Who said what, and when: beside a recording it can be listened to line by line.
import { get, path } from './api.js';
import { h, icon } from './dom.js';
import { position, words } from './format.js';
import { t } from './i18n.js';
import { name_now, with_name } from './names.js';
import { copy, show_error } from './notice.js';
import { other_party, user_name } from './party.js';
import { link } from './route.js';
import { said_text } from './said.js';
import type { Call, List, TranscriptEntry } from './records.js';

const kMost = 500;
const kDoubleClick = 250;  // milliseconds in which a second click makes a selection

interface Line { element: HTMLElement; position: number; start: number | null; source: string | null; text: string }

// Seconds into the call; from the time of the entry where the vendor gave no offset.
export function start_of(call: Call, entry: TranscriptEntry): number | null {
  if (entry.start_seconds !== null) return entry.start_seconds;
  if (!entry.time || !call.started_at) return null;
  const seconds = (Date.parse(entry.time) - Date.parse(call.started_at)) / 1000;
  return seconds >= 0 && seconds < 86_400 ? seconds : null;
}

// Whose words an entry holds.
export function speaker(call: Call, source: string | null): string {
  if (source === 'EXTERNAL') return name_now(other_party(call)) ?? t('Caller');
  if (source === 'USER') return call.user_email ? user_name(call.user_email) : t('We');
  if (source === 'AGENT') return t('Receptionist');
  return source ? words(source) : t('Somebody');
}

// "0:04 Marie Durand: Good morning" for each entry.
export const transcript_text = (call: Call, entries: TranscriptEntry[]): string => entries.map((entry) => {
  const start = start_of(call, entry);
  return `${start === null ? '' : `${position(start)} `}${speaker(call, entry.source)}: ${entry.text}`;
}).join('\n');

// The whole transcript of a call.
export async function all_entries(call_id: string, signal?: AbortSignal): Promise<TranscriptEntry[]> {
  const entries: TranscriptEntry[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { data, page }: List<TranscriptEntry> = await get(
      path(['calls', call_id, 'transcript'], { limit: String(kMost), cursor }), signal);
    entries.push(...data);
    cursor = page.next_cursor;
  }
  return entries;
}

export class Transcript {
  readonly element = h('section', { class: 'transcript', 'aria-label': t('Transcript') });
  private readonly list = h('ol', { class: 'lines' });
  private readonly follow_button = h('button', { class: 'tool wide', hidden: true, onclick: () => this.set_following(true) }, t('Follow'));
  private lines: Line[] = [];
  private next: string | null;
  private loading: Promise<void> | null = null;
  private current: HTMLElement | null = null;
  private following = true;
  // Called with the lines whose time is known, whenever there are more of them.
  on_lines: (lines: { start: number; source: string | null }[]) => void = () => {};
  private readonly timed: { start: number; source: string | null }[] = [];
  private last_source: string | null | undefined = undefined;

  constructor(private readonly call: Call, private readonly seek: ((seconds: number) => void) | null, private readonly q = '') {
    this.next = path(['calls', call.id, 'transcript'], { limit: String(kMost) });
    this.element.append(h('div', { class: 'transcript-head' }, h('h3', null, t('Transcript')), this.follow_button,
      h('button', { class: 'tool wide', onclick: () => void this.copy_all() }, t('Copy transcript'))), this.list);
    // Who scrolls wants to read elsewhere.
    for (const name of ['wheel', 'touchmove']) this.element.addEventListener(name, () => this.set_following(false), { passive: true });
    this.element.addEventListener('click', (event) => void this.click(event));
    void this.more();
  }

  private async copy_all(): Promise<void> {
    await copy(transcript_text(this.call, await all_entries(this.call.id)));
  }

  private async click(event: Event): Promise<void> {
    const button = (event.target as Element).closest<HTMLElement>('.line-link');
    const line = button?.closest<HTMLElement>('.line');
    if (line) await copy(`${location.origin}/${link(['calls', this.call.id], { line: line.dataset.position })}`);
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
      if (this.next) this.element.append(h('button', { class: 'more', onclick: () => void this.more() }, t('Show more')));
    } catch (error) {
      const place = h('div');
      this.element.append(place);
      show_error(place, error, () => { place.remove(); void this.more(); });
    }
  }

  private speaker_element(source: string | null): HTMLElement {
    const element = h('span', { class: 'speaker', dir: 'auto' }, speaker(this.call, source));
    if (source === 'EXTERNAL') with_name(other_party(this.call), () => { element.textContent = speaker(this.call, source); });
    return element;
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
    new_speaker && this.speaker_element(entry.source),
    seek && start !== null
      ? h('button', { class: 'at', 'aria-label': t('Play from {time}', { time: at ?? '' }), onclick: () => this.play(start) }, at)
      : h('span', { class: 'at' }, at),
    said_text(entry.text, 'p', this.q),
    h('button', { class: 'line-link', tabindex: '-1', 'aria-label': t('Copy the link to this line'), title: t('Copy the link to this line') }, icon('link')));
    if (seek && start !== null) {
      element.classList.add('seeks');
      element.addEventListener('click', (event) => {
        // Selecting text is no click, and the first click of a double one selects a word.
        if ((event.target as Element).closest('button, a') || event.detail > 1) return;
        setTimeout(() => { if (!getSelection()?.toString()) this.play(start); }, kDoubleClick);
      });
    }
    if (start !== null) this.timed.push({ start, source: entry.source });
    this.lines.push({ element, position: entry.position, start, source: entry.source, text: entry.text });
    this.list.append(element);
  }

  private play(start: number): void {
    this.set_following(true);
    this.seek?.(start);
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

  // Marks the line that is spoken at that second, and keeps it in sight; null: none.
  follow(seconds: number | null): void {
    let found: HTMLElement | null = null;
    if (seconds !== null) for (const { element, start } of this.lines) if (start !== null && start <= seconds) found = element;
    if (found === this.current) return;
    this.current?.removeAttribute('aria-current');
    found?.setAttribute('aria-current', 'true');
    this.current = found;
    if (!found) this.follow_button.hidden = true;
    else if (this.following) this.bring_into_sight(found);
    else this.follow_button.hidden = false;
  }

  private bring_into_sight(line: HTMLElement): void {
    const smooth = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    line.scrollIntoView({ block: 'nearest', behavior: smooth ? 'smooth' : 'auto' });
  }

  private set_following(following: boolean): void {
    this.following = following;
    this.follow_button.hidden = following || !this.current;
    if (following && this.current) this.bring_into_sight(this.current);
  }
}
