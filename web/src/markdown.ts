// The little Markdown that summaries are written in: headings, lists, paragraphs, bold, italic, code. Everything else,
// links and HTML among it, stays the text that it is.
import { h, type Child } from './dom.js';

function inline(text: string): Child[] {
  const parts: Child[] = [];
  let at = 0;
  for (const match of text.matchAll(/\*\*(.+?)\*\*|__(.+?)__|\*(\S(?:.*?\S)?)\*|`([^`]+)`/g)) {
    parts.push(text.slice(at, match.index));
    const [whole, bold, bold_too, italic, code] = match;
    if (bold ?? bold_too) parts.push(h('strong', null, bold ?? bold_too));
    else if (italic) parts.push(h('em', null, italic));
    else parts.push(h('code', null, code));
    at = match.index + whole.length;
  }
  parts.push(text.slice(at));
  return parts;
}

// A piece of such a text in one line, without the signs of Markdown.
export const plain = (piece: string): string =>
  piece.replace(/\*\*|__/g, '').replace(/(^|\s)(?:#{1,6}|[-*•])(?=\s)/g, '$1');

export function markdown(source: string): HTMLElement {
  const root = h('div', { class: 'prose', dir: 'auto' });
  let paragraph: string[] = [];
  let list = null as HTMLElement | null;
  const end_paragraph = () => {
    if (paragraph.length) root.append(h('p', { dir: 'auto' }, inline(paragraph.join('\n'))));
    paragraph = [];
  };
  for (const line of source.split(/\r?\n/)) {
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const bullet = /^\s*[-*•]\s+(.*)$/.exec(line);
    const numbered = /^\s*\d+[.)]\s+(.*)$/.exec(line);
    const item = bullet ?? numbered;
    if (heading || item || !line.trim()) end_paragraph();
    if (item) {
      const tag = bullet ? 'ul' : 'ol';
      if (list?.localName !== tag) {
        list = h(tag);
        root.append(list);
      }
      list.append(h('li', { dir: 'auto' }, inline(item[1] ?? '')));
      continue;
    }
    if (heading) root.append(h('p', { dir: 'auto', class: 'heading' }, inline(heading[1] ?? '')));
    else if (line.trim()) paragraph.push(line);
    if (line.trim()) list = null;
  }
  end_paragraph();
  return root;
}
