// The question for an API token. Many requests may wait for the same answer.
import { h } from './dom.js';

let asked: Promise<string> | null = null;

// What the reader enters; never rejects. `refused`: the last one was not accepted.
export function ask_token(refused: boolean): Promise<string> {
  asked ??= show(refused).finally(() => { asked = null; });
  return asked;
}

function show(refused: boolean): Promise<string> {
  return new Promise((resolve) => {
    const input = h('input', {
      id: 'token', type: 'password', autocomplete: 'off', required: true, spellcheck: 'false',
      'aria-describedby': 'token-help',
    });
    const form = h('form', { method: 'dialog' },
      h('h2', { id: 'token-title' }, 'This archive requires a token'),
      refused && h('p', { class: 'error', role: 'alert' }, 'That token was not accepted.'),
      h('label', { for: 'token' }, 'API token'),
      input,
      h('p', { id: 'token-help', class: 'muted' },
        'It is stored for this tab only. The owner of the archive creates one with ', h('code', null, 'callarchive token new'), '.'),
      h('button', { class: 'primary' }, 'Continue'));
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'token-title' }, form);
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const value = input.value.trim();
      if (!value) return;
      dialog.remove();
      resolve(value);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
