// Everything about one call, the most important first.
import { get, path } from './api.js';
import { h } from './dom.js';
import { clock, day, duration, full, phone, words } from './format.js';
import { t } from './i18n.js';
import { markdown } from './markdown.js';
import { who, with_name } from './names.js';
import { show_error } from './notice.js';
import { other_party, party_title, user_name } from './party.js';
import { player_of } from './player.js';
import { link } from './route.js';
import { said_text } from './said.js';
import { begin, playing_of, type Playing as Sounding } from './sound.js';
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
  if (typeof value === 'boolean') return value ? t('Yes') : t('No');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const kDeepest = 4;  // levels of a JSON value that are unfolded

// A value as text that can be used; lists and objects as lists and facts.
function shown_value(value: unknown, depth = 0): Node {
  if (value instanceof Node) return value;
  if (depth < kDeepest && Array.isArray(value) && value.length) {
    return h('ul', { class: 'values' }, value.map((one) => h('li', null, shown_value(one, depth + 1))));
  }
  if (depth < kDeepest && value && typeof value === 'object' && Object.keys(value).length) {
    return h('dl', { class: 'facts nested' }, Object.entries(value).map(([key, one]) =>
      [h('dt', { dir: 'auto' }, words(key)), h('dd', { dir: 'auto' }, shown_value(one, depth + 1))]));
  }
  return said_text(value_text(value), 'span');
}

// Names and values; nothing if there are none.
export function facts(pairs: [string, unknown][]): HTMLElement | null {
  const said_pairs = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (!said_pairs.length) return null;
  return h('dl', { class: 'facts' }, said_pairs.map(([name, value]) => [
    h('dt', { dir: 'auto' }, name),
    h('dd', { dir: 'auto' }, shown_value(value)),
  ]));
}

// Names run in their own direction, numbers in theirs.
function name_and_number(name: string | null, number: string | null): HTMLElement | null {
  if (!name && !number) return null;
  const element = h('span');
  with_name({ name, number }, (party) => element.replaceChildren(
    ...(party.name ? [h('bdi', null, party.name)] : []), ...(party.name && number ? [' · '] : []),
    ...(number ? [h('bdi', { dir: 'ltr' }, phone(number))] : [])));
  return element;
}

const party_text = (party: TransferParty | null): HTMLElement | null =>
  party && name_and_number(party.user_name ?? party.user_email, party.number);

interface Playing {
  pause: () => void;
  play_from: (seconds: number) => void;
  colour: (spoken: Spoken[]) => void;
}

// Why the archive does not have a recording.
function state_text({ state, reason, next_try_at }: Recording): string {
  const because = reason ? ` (${reason})` : '';
  const again = next_try_at ? ` ${t('Next try: {time}.', { time: full(next_try_at) })}` : '';
  switch (state) {
    case 'wanted': return `${t('The recording has not been fetched yet')}${because}.`;
    case 'denied': return `${t('The vendor refused the recording')}${because}.${again}`;
    case 'gone': return `${t('The vendor does not have the recording')}${because}.${again}`;
    default: return `${t('The recording could not be fetched')}${because}.${again}`;
  }
}

// A player for the vendor's link, which works until the link expires.
function vendor_link(call: Call, url: string, transcript: () => Transcript | null): [HTMLElement, Playing] {
  const before = playing_of(call.id);
  const audio = before?.audio ?? h('audio', { controls: true, preload: 'none', src: url, 'aria-label': t('Recording') });
  const state = h('p', { class: 'muted', role: 'status' });
  const place = h('div', null, audio, state);
  const sounding: Sounding = {
    call_id: call.id, title: party_title(other_party(call)), element: place, audio,
    seconds: () => audio.duration || call.duration_seconds || 0,
    toggle: () => { if (audio.paused) play(); else audio.pause(); },
    play_from: (seconds) => play_from(seconds),
  };
  // Its error event tells what went wrong.
  const play = () => void audio.play().catch(() => {});
  const play_from = (seconds: number) => {
    if (audio.error) audio.load();
    audio.currentTime = seconds;
    play();
  };
  const on = (name: string, listener: () => void) => audio.addEventListener(name, listener);
  on('play', () => begin(sounding));
  // A position that was only sent, of a sound that did not come, is not one that is heard.
  on('timeupdate', () => { if (!audio.error && audio.readyState > 1) transcript()?.follow(audio.currentTime); });
  on('ended', () => transcript()?.follow(null));
  on('waiting', () => { state.textContent = t('Waiting for the recording…'); });
  for (const name of ['playing', 'pause']) on(name, () => { if (!audio.error) state.textContent = ''; });
  on('error', () => {
    transcript()?.follow(null);
    state.replaceChildren(h('span', { class: 'error', role: 'alert' },
      t('The recording cannot be played. The link that came with the call may have expired.')), ' ',
    h('button', { onclick: () => { state.textContent = ''; audio.load(); play(); } }, t('Try again')), ' ', open_link(url));
  });
  if (before) begin(sounding);
  return [place, { pause: () => audio.pause(), play_from, colour: () => {} }];
}

const open_link = (url: string): HTMLElement =>
  h('a', { class: 'said-link', href: url, target: '_blank', rel: 'noopener noreferrer' }, t('Open the link'));

function recording(call: Call, transcript: () => Transcript | null): [HTMLElement | null, Playing | null] {
  const known = call.recording;
  const title = t('Recording');
  if (known?.state === 'kept' && known.duration_seconds !== null) {
    const player = player_of({
      call_id: call.id, title: party_title(other_party(call)), when: call.started_at ? full(call.started_at) : '',
      seconds: known.duration_seconds,
    }, (seconds) => transcript()?.follow(seconds));
    const odd = known.reason && h('p', { class: 'muted' }, known.reason);
    return [section(title, player.element, odd || null), {
      pause: () => player.pause(),
      play_from: (seconds) => void player.play_from(seconds),
      colour: (spoken) => player.colour(spoken),
    }];
  }
  const has_link = call.recording_url !== null && is_web(call.recording_url);
  if (!known && !has_link) return [null, null];
  const state = known && h('p', { class: known.state === 'wanted' ? 'muted' : 'error' }, state_text(known));
  if (!has_link) return [section(title, state), null];
  const url = call.recording_url ?? '';
  // The page may play nothing that came unencrypted.
  if (!/^https:/i.test(url)) {
    return [section(title, state, h('p', { class: 'muted' }, t('The link to the recording is not encrypted, so it is not played here.'), ' ', open_link(url))), null];
  }
  const [place, playing] = vendor_link(call, url, transcript);
  return [section(title, state, place), playing];
}

// The other calls of its transfer chain; filled in when they are known.
function chain(call: Call): HTMLElement {
  const list = h('ol', { class: 'chain' });
  const place = section(t('Transfer'), list);
  const fill = () => get<List<Call>>(path(['calls', call.id, 'chain'])).then(({ data }) => {
    list.replaceChildren(...data.map((one) => {
      const what = [one.started_at && `${day(one.started_at)}, ${clock(one.started_at)}`,
        one.user_email && user_name(one.user_email), one.result && words(one.result), one.duration_seconds && duration(one.duration_seconds)];
      return h('li', one.id === call.id ? { 'aria-current': 'true' } : null,
        one.id === call.id ? h('strong', null, who(other_party(one))) : h('a', { href: link(['calls', one.id]) }, who(other_party(one))),
        h('span', { class: 'muted' }, ` ${what.filter(Boolean).join(' · ')}`));
    }));
  }, (error) => show_error(list, error, fill));
  void fill();
  return place;
}

// `q`: the words that were searched for; they are marked.
export function call_details(call: Call, q = ''): CallDetails {
  let transcript: Transcript | null = null;
  const element = h('div', { class: 'details' });

  if (call.summary && call.summary !== call.one_sentence_summary) {
    element.append(section(t('Summary'), markdown(call.summary, q)));
  }
  const collected = facts(Object.entries(call.data_collected).map(([key, value]) => [words(key), value]));
  if (collected) element.append(section(t('Collected'), collected));
  if (call.ivr_result.length) {
    element.append(section(t('Menu'), h('ol', { class: 'chain' }, call.ivr_result.map((choice) =>
      h('li', { dir: 'auto' }, [choice.dtmf_key, choice.text_key].filter(Boolean).join(' · '))))));
  }
  if (call.transfer_from || call.transfer_to || call.transfer_original_call_id) element.append(chain(call));
  const [place, player] = recording(call, () => transcript);
  if (place) {
    if (player) place.classList.add('recording');
    element.append(place);
  }
  if (call.transcript_entry_count) {
    transcript = new Transcript(call, player && ((seconds) => player?.play_from(seconds)), q);
    transcript.on_lines = (lines) => player?.colour(lines);
    element.append(transcript.element);
  }
  const email = call.user_email;
  const known = facts([
    [t('From'), name_and_number(call.from_name, call.from_number)],
    [t('To'), name_and_number(call.to_name, call.to_number)],
    [t('First dialed'), name_and_number(call.original_to_name, call.original_to_number)],
    [t('User'), email && h('a', { href: link(['find'], { kind: 'call', user_email: email }) }, email)],
    [t('Result'), call.result && words(call.result)],
    [t('Transferred from'), party_text(call.transfer_from)],
    [t('Transferred to'), party_text(call.transfer_to)],
    [t('Integration'), call.integration_id],
    [t('Id'), h('a', { class: 'code', href: link(['calls', call.id]) }, call.id)],
  ]);
  if (known) element.append(section(t('Call'), known));
  return {
    element,
    pause: () => player?.pause(),
    show_line: async (position) => transcript?.show(position),
  };
}

