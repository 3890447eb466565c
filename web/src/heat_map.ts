// Calls and messages by weekday and hour, Monday first; each cell leads to what it counts.
import { h } from './dom.js';
import { count } from './format.js';
import { hour_of_week_text, hour_text, weekday_text } from './hour_of_week.js';
import { t } from './i18n.js';
import { chosen_line } from './line_names.js';
import { link } from './route.js';
import { parts } from './zone.js';
import type { Stats } from './records.js';

const kLevels = 6;
const kFirst = 9;  // the hour that is gone to first
const kSteps: Record<string, [number, number]> = {
  ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
};

// `data` holds the hours of the stretch.
export function heat_map({ data }: Stats, stretch: { since: string; until: string | undefined }): HTMLElement {
  const counts = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const row of data) {
    const { weekday, hour } = parts(new Date(row.from ?? ''));
    const day = counts[weekday];
    if (day) day[hour] = (day[hour] ?? 0) + row.calls + row.messages;
  }
  const most = Math.max(1, ...counts.flat());
  const cells = counts.map((day, weekday) => day.map((n, hour) => h('a', {
    href: link(['find'], { number: chosen_line(), ...stretch, weekday, hour }), tabindex: '-1', title: `${hour_of_week_text({ weekday, hour })}: ${count(n)}`,
    class: `heat-${n ? Math.max(1, Math.round((kLevels * n) / most)) : 0}`,
  }, h('span', { class: 'unseen' }, count(n)))));
  // One stop for Tab; the arrows go on from there.
  cells[0]?.[kFirst]?.setAttribute('tabindex', '0');
  const body = h('tbody', { onkeydown: (event) => step(cells, event as KeyboardEvent) }, cells.map((day, weekday) =>
    h('tr', null, h('th', { scope: 'row' }, weekday_text(weekday, 'short')), day.map((cell) => h('td', null, cell)))));
  const place = h('div', { class: 'scroll-x', role: 'region', 'aria-label': t('Counts by weekday and hour') },
    h('table', { class: 'heat' },
      h('thead', null, h('tr', null, h('td', null), Array.from({ length: 24 }, (_, hour) =>
        h('th', { scope: 'col' }, hour % 3 ? h('span', { class: 'unseen' }, hour_text(hour)) : hour_text(hour))))),
      body));
  // Where not all hours fit, those of the day are in sight first.
  requestAnimationFrame(() => { place.scrollLeft = cells[0]?.[kFirst - 1]?.parentElement?.offsetLeft ?? 0; });
  return place;
}

// Moves the focus to the next cell in the direction of the arrow, if there is one.
function step(cells: HTMLElement[][], event: KeyboardEvent): void {
  const by = kSteps[event.key];
  const row = cells.findIndex((day) => day.includes(event.target as HTMLElement));
  const next = by && cells[row + by[0]]?.[(cells[row]?.indexOf(event.target as HTMLElement) ?? 0) + by[1]];
  if (!next) return;
  event.preventDefault();
  (event.target as HTMLElement).setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
}
