// The address book: everybody, and one of them with the history of changes.
import { get, path } from './api.js';
import { facts } from './call.js';
import { avatar } from './conversations.js';
import { h, icon } from './dom.js';
import { download_menu } from './download.js';
import { full, words } from './format.js';
import { endless } from './list.js';
import { empty } from './notice.js';
import { contact_name, number_title } from './party.js';
import { go_instead, link } from './route.js';
import type { View } from './shell.js';
import type { Contact, ContactVersion, List } from './records.js';

const kTyping = 150;

const contact_downloads = [
  { label: 'vCard', segments: ['export', 'contacts'], parameters: { format: 'vcard' } },
  { label: 'CSV', segments: ['export', 'contacts'], parameters: { format: 'csv' } },
  { label: 'NDJSON', segments: ['export', 'contacts'], parameters: { format: 'ndjson' } },
];

// What they do, and where, unless their name says that.
const role = (contact: Contact): string =>
  [contact.job_title, contact.company !== contact_name(contact) && contact.company].filter(Boolean).join(' · ');

function contact_row(contact: Contact): HTMLElement {
  const name = contact_name(contact);
  return h('li', { class: 'row conversation', tabindex: '-1' },
    h('a', { class: 'open', href: link(['contacts', contact.id]) },
      avatar(name, contact.numbers[0] ?? contact.id),
      h('span', { class: 'who' }, h('bdi', null, name || contact.id)),
      h('span', { class: 'last' }, h('bdi', null, role(contact) || contact.emails[0] || '')),
      h('span', { class: 'counts' }, contact.numbers[0] ? number_title(contact.numbers[0]) : null)));
}

export async function show_contacts({ main, signal, parameters, describe }: View): Promise<void> {
  const name = parameters.get('name') ?? '';
  const query = { name, limit: '100' };
  describe('Contacts', path(['contacts'], query));
  const read = (cursor?: string) => get<List<Contact>>(path(['contacts'], { ...query, cursor }), signal);
  let { data, page } = await read();
  const list = h('ol', { class: 'rows' }, data.map(contact_row));
  // The field that is being typed in outlives the list below it.
  const known = main.querySelector('.contacts-list');
  const place = known ?? h('div', { class: 'contacts-list' });
  place.replaceChildren(list);
  if (!data.length) {
    place.append(name ? empty('No contact has this name') : empty('No contacts yet', 'They appear when the vendor sends one.'));
  }
  if (!known) {
    const input = h('input', {
      type: 'search', value: name, placeholder: 'Name', 'aria-label': 'Filter by name', autocomplete: 'off', dir: 'auto',
    });
    let timer: ReturnType<typeof setTimeout>;
    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => go_instead(link(['contacts'], { name: input.value.trim() })), kTyping);
    });
    main.replaceChildren(h('div', { class: 'page' },
      h('header', { class: 'page-head' }, h('h1', null, 'Contacts'), input, download_menu(contact_downloads)), place));
  }
  endless(list, signal, async () => {
    if (!page.next_cursor) return false;
    ({ data, page } = await read(page.next_cursor));
    list.append(...data.map(contact_row));
    return page.has_more;
  });
}

// The fields in which two states differ, as [name, before, after].
function changes(before: Contact | null, after: Contact): [string, string, string][] {
  const flat = (contact: Contact | null): Map<string, string> => new Map(contact ? [
    ['Name', contact.name ?? ''], ['Last name', contact.last_name ?? ''], ['Company', contact.company ?? ''],
    ['Job title', contact.job_title ?? ''], ['E-mail', contact.emails.join(', ')], ['Numbers', contact.numbers.join(', ')],
    ...Object.entries(contact.properties).map(([key, value]): [string, string] =>
      [words(key), typeof value === 'string' ? value : JSON.stringify(value)]),
  ] : []);
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name): [string, string, string] => [name, old.get(name) ?? '', now.get(name) ?? ''])
    .filter(([, a, b]) => a !== b);
}

function version_row(version: ContactVersion, before: Contact | null): HTMLElement {
  return h('li', null,
    h('h3', null, h('time', { datetime: version.at }, full(version.at)),
      before ? null : h('span', { class: 'muted' }, ' · first seen')),
    h('dl', { class: 'facts' }, changes(before, version.contact).map(([name, old, now]) => [
      h('dt', { dir: 'auto' }, name),
      h('dd', null, old && h('del', { dir: 'auto' }, old), old && now ? ' ' : null, now && h('ins', { dir: 'auto' }, now)),
    ])));
}

export async function show_contact({ main, signal, describe }: View, id: string): Promise<void> {
  const url = path(['contacts', id]);
  const versions_url = path(['contacts', id, 'versions'], { limit: '500' });
  const [contact, versions] = await Promise.all([
    get<Contact>(url, signal), get<List<ContactVersion>>(versions_url, signal),
  ]);
  const name = contact_name(contact) || contact.id;
  describe(name, url);
  // What the oldest one of a cut list changed cannot be told.
  const shown = versions.page.has_more ? versions.data.slice(0, -1) : versions.data;
  main.replaceChildren(
    h('header', { class: 'view-head' },
      h('a', { class: 'tool back', href: '#/contacts', 'aria-label': 'Back to contacts' }, icon('back')),
      avatar(contact_name(contact), contact.numbers[0] ?? contact.id),
      h('div', { class: 'view-title' },
        h('h1', null, h('bdi', null, name)),
        h('p', { class: 'muted', dir: 'auto' }, role(contact)))),
    h('div', { class: 'page card-page' },
      h('section', null, h('h2', null, 'Conversations'),
        contact.numbers.length
          ? h('ul', { class: 'plain rows' }, contact.numbers.map((number) => h('li', { class: 'row', tabindex: '-1' },
            h('a', { class: 'open', href: link(['numbers', number]) }, number_title(number)))))
          : h('p', { class: 'muted' }, 'This contact has no number.')),
      h('section', null, h('h2', null, 'Details'), facts([
        ['E-mail', contact.emails.join(', ')],
        ...Object.entries(contact.properties).map(([key, value]): [string, unknown] => [words(key), value]),
        ['First seen', full(contact.created_at)], ['Last change', full(contact.updated_at)],
      ])),
      h('section', null, h('h2', null, 'History'),
        h('ol', { class: 'plain versions' }, shown.map((version, i) =>
          version_row(version, versions.data[i + 1]?.contact ?? null))),
        versions.page.has_more ? h('p', { class: 'muted' }, 'Older changes are not shown.') : null)));
}
