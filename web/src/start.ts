// The first view: whom the office should call back, beside the list of conversations.
import { h } from './dom.js';
import { t } from './i18n.js';
import { empty } from './notice.js';
import type { View } from './shell.js';

export async function show_start({ main, describe }: View): Promise<void> {
  describe('', '/v1/calls', '/v1/messages');
  main.replaceChildren(h('h1', { class: 'unseen' }, t('Conversations')),
    empty(t('Choose a conversation'), t('Or press / to search everything that was said and written.')));
}
