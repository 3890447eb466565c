// What a view shows while a slow server thinks: that something is coming, and roughly its shape.
import { h } from './dom.js';
import { t } from './i18n.js';

const kPatience = 250;  // milliseconds in which nothing is shown, so that quick answers do not flicker

export function skeleton(place: HTMLElement, signal: AbortSignal): { end: () => void } {
  let element: HTMLElement | null = null;
  let status: HTMLElement | null = null;
  const timer = setTimeout(() => {
    if (signal.aborted) return;
    if (place.firstElementChild) {
      place.classList.add('slow');
      return;
    }
    status = h('p', { class: 'unseen', role: 'status' }, t('Loading…'));
    element = h('div', { class: 'skeleton', 'aria-hidden': 'true' }, Array.from({ length: 6 }, () => h('div')));
    place.append(status, element);
  }, kPatience);
  const end = () => {
    clearTimeout(timer);
    place.classList.remove('slow');
    element?.remove();
    status?.remove();
  };
  signal.addEventListener('abort', end);
  return { end };
}
