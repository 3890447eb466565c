// Summaries as they are written: Markdown, read by markdown-it and shown as elements of a few kinds. HTML in it, images
// and links that lead to nothing on the web stay the text that they are.
import MarkdownIt from 'markdown-it';
import { h, type Child } from './dom.js';
import { said_parts } from './said.js';

const kMostLetters = 100_000;  // of a text that is read as Markdown; a longer one is shown as it is
const kDeepest = 12;           // lists and quotes within one another

const reader = new MarkdownIt({ html: false, linkify: false, breaks: true, maxNesting: kDeepest }).disable('image');

type Token = ReturnType<typeof reader.parse>[number];

// What a token of the reader becomes. Headings of a summary are no headings of the page.
const kElements = {
  paragraph: 'p', heading: 'p', bullet_list: 'ul', ordered_list: 'ol', list_item: 'li', blockquote: 'blockquote', strong: 'strong',
  em: 'em', s: 's', link: 'a', table: 'table', thead: 'thead', tbody: 'tbody', tr: 'tr', th: 'th', td: 'td',
} as const;

function element_of(token: Token): HTMLElement {
  const kind = token.type.replace(/_open$/, '') as keyof typeof kElements;
  const tag = kElements[kind] ?? 'span';
  if (kind === 'heading') return h('p', { class: 'heading', dir: 'auto' });
  if (kind === 'ordered_list') return h('ol', { start: token.attrGet('start') });
  if (kind !== 'link') return h(tag, { dir: /^(p|li|blockquote|td|th)$/.test(tag) ? 'auto' : null });
  const href = String(token.attrGet('href') ?? '');
  return /^(https?|mailto|tel):/i.test(href)
    ? h('a', { class: 'said-link', href, target: '_blank', rel: 'noopener noreferrer nofollow' }) : h('span');
}

// The tokens as children of `root`.
function build(root: HTMLElement, tokens: Token[], q: string): HTMLElement {
  const open = [root];
  const put = (...children: Child[]) => open.at(-1)?.append(...children.flat(9) as (Node | string)[]);
  for (const token of tokens) {
    if (token.type === 'inline') build(open.at(-1) ?? root, token.children ?? [], q);
    else if (token.nesting === 1) {
      // In a list that is not spread out, paragraphs are hidden.
      const element = token.hidden ? open.at(-1) ?? root : element_of(token);
      if (!token.hidden) put(element);
      open.push(element);
    } else if (token.nesting === -1) open.pop();
    else if (token.type === 'text') put(open.some(({ localName }) => localName === 'a') ? token.content : said_parts(token.content, q));
    else if (token.type === 'softbreak' || token.type === 'hardbreak') put(h('br'));
    else if (token.type === 'code_inline') put(h('code', null, token.content));
    else if (token.type === 'fence' || token.type === 'code_block') put(h('pre', null, h('code', null, token.content)));
    else if (token.type === 'hr') put(h('hr'));
    else put(token.content);
  }
  return root;
}

// "- [x] done" as a check mark.
const checked = (source: string): string => source.replace(/^(\s*[-*+•]\s+)\[([ xX])\]\s/gm, (_, bullet: string, mark: string) => `${bullet}${mark === ' ' ? '☐' : '☑'} `);

export function markdown(source: string, q = ''): HTMLElement {
  const root = h('div', { class: 'prose', dir: 'auto' });
  if (source.length > kMostLetters) return h('div', { class: 'prose', dir: 'auto' }, h('p', { dir: 'auto' }, source));
  return build(root, reader.parse(checked(source.replace(/^(\s*)• /gm, '$1- ')), {}), q);
}

// A text of one line, such as the summary in one sentence.
export function markdown_line(source: string, q: string, name: string): HTMLElement {
  const root = h('p', { class: name, dir: 'auto' });
  if (source.length > kMostLetters) return h('p', { class: name, dir: 'auto' }, source);
  return build(root, reader.parseInline(source, {}), q);
}

// A piece of such a text in one line, without the signs of Markdown.
export const plain = (piece: string): string =>
  piece.replace(/\*\*|~~|(?<![\p{L}\p{N}])__|__(?![\p{L}\p{N}])/gu, '').replace(/(^|\s)(?:#{1,6}|[-*•])(?=\s)/g, '$1');
