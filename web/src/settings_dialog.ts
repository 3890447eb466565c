// The settings of the page, and the way out of a token.
import { token } from './api.js';
import { h } from './dom.js';
import { t } from './i18n.js';
import { given_name, name_lines } from './line_names.js';
import { own_lines } from './lines.js';
import { number_title } from './party.js';
import { is_zone, save_settings, settings, show_theme, type Settings } from './settings.js';

const choice = (id: string, value: string, choices: [string, string][]): HTMLSelectElement => {
  const input = h('select', { id }, choices.map(([code, text]) => h('option', { value: code }, text)));
  input.value = value;
  return input;
};

export function show_settings(): void {
  const language = choice('settings-language', settings.language, [['', t('As the browser')], ['en', 'English'], ['fr', 'Français']]);
  const theme = choice('settings-theme', settings.theme, [['', t('As the system')], ['light', t('Light')], ['dark', t('Dark')]]);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = h('input', { id: 'settings-zone', value: settings.zone, placeholder: own, list: 'settings-zones', autocomplete: 'off', spellcheck: 'false' });
  const zones = h('datalist', { id: 'settings-zones' }, Intl.supportedValuesOf('timeZone').map((value) => h('option', { value })));
  const lines = h('div', { class: 'line-names' });
  const names = new Map<string, HTMLInputElement>();
  void own_lines().then((known) => {
    for (const [key, line] of known) {
      names.set(key, h('input', { id: `settings-line-${key}`, value: given_name(key), placeholder: line.name, maxlength: '100', dir: 'auto', autocomplete: 'off' }));
    }
    if (names.size) lines.append(h('h3', null, t('Names of own lines')), ...[...names].flatMap(([key, input]) => labelled(number_title(known.get(key)?.number ?? key), input)));
  }, () => {});
  const labelled = (text: string, input: HTMLElement) => [h('label', { for: input.id }, text), input];
  const form = h('form', { method: 'dialog' },
    h('h2', { id: 'settings-title' }, t('Settings')),
    labelled(t('Language'), language), labelled(t('Look'), theme), labelled(t('Time zone'), zone), zones, lines,
    h('p', { class: 'muted' }, t('They are stored in this browser only.')),
    h('button', { class: 'primary' }, t('Save')),
    token.get() ? h('button', { type: 'button', onclick: () => { token.forget(); location.reload(); } }, t('Sign out')) : null,
    h('button', { type: 'button', onclick: () => dialog.close() }, t('Close')));
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'settings-title' }, form);
  zone.addEventListener('input', () => zone.setCustomValidity(!zone.value || is_zone(zone.value) ? '' : t('There is no such time zone.')));
  form.addEventListener('submit', () => {
    const before = { ...settings };
    save_settings({ language: language.value, theme: theme.value, zone: zone.value.trim() } as Settings);
    show_theme();
    const has_names = name_lines(Object.fromEntries([...names].map(([key, input]) => [key, input.value])));
    // The words and times of the page are made once, when it is loaded.
    if (before.language !== settings.language || before.zone !== settings.zone || has_names) location.reload();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
