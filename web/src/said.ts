// What people said or wrote, as text that can be used: links, addresses and numbers in it lead somewhere, the words that
// were searched for are marked. Nothing in it is ever markup.
import { h, icon, type Child } from './dom.js';
import { t } from './i18n.js';
import { ranges_of } from './query.js';

const kMostLooked = 20_000;  // letters in which links are looked for

// A link, an e-mail address, or a telephone number of at least eight digits.
const kUseful = new RegExp([
  /https?:\/\/[^\s<>"']{1,2000}[^\s<>"'.,;:!?)\]]/u,
  /[\p{L}\p{N}][\p{L}\p{N}._%+-]{0,63}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/u,
  /(?<![\p{L}\p{N}])\+?\d(?:[\s.()-]{0,2}\d){7,14}(?![\p{L}\p{N}])/u,
].map(({ source }) => source).join('|'), 'gu');

function marked_parts(text: string, q: string): Child[] {
  if (!q) return [text];
  const letters = [...text];
  const parts: Child[] = [];
  let at = 0;
  for (const [start, end] of ranges_of(text, q)) {
    parts.push(letters.slice(at, start).join(''), h('mark', null, letters.slice(start, end).join('')));
    at = end;
  }
  return [...parts, letters.slice(at).join('')];
}

export const tel = (number: string): string => `tel:${number.replace(/[^\d+]/g, '')}`;

function target(found: string): { href: string; outside: boolean } {
  if (/^https?:/i.test(found)) return { href: found, outside: true };
  return { href: found.includes('@') ? `mailto:${found}` : tel(found), outside: false };
}

export function said_parts(text: string, q: string): Child[] {
  const parts: Child[] = [];
  let at = 0;
  if (text.length <= kMostLooked) {
    for (const match of text.matchAll(kUseful)) {
      const { href, outside } = target(match[0]);
      parts.push(marked_parts(text.slice(at, match.index), q), h('a', {
        class: 'said-link', href, ...(outside ? { target: '_blank', rel: 'noopener noreferrer nofollow' } : {}),
      }, marked_parts(match[0], q)));
      at = match.index + match[0].length;
    }
  }
  return [...parts, marked_parts(text.slice(at), q)];
}

export const said_text = (text: string, tag: 'span' | 'p' | 'div', q = '', name?: string): HTMLElement =>
  h(tag, { dir: 'auto', class: name }, said_parts(text, q));

// Links that call the number or copy it.
export const number_tools = (number: string, copy: (text: string) => void): HTMLElement => h('span', { class: 'number-tools' },
  /^\+?\d{3,}$/.test(number) ? h('a', { class: 'said-link', href: tel(number) }, t('Dial')) : null, ' ',
  h('button', { class: 'tool', 'aria-label': t('Copy the number'), onclick: () => copy(number) }, icon('copy')));
