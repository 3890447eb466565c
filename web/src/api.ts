// Requests to the API: one place for the token, for errors, and for a server that cannot be reached.
import { kLanguage, t } from './i18n.js';
import { ask_token, type Entered } from './token.js';

const kToken = 'callarchive.token';
const kFirstWait = 500;  // milliseconds before the first new attempt; doubled up to the longest
const kLongestWait = 8000;

export type Parameters = Record<string, string | string[] | undefined>;

// The server understood and refused. `code` is stable (RFC 9457 with the API's own member).
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, detail: string) {
    super(detail);
  }
}

export const token = {
  // The session storage ends with the tab; the local one stays, and is used only if the reader wants it.
  get: (): string | null => sessionStorage.getItem(kToken) ?? localStorage.getItem(kToken),
  set: ({ value, remember }: Entered): void => {
    sessionStorage.setItem(kToken, value);
    if (remember) localStorage.setItem(kToken, value);
  },
  forget: (): void => {
    sessionStorage.removeItem(kToken);
    localStorage.removeItem(kToken);
  },
};

// "/v1/numbers/%2B1415?limit=50": segments and values are encoded, absent ones left out.
export function path(segments: string[], parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one) query.append(name, one);
  }
  const text = query.toString();
  return '/v1/' + segments.map(encodeURIComponent).join('/') + (text ? `?${text}` : '');
}

// Called with true when the server cannot be reached, and with false when it answers again.
let tell_away: (away: boolean) => void = () => {};
export const on_away = (listener: (away: boolean) => void): void => { tell_away = listener; };

const waiting = new Set<() => void>();
// Ends every wait for the next attempt.
export const retry_now = (): void => { for (const wake of [...waiting]) wake(); };
addEventListener('online', retry_now);

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      waiting.delete(wake);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    waiting.add(wake);
    signal?.addEventListener('abort', wake);
  });
}

// What a reader may meet, in other languages than the server's; it says the same and more in English.
function translated(code: string | undefined): string | null {
  if (kLanguage === 'en') return null;
  switch (code) {
    case 'not_found': return t('The archive has nothing with this address.');
    case 'insufficient_scope': return t('This token does not have the right to read the archive.');
    case 'too_many_failures': return t('Too many wrong tokens were entered.');
    case 'busy': case 'overloaded': return t('The server has too much to do.');
    case 'internal_error': return t('The server made a mistake.');
    case 'not_durable': return t('The archive cannot be written or read at the moment.');
    default: return null;
  }
}

async function problem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({})) as {
    code?: string; detail?: string; title?: string; errors?: { field: string; message: string }[];
  };
  const wait_text = Number(response.headers.get('retry-after'))
    ? ` ${t('Try again in {n} seconds.', { n: Number(response.headers.get('retry-after')) })}` : '';
  const errors = (body.errors ?? []).map((error) => `${error.field}: ${error.message}`).join('; ');
  return new Problem(response.status, body.code ?? 'unknown',
    (errors || translated(body.code) || body.detail || body.title || t('The server answered {status}.', { status: response.status })) + wait_text);
}

export function headers(): Record<string, string> {
  const value = token.get();
  return value ? { Authorization: `Bearer ${value}` } : {};
}

// The answer to a GET with status 2xx. Asks for a token when one is needed, and for as long as the server cannot
// be reached tries again. Throws Problem, or the signal's reason.
export async function ask(url: string, signal?: AbortSignal): Promise<Response> {
  for (let pause = kFirstWait; ; pause = Math.min(2 * pause, kLongestWait)) {
    let response: Response;
    const used = token.get();
    try {
      response = await fetch(url, { headers: headers(), ...(signal ? { signal } : {}) });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      tell_away(true);
      await wait(pause, signal);
      signal?.throwIfAborted();
      continue;
    }
    tell_away(false);
    if (response.ok) return response;
    if (response.status !== 401) throw await problem(response);
    if (token.get() === used) {
      token.forget();
      token.set(await ask_token(used !== null));
    }
    signal?.throwIfAborted();
  }
}

export const get = async <T>(url: string, signal?: AbortSignal): Promise<T> =>
  (await ask(url, signal)).json() as Promise<T>;
