// Whom nobody called or texted back: people whose last calls were missed or went to voicemail, the longest wait first.
// The API is asked for the calls that were not answered, and then for what happened with each of those numbers since.
import { get, path } from './api.js';
import { avatar } from './avatar.js';
import { on_changes } from './changes.js';
import { h } from './dom.js';
import { item_of } from './find.js';
import { ago, full, plural } from './format.js';
import { t } from './i18n.js';
import { chosen_line } from './line_names.js';
import { own_lines } from './lines.js';
import { who, with_name } from './names.js';
import { show_error } from './notice.js';
import { is_outbound, number_key, number_title, of_item, other_party, own_party, party_title, type Party } from './party.js';
import { link } from './route.js';
import { tel } from './said.js';
import { is_missed } from './timeline_rows.js';
import { add_days, date_text, instant } from './zone.js';
import type { Call, List, TimelineItem } from './records.js';

const kDays = 30;            // how far back it looks
const kMostCalls = '500';    // unanswered calls of each kind that are looked at
const kMostItems = '200';    // of one number
const kMostPeople = 100;     // numbers that are asked for
const kAtOnce = 4;
const kResults = ['FAILED', 'MISSED', 'VOICEMAIL'];

// Somebody who waits: for the first of their calls that nobody reacted to.
interface Waiting { key: string; party: Party; line: Party; since: string; last: Call; calls: number; voicemails: number }

const is_unanswered = (call: Call): boolean => is_missed(call) || (call.result === 'VOICEMAIL' && !is_outbound(call));

// What is owed to a number by its items, newest first; null: nothing.
function waiting_in(items: TimelineItem[]): Waiting | null {
  const open: Call[] = [];
  for (const item of items) {
    if (item.kind === 'call' && is_unanswered(item.call)) open.push(item.call);
    // Somebody called or wrote back, or the next call was taken.
    else if (is_outbound(of_item(item)) || item.kind === 'call') break;
  }
  const first = open.at(-1);
  const last = open[0];
  if (!first?.started_at || !last) return null;
  const party = other_party(first);
  return {
    key: number_key(party.number ?? ''), party, line: own_party(last), since: first.started_at, last, calls: open.length,
    voicemails: open.filter(({ result }) => result === 'VOICEMAIL').length,
  };
}

export class Callbacks {
  readonly element = h('section', { class: 'callbacks', 'aria-labelledby': 'callbacks-title' });
  private readonly list = h('ol', { class: 'rows' });
  private readonly state = h('p', { class: 'muted', role: 'status' });
  private readonly waiting = new Map<string, Waiting>();
  private readonly begin = instant(add_days(date_text(new Date()), -kDays)).toISOString();

  constructor(private readonly signal: AbortSignal) {
    this.element.append(
      h('header', { class: 'page-head' }, h('h1', { id: 'callbacks-title', tabindex: '-1' }, t('Waiting for a call back'))),
      this.state, this.list);
    on_changes((changes) => {
      for (const change of changes) {
        const item = item_of(change);
        const number = item && other_party(of_item(item)).number;
        if (number) void this.look(number).then(() => this.draw(), () => {});
      }
    }, signal);
  }

  async fill(): Promise<void> {
    try {
      const [lists, lines] = await Promise.all([
        Promise.all(kResults.map((result) => get<List<Call>>(path(['calls'], {
          direction: 'INBOUND', result, since: this.begin, limit: kMostCalls,
        }), this.signal))),
        own_lines().catch(() => new Map<string, Party>()),
      ]);
      const numbers = new Map<string, string>();
      const oldest_first = lists.flatMap(({ data }) => data).sort((a, b) => (a.started_at ?? '').localeCompare(b.started_at ?? ''));
      for (const call of oldest_first) {
        const { number } = other_party(call);
        if (number && number !== 'anonymous' && !lines.has(number_key(number))) numbers.set(number_key(number), number);
      }
      const left = [...numbers.values()].slice(0, kMostPeople);
      await Promise.all(Array.from({ length: kAtOnce }, async () => {
        for (let number = left.shift(); number; number = left.shift()) await this.look(number);
      }));
      this.draw();
    } catch (error) {
      if (!this.signal.aborted) show_error(this.state, error, () => void this.fill());
    }
  }

  // Looks whether the number waits now.
  private async look(number: string): Promise<void> {
    const key = number_key(number);
    const { data } = await get<List<TimelineItem>>(
      path(['numbers', number, 'timeline'], { since: this.begin, limit: kMostItems }), this.signal);
    const found = waiting_in(data);
    if (found) this.waiting.set(key, found);
    else this.waiting.delete(key);
  }

  private draw(): void {
    const focused = this.element.contains(document.activeElement) ? document.activeElement?.closest<HTMLElement>('.row')?.dataset.key : null;
    const wanted = chosen_line();
    const shown = [...this.waiting.values()]
      .filter(({ line }) => !wanted || number_key(line.number ?? '') === number_key(wanted))
      .sort((a, b) => a.since.localeCompare(b.since));
    this.list.replaceChildren(...shown.map((one) => this.row(one)));
    this.state.replaceChildren(shown.length
      ? t('{people} in the last {n} days, the longest wait first', { people: plural(shown.length, 'person', 'people'), n: kDays })
      : t('Nobody waits for a call back from the last {n} days.', { n: kDays }));
    document.body.classList.toggle('nobody-waits', !this.waiting.size);
    if (focused) [...this.list.children].find((row) => (row as HTMLElement).dataset.key === focused)?.querySelector('a')?.focus();
  }

  private row({ key, party, line, since, last, calls, voicemails }: Waiting): HTMLElement {
    const mark = h('span');
    with_name(party, ({ name, number }) => mark.replaceChildren(avatar(name, number)));
    const what = [
      plural(calls, 'unanswered call'), voicemails ? plural(voicemails, 'voicemail') : null, party_title(line),
    ].filter(Boolean).join(' · ');
    return h('li', { class: 'row callback', tabindex: '-1', 'data-key': key },
      h('a', { class: 'open', href: link(['numbers', party.number ?? ''], { item: `call:${last.id}` }) },
        mark, h('span', { class: 'who' }, who(party)), ' ',
        h('time', { datetime: since, title: full(since) }, ago(since)), ' ',
        h('span', { class: 'last' }, h('bdi', null, what)), ' ',
        h('span', { class: 'counts' }, h('bdi', null, number_title(party.number ?? '')),
          last.one_sentence_summary ? [' · ', h('bdi', null, last.one_sentence_summary)] : null)),
      h('a', { class: 'tool wide', href: tel(party.number ?? '') }, t('Dial')));
  }
}
