// Plays the sound that the archive keeps: its shape coloured by who speaks, seeking, speed, keyboard, and the keys and
// lock screen of the device.
//
// The API wants its token in a header, which an audio element cannot send; a link with a token in it would be in
// logs and histories. So the sound is fetched when somebody wants to hear it, and played from memory: minutes of a
// telephone call are less than a photo, and seeking needs no further request.
import { ask, get, path } from './api.js';
import { h, icon } from './dom.js';
import { position } from './format.js';
import { t } from './i18n.js';
import { show_error } from './notice.js';
import { begin, now_playing, type Playing } from './sound.js';

const kSpeeds = [0.75, 1, 1.25, 1.5, 1.75, 2];
const kSpeedKey = 'callarchive.speed';
const kHeight = 64;  // units of the drawing
const kSvg = 'http://www.w3.org/2000/svg';

export interface Spoken { start: number; source: string | null }

interface Peaks { duration_seconds: number; peaks: number[] }

export interface Sound {
  call_id: string;
  title: string;
  when: string;
  seconds: number;
}

// One sound is in memory at a time.
let loaded: Player | null = null;

// The player of a sound: the one that is playing it, if there is one.
export function player_of(sound: Sound, follow: (seconds: number | null) => void): Player {
  if (loaded?.sound.call_id !== sound.call_id || now_playing()?.call_id !== sound.call_id) return new Player(sound, follow);
  loaded.follow = follow;
  return loaded;
}

function saved_speed(): number {
  const speed = Number(sessionStorage.getItem(kSpeedKey));
  return kSpeeds.includes(speed) ? speed : 1;
}

export class Player implements Playing {
  readonly element = h('div', { class: 'player', role: 'group', 'aria-label': t('Recording') });
  readonly audio = h('audio', { preload: 'none' });
  private readonly button = h('button', { class: 'play', 'aria-label': t('Play'), onclick: () => this.toggle() }, icon('play'));
  private readonly slider: HTMLElement;
  private readonly drawing = document.createElementNS(kSvg, 'svg');
  private readonly cursor = h('div', { class: 'cursor' });
  private readonly at = h('span', { class: 'muted at' });
  private peaks: number[] = [];
  private spoken: Spoken[] = [];
  private loading: Promise<void> | null = null;
  private link: string | null = null;  // of the sound in memory
  private file_name = '';

  // `follow` is called with the current second, and with null at the end.
  constructor(readonly sound: Sound, public follow: (seconds: number | null) => void) {
    this.drawing.setAttribute('viewBox', `0 0 512 ${kHeight}`);
    this.drawing.setAttribute('preserveAspectRatio', 'none');
    this.drawing.setAttribute('aria-hidden', 'true');
    this.slider = h('div', {
      class: 'shape', role: 'slider', tabindex: '0', 'aria-label': t('Position'), 'aria-valuemin': '0',
      'aria-valuemax': String(Math.round(sound.seconds)),
      onpointerdown: (event) => this.drag(event as PointerEvent),
      onkeydown: (event) => this.key(event as KeyboardEvent),
    }, this.cursor);
    this.slider.prepend(this.drawing);
    const speed = h('select', { 'aria-label': t('Speed'), onchange: () => this.set_speed(Number(speed.value)) },
      kSpeeds.map((one) => h('option', { value: String(one) }, `${one}×`)));
    speed.value = String(saved_speed());
    const save = h('button', { class: 'tool', onclick: () => void this.save() }, t('Save'));
    const skip = (by: number, label: string, text: string) => h('button', {
      class: 'tool', 'aria-label': label, title: label, onclick: () => void this.play_from(this.audio.currentTime + by),
    }, text);
    this.element.append(this.button, skip(-10, t('10 seconds back'), '−10'), skip(10, t('10 seconds forward'), '+10'),
      this.slider, this.at, speed, save);
    for (const name of ['play', 'pause', 'ended']) this.audio.addEventListener(name, () => this.show_state());
    for (const name of ['timeupdate', 'seeked']) this.audio.addEventListener(name, () => this.show_time());
    this.audio.addEventListener('ended', () => this.follow(null));
    this.show_time();
    void this.draw_shape();
  }

  get call_id(): string { return this.sound.call_id; }
  get title(): string { return this.sound.title; }
  seconds(): number { return this.sound.seconds; }

  pause(): void { this.audio.pause(); }

  // Goes to a second, and plays from there.
  async play_from(seconds: number): Promise<void> {
    if (!await this.load()) return;
    this.audio.currentTime = Math.min(Math.max(0, seconds), this.sound.seconds);
    this.show_time();
    this.follow(seconds);
    await this.play();
  }

  // Who speaks from when on; colours the shape.
  colour(spoken: Spoken[]): void {
    this.spoken = [...spoken].sort((a, b) => a.start - b.start);
    this.draw();
  }

  toggle(): void {
    if (this.audio.paused) void this.load().then((there) => { if (there) void this.play(); });
    else this.audio.pause();
  }

  private async play(): Promise<void> {
    this.audio.playbackRate = saved_speed();
    begin(this);
    await this.audio.play().catch((error) => this.fail(error));
    this.tell_device();
  }

  // Whether the sound is in memory now.
  private async load(): Promise<boolean> {
    if (this.link) return true;
    this.element.querySelector('.error')?.remove();
    this.element.setAttribute('aria-busy', 'true');
    this.loading ??= this.fetch().finally(() => {
      this.loading = null;
      this.element.removeAttribute('aria-busy');
    });
    try {
      await this.loading;
    } catch (error) {
      this.fail(error);
    }
    return this.link !== null;
  }

  private async fetch(): Promise<void> {
    const response = await ask(path(['calls', this.sound.call_id, 'recording']));
    const said = response.headers.get('content-disposition') ?? '';
    this.file_name = /filename="([^"]*)"/.exec(said)?.[1] ?? this.sound.call_id;
    const link = URL.createObjectURL(await response.blob());
    if (loaded && loaded !== this) loaded.unload();
    loaded = this;
    this.link = link;
    this.audio.src = link;
  }

  private unload(): void {
    this.audio.pause();
    this.audio.removeAttribute('src');
    if (this.link) URL.revokeObjectURL(this.link);
    this.link = null;
  }

  private async save(): Promise<void> {
    if (!await this.load() || !this.link) return;
    h('a', { href: this.link, download: this.file_name }).click();
  }

  private fail(error: unknown): void {
    const place = h('div', { class: 'error' });
    this.element.append(place);
    show_error(place, error, () => { place.remove(); this.toggle(); });
  }

  private set_speed(speed: number): void {
    sessionStorage.setItem(kSpeedKey, String(speed));
    this.audio.playbackRate = speed;
    this.show_time();
  }

  private drag(event: PointerEvent): void {
    const seek = (x: number) => {
      const { left, width } = this.slider.getBoundingClientRect();
      void this.play_from(((x - left) / width) * this.sound.seconds);
    };
    this.slider.focus();
    seek(event.clientX);
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const now = this.audio.currentTime;
    const to = ({
      ArrowLeft: now - 5, ArrowDown: now - 5, ArrowRight: now + 5, ArrowUp: now + 5,
      PageDown: now - 30, PageUp: now + 30, Home: 0, End: this.sound.seconds - 1,
    } as Record<string, number>)[event.key];
    if (to !== undefined) void this.play_from(to);
    else if (event.key === ' ' || event.key === 'Enter') this.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private show_state(): void {
    const { paused } = this.audio;
    this.button.setAttribute('aria-label', paused ? t('Play') : t('Pause'));
    this.button.replaceChildren(icon(paused ? 'play' : 'pause'));
    if ('mediaSession' in navigator) navigator.mediaSession.playbackState = paused ? 'paused' : 'playing';
  }

  private show_time(): void {
    const now = this.audio.currentTime;
    const text = `${position(now)} / ${position(this.sound.seconds)}`;
    this.at.textContent = text;
    this.slider.setAttribute('aria-valuenow', String(Math.round(now)));
    this.slider.setAttribute('aria-valuetext', text);
    this.cursor.style.insetInlineStart = `${Math.min(100, (now / Math.max(1, this.sound.seconds)) * 100)}%`;
    if (!this.audio.paused) this.follow(now);
    if (loaded === this && 'mediaSession' in navigator && this.link) {
      navigator.mediaSession.setPositionState({
        duration: this.sound.seconds, playbackRate: this.audio.playbackRate, position: Math.min(now, this.sound.seconds),
      });
    }
  }

  // Headphones, keyboards and lock screens know what is played, and can pause it.
  private tell_device(): void {
    if (!('mediaSession' in navigator)) return;
    navigator.mediaSession.metadata = new MediaMetadata({ title: this.sound.title, artist: this.sound.when });
    const now = () => this.audio.currentTime;
    const actions: [MediaSessionAction, MediaSessionActionHandler][] = [
      ['play', () => void this.play()], ['pause', () => this.audio.pause()],
      ['seekbackward', ({ seekOffset }) => void this.play_from(now() - (seekOffset ?? 10))],
      ['seekforward', ({ seekOffset }) => void this.play_from(now() + (seekOffset ?? 10))],
      ['seekto', ({ seekTime }) => void this.play_from(seekTime ?? now())],
    ];
    for (const [action, handler] of actions) navigator.mediaSession.setActionHandler(action, handler);
  }

  private async draw_shape(): Promise<void> {
    try {
      this.peaks = (await get<Peaks>(path(['calls', this.sound.call_id, 'recording', 'peaks']))).peaks;
      this.draw();
    } catch {
      // The sound can be heard without its shape.
    }
  }

  // One path for each speaker, whose class gives the color.
  private draw(): void {
    const lines = new Map<string, string>();
    const { length } = this.peaks;
    let spoken = -1;
    this.peaks.forEach((peak, i) => {
      const second = ((i + 0.5) / length) * this.sound.seconds;
      while (spoken + 1 < this.spoken.length && this.spoken[spoken + 1]!.start <= second) ++spoken;
      const source = (this.spoken[spoken]?.source ?? '').toLowerCase().replace(/[^a-z]/g, '') || 'nobody';
      const half = Math.max(1, (peak / 255) * (kHeight / 2));
      const x = ((i + 0.5) / length) * 512;
      lines.set(source, `${lines.get(source) ?? ''}M${x} ${kHeight / 2 - half}v${2 * half}`);
    });
    this.drawing.replaceChildren(...[...lines].map(([source, d]) => {
      const drawn = document.createElementNS(kSvg, 'path');
      drawn.setAttribute('d', d);
      drawn.setAttribute('class', source);
      return drawn;
    }));
  }
}
