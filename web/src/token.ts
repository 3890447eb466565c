// The dialog that asks for an API token. Many requests may wait for the same answer.
import { h } from './dom.js';
import { t } from './i18n.js';

// `remember`: beyond this tab.
export interface Entered { value: string; remember: boolean }

let asked: Promise<Entered> | null = null;

// What the reader enters; never rejects. `refused`: the last one was not accepted.
export function ask_token(refused: boolean): Promise<Entered> {
  asked ??= show(refused).finally(() => { asked = null; });
  return asked;
}

function show(refused: boolean): Promise<Entered> {
  return new Promise((resolve) => {
    const input = h('input', {
      id: 'token', type: 'password', autocomplete: 'off', required: true, spellcheck: 'false',
      'aria-describedby': 'token-help',
    });
    const remember = h('input', { type: 'checkbox' });
    const form = h('form', { method: 'dialog' },
      h('h2', { id: 'token-title' }, t('This archive requires a token')),
      refused && h('p', { class: 'error', role: 'alert' }, t('That token was not accepted.')),
      h('label', { for: 'token' }, t('API token')),
      input,
      h('p', { id: 'token-help', class: 'muted' },
        t('It is stored for this tab only, unless you want otherwise. The owner of the archive creates one with'), ' ',
        h('code', null, 'callarchive token new'), '.'),
      h('label', { class: 'check' }, remember, ' ', t('Remember it in this browser, until I sign out')),
      h('button', { class: 'primary' }, t('Continue')));
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'token-title' }, form);
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const value = input.value.trim();
      if (!value) return;
      dialog.remove();
      resolve({ value, remember: remember.checked });
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
