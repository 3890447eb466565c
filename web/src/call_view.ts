// One call by itself, for links to it and for calls from no number.
import { get, path } from './api.js';
import { call_details } from './call.js';
import { avatar } from './conversations.js';
import { h, icon, said } from './dom.js';
import { duration, full } from './format.js';
import { other_party, party_title } from './party.js';
import { link } from './route.js';
import { call_title, chips } from './timeline_rows.js';
import type { View } from './shell.js';
import type { Call } from './records.js';

export async function show_call({ main, signal, parameters, describe }: View, id: string): Promise<void> {
  const url = path(['calls', id]);
  const call = await get<Call>(url, signal);
  const party = other_party(call);
  const title = party_title(party);
  describe(`Call with ${title}`, url);
  const details = call_details(call);
  main.replaceChildren(
    h('header', { class: 'view-head' },
      h('a', { class: 'tool back', href: '#/', 'aria-label': 'Back to conversations' }, icon('back')),
      avatar(party.name, party.number),
      h('div', { class: 'view-title' },
        h('h1', null, h('bdi', null, title)),
        h('p', { class: 'muted' }, [call_title(call), call.started_at && full(call.started_at),
          call.duration_seconds && duration(call.duration_seconds)].filter(Boolean).join(' · '))),
      party.number && h('a', {
        class: 'tool wide', href: link(['numbers', party.number], { item: `call:${call.id}` }),
      }, 'In conversation')),
    h('div', { class: 'page card-page' }, h('h2', { class: 'unseen' }, 'The call'),
      call.one_sentence_summary && said(call.one_sentence_summary, 'p', 'lead'), chips(call), details.element));
  const line = parameters.get('line');
  if (line !== null) await details.show_line(Number(line));
}
