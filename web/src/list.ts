// A list that grows while it is scrolled.
import { h } from './dom.js';
import { show_error } from './notice.js';

// Fills `list` with more() whenever its end comes near; more() says whether there is still more.
// The returned function asks for more at once.
export function endless(list: HTMLElement, signal: AbortSignal, more: () => Promise<boolean>): () => Promise<void> {
  const end = h('div', { class: 'list-end', 'aria-hidden': 'true' });
  list.after(end);
  let busy = false;
  const fill = async () => {
    if (busy || signal.aborted) return;
    busy = true;
    list.setAttribute('aria-busy', 'true');
    try {
      if (await more()) {
        // Observing it again reports whether the end is still in sight.
        observer.unobserve(end);
        observer.observe(end);
      } else {
        observer.disconnect();
        end.remove();
      }
    } catch (error) {
      observer.disconnect();
      if (!signal.aborted) show_error(end, error, () => { observer.observe(end); });
    } finally {
      busy = false;
      list.removeAttribute('aria-busy');
    }
  };
  const observer = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) void fill();
  }, { rootMargin: '600px' });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    end.remove();
  });
  observer.observe(end);
  return fill;
}
