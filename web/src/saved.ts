// Searches, calls and places in conversations that the reader gave a name. The archive is only read by the page, so they are kept in this
// browser, and can be taken to another one as a file.
import { h, icon } from './dom.js';
import { save_file } from './download.js';
import { t } from './i18n.js';
import { menu } from './menu.js';
import { say } from './notice.js';

const kKey = 'callarchive.saved';
const kMost = 200;
const kLongest = 4000;  // letters of an address

interface Saved { name: string; address: string }

// What is no list of named addresses of this page is left out.
function valid(found: unknown): Saved[] {
  if (!Array.isArray(found)) return [];
  return (found as Partial<Saved>[]).filter((one): one is Saved => typeof one?.name === 'string' && one.name.trim() !== '' &&
    typeof one.address === 'string' && one.address.startsWith('#/') && one.address.length <= kLongest).slice(0, kMost);
}

function read(): Saved[] {
  try {
    return valid(JSON.parse(localStorage.getItem(kKey) ?? '[]'));
  } catch {
    return [];
  }
}

// Of one name the later address counts.
function write(all: Saved[]): Saved[] {
  const kept = [...new Map(all.map((one) => [one.name, one])).values()].slice(-kMost);
  if (kept.length) localStorage.setItem(kKey, JSON.stringify(kept));
  else localStorage.removeItem(kKey);
  return kept;
}

const export_file = (): void => save_file('callarchive-searches.json', JSON.stringify(read(), null, 1), 'application/json');

const link_to = (one: Saved): HTMLElement => h('a', { class: 'menu-item', href: one.address }, h('bdi', null, one.name));

// What was saved, for the start page; nothing if there is nothing.
export function saved_list(): HTMLElement | null {
  const all = read();
  return all.length ? h('section', { class: 'saved-list', 'aria-labelledby': 'saved-title' }, h('h2', { id: 'saved-title' }, t('Saved')),
    h('ul', { class: 'plain' }, all.map((one) => h('li', null, link_to(one))))) : null;
}

// The menu of what was saved; `suggested` is the name offered for the view on show, `of` says what that is.
export function saved_menu(suggested: string, of = t('Name of this bookmark')): HTMLElement {
  const list = h('ul', { class: 'plain saved' });
  const name = h('input', { type: 'text', value: suggested, maxlength: '100', 'aria-label': of, dir: 'auto' });
  const file = h('input', { type: 'file', accept: 'application/json,.json', hidden: true, 'aria-label': t('File of saved searches') });
  const draw = () => list.replaceChildren(...read().map((one) => h('li', null, link_to(one),
    h('button', { class: 'tool', 'aria-label': t('Remove {name}', { name: one.name }), onclick: () => {
      write(read().filter((other) => other.name !== one.name));
      draw();
    } }, icon('close')))));
  const form = h('form', { class: 'jump' }, name, h('button', { class: 'primary' }, t('Save')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!name.value.trim()) return;
    write([...read(), { name: name.value.trim(), address: location.hash }]);
    draw();
    say(t('Saved in this browser'));
  });
  file.addEventListener('change', async () => {
    const text = await file.files?.[0]?.text() ?? '';
    let found: Saved[] = [];
    try {
      found = valid(JSON.parse(text));
    } catch {
      // Told below.
    }
    if (found.length) write([...read(), ...found]);
    say(found.length ? t('{n} searches read', { n: found.length }) : t('There are no saved searches in this file.'));
    file.value = '';
    draw();
  });
  draw();
  return menu(t('Saved'), form, list,
    h('p', { class: 'muted note' }, t('Kept in this browser. The archive itself is only read.')),
    h('button', { class: 'menu-item', onclick: export_file }, t('Export to a file')),
    h('button', { class: 'menu-item', onclick: () => file.click() }, t('Import from a file')), file);
}
