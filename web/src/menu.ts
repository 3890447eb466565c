// A button that opens a small sheet below it. A click elsewhere and Escape close it.
import { h, type Child } from './dom.js';

export function menu(title: string, ...content: Child[]): HTMLDetailsElement {
  const element = h('details', { class: 'menu' },
    h('summary', { class: 'tool wide' }, title), h('div', { class: 'menu-items' }, content));
  const close = (event: Event) => { if (!element.contains(event.target as Node)) element.open = false; };
  element.addEventListener('toggle', () => {
    if (element.open) addEventListener('click', close, true);
    else removeEventListener('click', close, true);
  });
  // What was chosen closes it.
  element.addEventListener('click', (event) => { if ((event.target as Element).closest('.menu-item')) element.open = false; });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !element.open) return;
    element.open = false;
    element.querySelector('summary')?.focus();
    event.stopPropagation();
  });
  return element;
}
