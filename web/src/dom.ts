// Elements without markup: text only ever becomes text nodes, so what strangers said stays dead.

export type Child = Node | string | number | null | undefined | false | Child[];

type Listener = (event: Event) => void;
type Attributes = Record<string, string | number | boolean | null | undefined | Listener>;

function fill(element: Element, attributes: Attributes | null, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
}

export function append(element: Element, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== null && child !== undefined && child !== false) {
      element.append(typeof child === 'number' ? String(child) : child);
    }
  }
}

// h('a', {class: 'name', href, onclick: f}, 'text', node). Absent children and attributes are left out.
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes | null = null, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

// Text of unknown language: the browser finds its direction.
export function said(text: string, tag: 'span' | 'p' | 'div' = 'span', name?: string): HTMLElement {
  return h(tag, { dir: 'auto', class: name }, text);
}

const kSvg = 'http://www.w3.org/2000/svg';

const kIcons = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16.2 16.2 20 20',
  incoming: 'M17 7 7 17M7 9v8h8',
  outgoing: 'M7 17 17 7M9 7h8v8',
  missed: 'm7 7 10 10M17 7 7 17',
  voicemail: 'M7 9.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M17 9.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M7 15.5h10',
  message: 'M5 6h14v10H10l-4 3v-3H5z',
  back: 'm14 6-6 6 6 6',
  down: 'm7 10 5 5 5-5',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  person: 'M12 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M5 20c.8-3.6 3.6-5.3 7-5.3s6.2 1.7 7 5.3',
  play: 'M8 5.5v13l10.5-6.5z',
  pause: 'M8.5 6v12M15.5 6v12',
  close: 'm7 7 10 10M17 7 7 17',
  copy: 'M9 9h10v10H9zM5 15V5h10',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  next: 'm10 6 6 6-6 6',
  link: 'M10 14a4 4 0 0 0 5.7 0l2.5-2.5a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-2.5 2.5a4 4 0 0 0 5.7 5.7l1-1',
} as const;

export type Icon = keyof typeof kIcons;

// A decoration: invisible to screen readers.
export function icon(name: Icon): SVGElement {
  const svg = document.createElementNS(kSvg, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(kSvg, 'path');
  path.setAttribute('d', kIcons[name]);
  svg.append(path);
  return svg;
}

// The text with the ranges [start, end) marked; they count code points, are sorted and do not overlap. `shown` may
// change how a piece is shown.
export function marked(
  text: string, ranges: [number, number][], shown: (piece: string) => string = (piece) => piece): HTMLElement {
  const letters = [...text];
  const piece = (from: number, to?: number) => shown(letters.slice(from, to).join(''));
  const element = h('span', { dir: 'auto' });
  let at = 0;
  for (const [start, end] of ranges) {
    if (start < at || end <= start) continue;
    element.append(piece(at, start), h('mark', null, piece(start, end)));
    at = end;
  }
  element.append(piece(at));
  return element;
}
