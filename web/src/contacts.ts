// The address book: everybody, and one of them with the history of changes.
import { get, path, Problem } from './api.js';
import { facts } from './call.js';
import { avatar } from './avatar.js';
import { on_changes } from './changes.js';
import { h, icon } from './dom.js';
import { download_menu } from './download.js';
import { full, words } from './format.js';
import { t } from './i18n.js';
import { endless } from './list.js';
import { look_up } from './names.js';
import { copy, empty } from './notice.js';
import { contact_name, number_title } from './party.js';
import { as_typed, has_word } from './query.js';
import { go_instead, link } from './route.js';
import { number_tools, said_text } from './said.js';
import type { View } from './shell.js';
import type { Contact, ContactVersion, List } from './records.js';

const kTyping = 150;  // milliseconds without a key before it is searched
const kPage = '100';

const contact_downloads = [
  { label: 'vCard', segments: ['export', 'contacts'], parameters: { format: 'vcard' } },
  { label: t('For a spreadsheet'), segments: ['export', 'contacts'], parameters: { format: 'csv', for: 'spreadsheet' } },
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
      h('span', { class: 'who' }, h('bdi', null, name || contact.id)), ' ',
      h('span', { class: 'last' }, h('bdi', null, role(contact) || contact.emails[0] || '')), ' ',
      h('span', { class: 'counts' }, contact.numbers[0] ? h('bdi', null, number_title(contact.numbers[0])) : null)));
}

// Contacts by a part of their name, first; then those whom the words name otherwise: by company, number or e-mail.
class Book {
  readonly url: string;
  private next: string | null;
  private others: string[] = [];
  private readonly seen = new Set<string>();

  constructor(typed: string, private readonly signal: AbortSignal) {
    const query = (more: Record<string, string>) => path(['contacts'], { ...more, limit: kPage });
    this.next = this.url = query(typed ? { name: typed } : {});
    if (!typed) return;
    this.others = [query({ company: typed })];
    if (has_word(typed)) this.others.push(query({ q: as_typed(typed) }));
    if (typed.includes('@')) this.others.push(query({ email: typed }));
    if (/^\+?[\d\s().-]{3,}$/.test(typed)) this.others.push(query({ number: typed }));
  }

  // The next contacts; null at the end.
  async read(): Promise<Contact[] | null> {
    while (this.next || this.others.length) {
      const url = this.next ?? this.others.shift() ?? '';
      const is_first = this.next !== null;
      // What is no name may be a number all the same.
      const { data, page } = await get<List<Contact>>(url, this.signal).catch((error) => {
        if (this.signal.aborted || !(error instanceof Problem) || error.status !== 400) throw error;
        return { data: [], page: { next_cursor: null, has_more: false } };
      });
      if (is_first) {
        const query = new URLSearchParams(url.split('?')[1]);
        query.set('cursor', page.next_cursor ?? '');
        this.next = page.next_cursor && path(['contacts'], Object.fromEntries(query));
      }
      const fresh = data.filter(({ id }) => !this.seen.has(id));
      for (const { id } of fresh) this.seen.add(id);
      if (fresh.length) return fresh;
    }
    return null;
  }
}

export async function show_contacts({ main, signal, parameters, describe }: View): Promise<void> {
  const name = parameters.get('name') ?? '';
  const list = h('ol', { class: 'rows' });
  // The field that is being typed in outlives the list below it.
  const known = main.querySelector('.contacts-list');
  const place = known ?? h('div', { class: 'contacts-list' });
  const fill = async (): Promise<Book> => {
    const book = new Book(name, signal);
    list.replaceChildren(...(await book.read() ?? []).map(contact_row));
    return book;
  };
  let book = await fill();
  describe(t('Contacts'), book.url);
  const show_empty = () => {
    place.querySelector('.empty')?.remove();
    if (list.firstElementChild) return;
    place.append(name ? empty(t('No contact is found by this'), t('Names, companies, numbers and e-mail addresses are searched.'))
      : empty(t('No contacts yet'), t('They appear when the vendor sends one.')));
  };
  place.replaceChildren(list);
  show_empty();
  if (!known) {
    const input = h('input', {
      type: 'search', value: name, placeholder: t('Name, company, number, e-mail'), 'aria-label': t('Filter contacts'), autocomplete: 'off', dir: 'auto',
    });
    let timer: ReturnType<typeof setTimeout>;
    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => go_instead(link(['contacts'], { name: input.value.trim() })), kTyping);
    });
    main.replaceChildren(h('div', { class: 'page' },
      h('header', { class: 'page-head' }, h('h1', { tabindex: '-1' }, t('Contacts')), input, download_menu(contact_downloads)), place));
  }
  on_changes((changes, whole) => {
    if (!whole && !changes.some(({ kind }) => kind === 'contact')) return;
    const { scrollTop } = main;
    const rows = list.childElementCount;
    void fill().then(async (fresh) => {
      while (list.childElementCount < rows) {
        const more = await fresh.read();
        if (!more) break;
        list.append(...more.map(contact_row));
      }
      book = fresh;
      show_empty();
      main.scrollTop = scrollTop;
    }).catch(() => {});
  }, signal);
  endless(list, signal, async () => {
    const more = await book.read();
    list.append(...(more ?? []).map(contact_row));
    return more !== null;
  });
}

// The fields in which two states differ, as [name, before, after].
function changes(before: Contact | null, after: Contact): [string, string, string][] {
  const flat = (contact: Contact | null): Map<string, string> => new Map(contact ? [
    [t('Name'), contact.name ?? ''], [t('Last name'), contact.last_name ?? ''], [t('Company'), contact.company ?? ''],
    [t('Job title'), contact.job_title ?? ''], [t('E-mail'), contact.emails.join(', ')], [t('Numbers'), contact.numbers.join(', ')],
    ...Object.entries(contact.properties).map(([key, value]): [string, string] =>
      [words(key), typeof value === 'string' ? value : JSON.stringify(value)]),
  ] : []);
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name): [string, string, string] => [name, old.get(name) ?? '', now.get(name) ?? ''])
    .filter(([, a, b]) => a !== b);
}

// A number as the archive writes it, whatever its spelling in the address book.
function number_link(number: string): HTMLElement {
  const text = h('bdi', null, number_title(number));
  const anchor = h('a', { class: 'open', href: link(['numbers', number]) }, text);
  void look_up(number).then((found) => {
    if (!found) return;
    text.textContent = number_title(found.number);
    anchor.setAttribute('href', link(['numbers', found.number]));
  });
  return anchor;
}

function version_row(version: ContactVersion, before: Contact | null): HTMLElement {
  return h('li', null,
    h('h3', null, h('time', { datetime: version.at }, full(version.at)),
      before ? null : h('span', { class: 'muted' }, ` · ${t('first seen')}`)),
    h('dl', { class: 'facts' }, changes(before, version.contact).map(([name, old, now]) => [
      h('dt', { dir: 'auto' }, name),
      h('dd', null, old && h('del', { dir: 'auto' }, old), old && now ? ' ' : null, now && h('ins', { dir: 'auto' }, now)),
    ])));
}

export async function show_contact(view: View, id: string): Promise<void> {
  const { main, signal, parameters, describe } = view;
  const from = parameters.get('from');
  const url = path(['contacts', id]);
  const versions_url = path(['contacts', id, 'versions'], { limit: '500' });
  const [contact, versions] = await Promise.all([
    get<Contact>(url, signal), get<List<ContactVersion>>(versions_url, signal),
  ]);
  const name = contact_name(contact) || contact.id;
  describe(name, url);
  // What the oldest state of a cut list changed is not known.
  const shown = versions.page.has_more ? versions.data.slice(0, -1) : versions.data;
  main.replaceChildren(
    h('header', { class: 'view-head' },
      h('a', {
        class: 'tool back shown', href: from === null ? '#/contacts' : `#/find?${from}`,
        'aria-label': from === null ? t('Back to contacts') : t('Back to the search'),
      }, icon('back')),
      avatar(contact_name(contact), contact.numbers[0] ?? contact.id),
      h('div', { class: 'view-title' },
        h('h1', { tabindex: '-1' }, h('bdi', null, name)),
        h('p', { class: 'muted', dir: 'auto' }, role(contact)))),
    h('div', { class: 'page card-page' },
      h('section', null, h('h2', null, t('Conversations')),
        contact.numbers.length
          ? h('ul', { class: 'plain rows' },
            h('li', { class: 'row', tabindex: '-1' }, h('a', { class: 'open', href: link(['people', contact.id]) },
              contact.numbers.length > 1 ? t('Everything, over all numbers') : t('Everything with this contact'))),
            contact.numbers.map((number) => h('li', { class: 'row', tabindex: '-1' },
              number_link(number), ' ', number_tools(number, copy))))
          : h('p', { class: 'muted' }, t('This contact has no number.'))),
      h('section', null, h('h2', null, t('Details')), facts([
        [t('E-mail'), contact.emails.length ? said_text(contact.emails.join(', '), 'span') : null],
        ...Object.entries(contact.properties).map(([key, value]): [string, unknown] => [words(key), value]),
        [t('First seen'), full(contact.created_at)], [t('Last change'), full(contact.updated_at)],
      ])),
      h('section', null, h('h2', null, t('History')),
        h('ol', { class: 'plain versions' }, shown.map((version, i) =>
          version_row(version, versions.data[i + 1]?.contact ?? null))),
        versions.page.has_more ? h('p', { class: 'muted' }, t('Older changes are not shown.')) : null)));
  const leave = new AbortController();
  signal.addEventListener('abort', () => leave.abort());
  on_changes((changes, whole) => {
    if (!whole && !changes.some((change) => change.kind === 'contact' && change.id === contact.id)) return;
    leave.abort();
    void show_contact(view, id).catch(() => {});
  }, leave.signal);
}
