// The field that chooses the line to look at, where there are several.
import { h } from './dom.js';
import { t } from './i18n.js';
import { choose_line, chosen_line } from './line_names.js';
import { own_lines } from './lines.js';
import { number_key, party_title } from './party.js';

// Hidden until it is known that there is something to choose.
export function line_choice(): HTMLSelectElement {
  const input = h('select', { class: 'line-choice', 'aria-label': t('Line'), onchange: () => choose_line(input.value || null) });
  input.hidden = true;
  void own_lines().then((lines) => {
    const chosen = chosen_line();
    // A line that is chosen and not known (any more) can still be left.
    const known = chosen && lines.has(number_key(chosen));
    const numbers = [...lines.values(), ...(chosen && !known ? [{ number: chosen, name: null }] : [])];
    input.hidden = numbers.length < 2 && !chosen;
    input.replaceChildren(h('option', { value: '' }, t('All lines')),
      ...numbers.map((line) => h('option', { value: line.number ?? '' }, party_title(line))));
    input.value = known ? lines.get(number_key(chosen))?.number ?? '' : chosen ?? '';
  }, () => {});
  return input;
}
