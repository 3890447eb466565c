// Everything about one call, the most important first.
import { get, path } from './api.js';
import { h } from './dom.js';
import { clock, day, duration, full, phone, words } from './format.js';
import { markdown } from './markdown.js';
import { show_error } from './notice.js';
import { other_party, party_title } from './party.js';
import { Player } from './player.js';
import { link } from './route.js';
import { Transcript } from './transcript.js';
import type { Spoken } from './player.js';
import type { Call, List, Recording, TransferParty } from './records.js';

export interface CallDetails {
  element: HTMLElement;
  pause: () => void;
  show_line: (position: number) => Promise<void>;
}

const section = (title: string, ...content: (Node | null)[]): HTMLElement =>
  h('section', null, h('h3', null, title), content);

const is_web = (url: string): boolean => /^https?:\/\//i.test(url);

// A JSON value as a reader expects it.
function value_text(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value);
}

// Names and values; nothing if there are none.
export function facts(pairs: [string, unknown][]): HTMLElement | null {
  const said_pairs = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (!said_pairs.length) return null;
  return h('dl', { class: 'facts' }, said_pairs.map(([name, value]) => [
    h('dt', { dir: 'auto' }, name),
    h('dd', { dir: 'auto' }, value instanceof Node ? value : value_text(value)),
  ]));
}

const name_and_number = (name: string | null, number: string | null): string =>
  [name, number && phone(number)].filter(Boolean).join(' · ');

const party_text = (party: TransferParty | null): string | null =>
  party && name_and_number(party.user_name ?? party.user_email, party.number);

interface Playing {
  pause: () => void;
  play_from: (seconds: number) => void;
  colour: (spoken: Spoken[]) => void;
}

// Why the archive does not have a recording.
function state_text({ state, reason, next_try_at }: Recording): string {
  const because = reason ? ` (${reason})` : '';
  const again = next_try_at ? ` Next try: ${full(next_try_at)}.` : '';
  switch (state) {
    case 'wanted': return `The recording has not been fetched yet${because}.`;
    case 'denied': return `The vendor refused the recording${because}.${again}`;
    case 'gone': return `The vendor does not have the recording${because}.${again}`;
    default: return `The recording could not be fetched${because}.${again}`;
  }
}

// A player for the vendor's link, which works until the link expires.
function vendor_link(url: string, transcript: () => Transcript | null): [HTMLElement, Playing] {
  const audio = h('audio', { controls: true, preload: 'none', src: url, 'aria-label': 'Recording' });
  const place = h('div', null, audio);
  audio.addEventListener('timeupdate', () => transcript()?.follow(audio.currentTime));
  audio.addEventListener('ended', () => transcript()?.follow(null));
  audio.addEventListener('error', () => {
    if (!place.querySelector('.error')) {
      place.append(h('p', { class: 'error', role: 'alert' },
        'The recording cannot be played. The link that came with the call may have expired.'));
    }
  });
  return [place, {
    pause: () => audio.pause(),
    play_from: (seconds) => {
      audio.currentTime = seconds;
      transcript()?.follow(seconds);
      void audio.play().catch(() => {});  // its error event shows it
    },
    colour: () => {},
  }];
}

function recording(call: Call, transcript: () => Transcript | null): [HTMLElement | null, Playing | null] {
  const known = call.recording;
  if (known?.state === 'kept' && known.duration_seconds !== null) {
    const player = new Player({
      call_id: call.id, title: party_title(other_party(call)), when: call.started_at ? full(call.started_at) : '',
      seconds: known.duration_seconds,
    }, (seconds) => transcript()?.follow(seconds));
    const odd = known.reason && h('p', { class: 'muted' }, known.reason);
    return [section('Recording', player.element, odd || null), {
      pause: () => player.pause(),
      play_from: (seconds) => void player.play_from(seconds),
      colour: (spoken) => player.colour(spoken),
    }];
  }
  const has_link = call.recording_url !== null && is_web(call.recording_url);
  if (!known && !has_link) return [null, null];
  const state = known && h('p', { class: known.state === 'wanted' ? 'muted' : 'error' }, state_text(known));
  if (!has_link) return [section('Recording', state), null];
  const [place, playing] = vendor_link(call.recording_url!, transcript);
  return [section('Recording', state, place), playing];
}

// The other calls of its transfer chain; filled in when they are known.
function chain(call: Call): HTMLElement {
  const list = h('ol', { class: 'chain' });
  const place = section('Transfer', list);
  const fill = () => get<List<Call>>(path(['calls', call.id, 'chain'])).then(({ data }) => {
    list.replaceChildren(...data.map((one) => {
      const who = party_title(other_party(one));
      const what = [one.started_at && `${day(one.started_at)}, ${clock(one.started_at)}`,
        one.user_email, one.result && words(one.result), one.duration_seconds && duration(one.duration_seconds)];
      return h('li', one.id === call.id ? { 'aria-current': 'true' } : null,
        one.id === call.id ? h('strong', { dir: 'auto' }, who) : h('a', { dir: 'auto', href: link(['calls', one.id]) }, who),
        h('span', { class: 'muted' }, ` ${what.filter(Boolean).join(' · ')}`));
    }));
  }, (error) => show_error(list, error, fill));
  void fill();
  return place;
}

export function call_details(call: Call): CallDetails {
  let transcript: Transcript | null = null;
  const element = h('div', { class: 'details' });

  if (call.summary && call.summary !== call.one_sentence_summary) {
    element.append(section('Summary', markdown(call.summary)));
  }
  const collected = facts(Object.entries(call.data_collected).map(([key, value]) => [words(key), value]));
  if (collected) element.append(section('Collected', collected));
  if (call.ivr_result.length) {
    element.append(section('Menu', h('ol', { class: 'chain' }, call.ivr_result.map((choice) =>
      h('li', { dir: 'auto' }, [choice.dtmf_key, choice.text_key].filter(Boolean).join(' · '))))));
  }
  if (call.transfer_from || call.transfer_to || call.transfer_original_call_id) element.append(chain(call));
  const [place, player] = recording(call, () => transcript);
  if (place) element.append(place);
  if (call.transcript_entry_count) {
    transcript = new Transcript(call, player && ((seconds) => player?.play_from(seconds)));
    transcript.on_lines = (lines) => player?.colour(lines);
    element.append(transcript.element);
  }
  const email = call.user_email;
  const known = facts([
    ['From', name_and_number(call.from_name, call.from_number)],
    ['To', name_and_number(call.to_name, call.to_number)],
    ['First dialed', name_and_number(call.original_to_name, call.original_to_number)],
    ['User', email && h('a', { href: link(['find'], { kind: 'call', user_email: email }) }, email)],
    ['Result', call.result && words(call.result)],
    ['Transferred from', party_text(call.transfer_from)],
    ['Transferred to', party_text(call.transfer_to)],
    ['Integration', call.integration_id],
    ['Id', h('a', { class: 'code', href: link(['calls', call.id]) }, call.id)],
  ]);
  if (known) element.append(section('Call', known));
  return {
    element,
    pause: () => player?.pause(),
    show_line: async (position) => transcript?.show(position),
  };
}

