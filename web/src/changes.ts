// The change feed of the archive (/v1/changes): every view that is open hears of each change within moments of its
// commit. A tab in sight holds one request open; one out of sight asks now and then, because browsers allow few
// connections to one server.
import { get, path, Problem } from './api.js';
import type { Call, Contact, Message } from './records.js';

const kWait = '25';           // seconds that the server may hold a request
const kMost = '100';          // changes of one answer
const kHidden = 15_000;       // milliseconds between looks while the tab is out of sight
const kWhenRefused = 2_000;   // milliseconds between looks while the server lets nobody more wait
const kLongestBeginning = 400;  // milliseconds that the first view waits for the feed
const kAfterTrouble = 5_000;  // milliseconds until the next attempt after a refusal

export type Change = { seq: number; op: 'put' | 'erase'; id: string } & (
  | { kind: 'call'; item: Call | null }
  | { kind: 'message'; item: Message | null }
  | { kind: 'contact'; item: Contact | null });

interface Page { data: Change[]; page: { next_after: string } }

// `whole`: the history is another one, so that everything may have changed.
type Listener = (changes: Change[], whole: boolean) => void;

const listeners = new Set<Listener>();
let updated: (at: Date) => void = () => {};

export function on_changes(listener: Listener, signal?: AbortSignal): void {
  listeners.add(listener);
  signal?.addEventListener('abort', () => listeners.delete(listener));
}

// Told whenever the page is known to show the newest state.
export const on_updated = (listener: (at: Date) => void): void => { updated = listener; };

function tell(changes: Change[], whole = false): void {
  // Of several changes of one thing the last one counts: each shows it as it is now.
  const last = [...new Map(changes.map((change) => [`${change.kind}:${change.id}`, change])).values()];
  for (const listener of [...listeners]) listener(last, whole);
}

const until_seen = (milliseconds: number): Promise<void> => new Promise((resolve) => {
  const wake = () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
    resolve();
  };
  const timer = setTimeout(wake, milliseconds);
  document.addEventListener('visibilitychange', wake);
});

const position_now = async (): Promise<string> => (await get<Page>(path(['changes'], { after: 'now' }))).page.next_after;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Follows the feed for as long as the page is open. The returned promise ends when the position from which on it follows
// is known, or soon: what is asked for after that misses no change.
export function follow(): Promise<void> {
  let begun = () => {};
  const beginning = new Promise<void>((resolve) => { begun = resolve; });
  void follow_on(begun);
  return Promise.race([beginning, pause(kLongestBeginning)]);
}

async function follow_on(begun: () => void): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const hidden = document.visibilityState === 'hidden';
    const asked_at = performance.now();
    try {
      if (after === null) {
        after = await position_now();
        begun();
        updated(new Date());
        continue;
      }
      const { data, page }: Page = await get(path(['changes'], { after, limit: kMost, wait: hidden ? undefined : kWait }));
      after = page.next_after;
      if (data.length) tell(data);
      updated(new Date());
      if (hidden && !data.length) await until_seen(kHidden);
      // A server with too many who wait answers at once.
      else if (!data.length && performance.now() - asked_at < 1000) await pause(kWhenRefused);
    } catch (error) {
      if (error instanceof Problem && error.code === 'history_changed') {
        after = null;
        tell([], true);
        continue;
      }
      await until_seen(kAfterTrouble);
    }
  }
}
