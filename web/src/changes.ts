// The change feed of the archive (/v1/changes): every view that is open hears of each change within moments of its
// commit. A tab in sight holds one request open; one out of sight asks now and then, because browsers allow few
// connections to one server.
import { get, path, Problem } from './api.js';
import type { Call, Contact, Message } from './records.js';

const kWait = '25';           // seconds that the server may hold a request
const kMost = '100';          // changes of one answer
const kHidden = 15_000;       // milliseconds between looks while the tab is out of sight
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

// Follows the feed for as long as the page is open.
export async function follow(): Promise<void> {
  let after = 'now';
  for (;;) {
    const hidden = document.visibilityState === 'hidden';
    try {
      const { data, page } = await get<Page>(path(['changes'], {
        after, limit: kMost, wait: hidden || after === 'now' ? undefined : kWait,
      }));
      after = page.next_after;
      if (data.length) tell(data);
      updated(new Date());
      if (hidden && !data.length) await until_seen(kHidden);
    } catch (error) {
      if (error instanceof Problem && error.code === 'history_changed') {
        after = 'now';
        tell([], true);
        continue;
      }
      await until_seen(kAfterTrouble);
    }
  }
}
