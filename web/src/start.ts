// The first view: whom the office should call back, beside the list of conversations.
import { Callbacks } from './callbacks.js';
import { h } from './dom.js';
import { t } from './i18n.js';
import { empty } from './notice.js';
import { saved_list } from './saved.js';
import type { View } from './shell.js';

export async function show_start({ main, signal, describe }: View): Promise<void> {
  describe('', '/v1/calls', '/v1/messages');
  const callbacks = new Callbacks(signal);
  main.replaceChildren(h('div', { class: 'page start' }, callbacks.element, saved_list() ?? '',
    empty(t('Choose a conversation'), t('Or press / to search everything that was said and written.'))));
  await callbacks.fill();
}
