// One call or message by itself, for links to it and for what has no number.
import { get, path } from './api.js';
import { avatar } from './avatar.js';
import { call_details, facts } from './call.js';
import { on_changes } from './changes.js';
import { h, icon } from './dom.js';
import { document_buttons, of_call } from './document.js';
import { download_menu } from './download.js';
import { duration, full, phone } from './format.js';
import { hits_nav } from './hits_nav.js';
import { t } from './i18n.js';
import { markdown_line } from './markdown.js';
import { name_now, who, with_name } from './names.js';
import { other_party, own_party, party_title, user_name, type Party } from './party.js';
import { link } from './route.js';
import { said_text } from './said.js';
import { saved_menu } from './saved.js';
import { call_title, chips, message_title, without_text } from './timeline_rows.js';
import type { View } from './shell.js';
import type { Call, Message } from './records.js';

function head_of(party: Party, from: string | null, key: string, signal: AbortSignal, facts_of: (string | null)[], ...tools: (Node | null)[]): HTMLElement {
  const mark = h('span');
  with_name(party, ({ name, number }) => mark.replaceChildren(avatar(name, number)));
  return h('header', { class: 'view-head' },
    h('a', {
      class: 'tool back shown', href: from === null ? '#/' : `#/find?${from}`,
      'aria-label': from === null ? t('Back to conversations') : t('Back to the search'),
    }, icon('back')),
    mark,
    h('div', { class: 'view-title' },
      h('h1', { tabindex: '-1' }, who(party)),
      h('p', { class: 'muted' }, facts_of.filter(Boolean).join(' · '))),
    h('div', { class: 'view-tools' }, from !== null ? hits_nav(from, key, signal) : null, tools,
      saved_menu([party_title({ ...party, name: name_now(party) }), facts_of[1]].filter(Boolean).join(', ')),
      party.number && h('a', { class: 'tool wide', href: link(['numbers', party.number], { item: key, from }) }, t('In conversation'))));
}

// Shows the thing anew when it changes, where the reader is.
function renew(view: View, kind: string, id: string, again: (view: View) => Promise<void>): void {
  const leave = new AbortController();
  view.signal.addEventListener('abort', () => leave.abort());
  on_changes((changes, whole) => {
    if (!whole && !changes.some((one) => one.kind === kind && one.id === id)) return;
    leave.abort();
    const { scrollTop } = view.main;
    const parameters = new URLSearchParams(view.parameters);
    parameters.delete('line');
    void again({ ...view, parameters }).then(() => { view.main.scrollTop = scrollTop; }, () => {});
  }, leave.signal);
}

export async function show_call(view: View, id: string): Promise<void> {
  const { main, signal, parameters, describe } = view;
  const url = path(['calls', id]);
  const call = await get<Call>(url, signal);
  const party = other_party(call);
  const from = parameters.get('from');
  with_name(party, (now) => { if (!signal.aborted) describe(t('Call with {name}', { name: party_title(now) }), url); });
  const q = new URLSearchParams(from ?? '').get('q') ?? '';
  const details = call_details(call, q);
  main.replaceChildren(
    head_of(party, from, `call:${call.id}`, signal,
      [call_title(call), call.started_at && full(call.started_at), call.duration_seconds ? duration(call.duration_seconds) : null],
      download_menu([], ...document_buttons(of_call(t('Call with {name}', { name: party_title(party) }), call)))),
    h('div', { class: 'page card-page' }, h('h2', { class: 'unseen' }, t('The call')),
      call.one_sentence_summary && markdown_line(call.one_sentence_summary, q, 'lead'), chips(call), details.element));
  renew(view, 'call', call.id, (again) => show_call(again, id));
  const line = parameters.get('line');
  if (line !== null) await details.show_line(Number(line));
}

export async function show_message(view: View, id: string): Promise<void> {
  const { main, signal, parameters, describe } = view;
  const url = path(['messages', id]);
  const message = await get<Message>(url, signal);
  const [party, own] = [other_party(message), own_party(message)];
  const from = parameters.get('from');
  describe(t('Message with {name}', { name: party_title(party) }), url);
  main.replaceChildren(
    head_of(party, from, `message:${message.id}`, signal, [message_title(message), message.sent_at && full(message.sent_at)]),
    h('div', { class: 'page card-page' },
      said_text(message.content ?? without_text(message), 'p', new URLSearchParams(from ?? '').get('q') ?? '', 'lead message-text'),
      h('section', null, h('h2', null, t('Details')), facts([
        [t('Line'), own.number && [own.name, phone(own.number)].filter(Boolean).join(' · ')],
        [t('User'), message.user_email && `${user_name(message.user_email)} · ${message.user_email}`],
        [t('Type'), message.type],
        [t('Id'), h('a', { class: 'code', href: link(['messages', message.id]) }, message.id)],
      ]))));
  renew(view, 'message', message.id, (again) => show_message(again, id));
}
