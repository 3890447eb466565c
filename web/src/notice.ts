// Notices in place of, or beside, what a view shows.
import { Problem, token } from './api.js';
import { h, type Child } from './dom.js';
import { t } from './i18n.js';

export function empty(title: string, ...more: Child[]): HTMLElement {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), h('p', null, more));
}

export function error_text(error: unknown): string {
  if (error instanceof Problem && error.code === 'query_timeout') {
    return t('The server took too long. Narrow the query, for example by date, or try again.');
  }
  return error instanceof Error ? error.message : String(error);
}

// Replaces what `place` holds by the error and a button that tries again.
export function show_error(place: HTMLElement, error: unknown, again: () => void): void {
  place.removeAttribute('aria-hidden');
  const is_gone = error instanceof Problem && error.status === 404;
  place.replaceChildren(h('div', { class: 'notice', role: 'alert' },
    h('span', { dir: 'auto' }, error_text(error)),
    is_gone ? h('a', { class: 'tool wide', href: '#/' }, t('To the conversations'))
      : h('button', { onclick: () => { place.replaceChildren(); again(); } }, t('Try again')),
    error instanceof Problem && (error.status === 403 || error.status === 429)
      ? h('button', { onclick: () => { token.forget(); location.reload(); } }, t('Use another token')) : null));
}

// A copy for the clipboard; where the browser does not allow it, the text is shown.
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(t('Copied'));
  } catch {
    say(text);
  }
}

let toast: HTMLElement | null = null;

// A short word at the edge of the page, read out too.
export function say(text: string): void {
  if (!toast) {
    toast = h('div', { class: 'toast', role: 'status' });
    document.body.append(toast);
  }
  toast.textContent = text;
  toast.classList.add('shown');
  setTimeout(() => { if (toast?.textContent === text) toast.classList.remove('shown'); }, 2500);
}
