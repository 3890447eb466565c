// One sound at a time, of a call, and it goes on while one browses: where its call is no longer on show, a bar at the
// foot of the page has it.
import { h, icon } from './dom.js';
import { position } from './format.js';
import { t } from './i18n.js';
import { link } from './route.js';

export interface Playing {
  call_id: string;
  title: string;
  element: HTMLElement;  // the player beside its call
  audio: HTMLAudioElement;
  seconds: () => number;
  toggle: () => void;
  play_from: (seconds: number) => void;
}

let playing: Playing | null = null;
const name = h('a', { class: 'dock-name', dir: 'auto' });
const time = h('span', { class: 'muted at' });
const toggle = h('button', { class: 'play', onclick: () => playing?.toggle() });
const by = (seconds: number) => () => playing?.play_from(Math.max(0, playing.audio.currentTime + seconds));
export const dock = h('div', { class: 'dock', role: 'region', 'aria-label': t('Now playing'), hidden: true },
  toggle, h('button', { class: 'tool', 'aria-label': t('10 seconds back'), onclick: by(-10) }, '−10'),
  h('button', { class: 'tool', 'aria-label': t('10 seconds forward'), onclick: by(10) }, '+10'), name, time,
  h('button', { class: 'tool', 'aria-label': t('Stop'), onclick: () => stop() }, icon('close')));

// The sound of a call that is in memory or playing, if it is that of this call.
export const playing_of = (call_id: string): Playing | null => playing?.call_id === call_id ? playing : null;
export const now_playing = (): Playing | null => playing;

// To be told when a sound begins: the one before ends.
export function begin(sound: Playing): void {
  if (playing && playing.audio !== sound.audio) playing.audio.pause();
  playing = sound;
  const show = () => { if (playing === sound) show_dock(); };
  for (const event of ['play', 'pause', 'timeupdate', 'ended']) sound.audio.addEventListener(event, show);
  show_dock();
}

// Before a view goes: an audio element that leaves the page would fall silent, so it moves to the bar.
export function keep_sound(): void {
  if (playing && playing.audio.isConnected && !playing.audio.paused && !dock.contains(playing.audio)) dock.append(playing.audio);
}

function stop(): void {
  playing?.audio.pause();
  playing = null;
  dock.hidden = true;
}

// Shows the bar if something plays that is not in the page any more.
export function show_dock(): void {
  if (!playing || playing.element.isConnected || playing.audio.ended) {
    dock.hidden = true;
    return;
  }
  const { audio, title, call_id } = playing;
  dock.hidden = false;
  name.textContent = title;
  name.setAttribute('href', link(['calls', call_id]));
  time.textContent = `${position(audio.currentTime)} / ${position(playing.seconds())}`;
  toggle.setAttribute('aria-label', audio.paused ? t('Play') : t('Pause'));
  if (toggle.dataset.paused !== String(audio.paused)) {
    toggle.dataset.paused = String(audio.paused);
    toggle.replaceChildren(icon(audio.paused ? 'play' : 'pause'));
  }
}
