// From one hit of a search to the one before and after it, while it is read.
import { h, icon } from './dom.js';
import { results_of } from './find.js';
import { t } from './i18n.js';
import { go } from './route.js';

export function hits_nav(from: string, key: string, signal: AbortSignal): HTMLElement {
  const step = (by: 1 | -1, label: string, name: 'back' | 'next') => {
    const button = h('button', { class: 'tool', 'aria-label': label, title: label, 'data-step': by, onclick: async () => {
      button.disabled = true;
      const to = await results_of(from).beside(key, by).catch(() => null);
      if (signal.aborted) return;
      results_of(from).focus = key;
      if (to) go(to);
      else button.title = by > 0 ? t('This is the last hit') : t('This is the first hit');
    } }, icon(name));
    return button;
  };
  return h('div', { class: 'hits-nav', role: 'group', 'aria-label': t('Hits of the search') },
    step(-1, t('Previous hit'), 'back'), step(1, t('Next hit'), 'next'));
}
