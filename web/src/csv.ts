// What the page counted, as a file for a spreadsheet.
import { h } from './dom.js';
import { save_file } from './download.js';
import { t } from './i18n.js';

type Cell = string | number;

// A text that a spreadsheet would take for a formula gets an apostrophe, as in the exports of the server.
function cell(value: Cell): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csv_of = (rows: Cell[][]): string => rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');

export const csv_button = (name: string, rows: () => Cell[][]): HTMLElement =>
  h('button', { class: 'tool wide', title: t('Save as CSV'), onclick: () => save_file(`callarchive-${name}.csv`, csv_of(rows()), 'text/csv') },
    h('span', { class: 'unseen' }, t('Save as CSV')), h('span', { 'aria-hidden': 'true' }, 'CSV'));
