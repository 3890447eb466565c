// To a date of a timeline: typed or picked, or one of the months in which something was.
import { get, path } from './api.js';
import { h } from './dom.js';
import { date_format, plural } from './format.js';
import { t } from './i18n.js';
import { menu } from './menu.js';
import { show_error } from './notice.js';
import { instant, is_date, kZone } from './zone.js';
import type { Stats } from './records.js';

export function jump_menu(numbers: string[], to: (at: number) => void): HTMLElement {
  const month_text = date_format({ month: 'long', year: 'numeric' });
  const input = h('input', { type: 'date', min: '1970-01-01' });
  const months = h('ul', { class: 'months plain' });
  const close = () => { element.open = false; };
  const form = h('form', { class: 'jump' }, h('label', null, t('Go to a day'), input), h('button', { class: 'primary' }, t('Go')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!is_date(input.value)) return;
    close();
    to(instant(input.value).getTime());
  });
  const fill = async () => {
    const { data } = await get<Stats>(path(['stats'], { by: 'month', tz: kZone, number: numbers }));
    months.replaceChildren(...data.reverse().map(({ from, calls, messages }) => h('li', null,
      h('button', { class: 'menu-item', onclick: () => { close(); to(Date.parse(from ?? '')); } },
        month_text.format(new Date(from ?? '')), h('span', { class: 'muted' }, ` · ${plural(calls + messages, 'item')}`)))));
  };
  const element = menu(t('Date'), form, months);
  const open = () => void fill().catch((error) => show_error(months, error, open));
  element.addEventListener('toggle', () => { if (element.open && !months.firstElementChild) open(); });
  return element;
}
