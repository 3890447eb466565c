// Lines and colleagues beside each other: how many of the calls that came in nobody took, and how long the others were.
// It asks once for each of them, so it is filled when it is opened.
import { get, path } from './api.js';
import { csv_button } from './csv.js';
import { h } from './dom.js';
import { count, duration } from './format.js';
import { kLocale, t } from './i18n.js';
import { own_lines } from './lines.js';
import { show_error } from './notice.js';
import { party_title, user_name } from './party.js';
import { link } from './route.js';
import { asked, type Stretch } from './overview_range.js';
import { users } from './find_source.js';
import type { Stats } from './records.js';

const kMost = 12;  // lines, and colleagues

interface Side { title: string; filter: { number?: string; user_email?: string } }
interface Counted { side: Side; calls: number; missed: number; seconds: number }

const kRate = new Intl.NumberFormat(kLocale, { style: 'percent', maximumFractionDigits: 0 });
const is_unanswered = (result: string): boolean => /FAILED|CLOSED|MISSED|VOICEMAIL/.test(result);

async function count_side(side: Side, stretch: Stretch, signal: AbortSignal): Promise<Counted> {
  const { data } = await get<Stats>(path(['stats'], asked(stretch, { by: 'result', kind: 'call', direction: 'INBOUND', ...side.filter })), signal);
  const sum = (wanted: boolean, field: 'calls' | 'minutes') =>
    data.filter(({ key }) => is_unanswered(key ?? '') === wanted).reduce((all, row) => all + row[field], 0);
  const [missed, taken] = [sum(true, 'calls'), sum(false, 'calls')];
  return { side, calls: missed + taken, missed, seconds: taken ? Math.round((60 * sum(false, 'minutes')) / taken) : 0 };
}

function table(rows: Counted[], stretch: Stretch): HTMLElement {
  return h('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': t('Lines and colleagues') }, h('table', null,
    h('thead', null, h('tr', null, ['Who', 'Incoming calls', 'Not answered', 'Share', 'Mean length'].map((name) => h('th', { scope: 'col' }, t(name))))),
    h('tbody', null, rows.map(({ side, calls, missed, seconds }) => h('tr', null,
      h('th', { scope: 'row' }, h('a', { href: link(['find'], { kind: 'call', direction: 'INBOUND', ...side.filter, ...stretch }) }, h('bdi', null, side.title))),
      [count(calls), count(missed), calls ? kRate.format(missed / calls) : '–', seconds ? duration(seconds) : '–'].map((text) => h('td', null, text)))))));
}

export function sides_table(stretch: Stretch, signal: AbortSignal): HTMLElement {
  const place = h('div');
  const details = h('details', { class: 'as-table sides' }, h('summary', null, t('Lines and colleagues')), place);
  const fill = async (): Promise<void> => {
    try {
      const sides: Side[] = [
        ...[...(await own_lines()).values()].slice(0, kMost).map((line) => ({ title: party_title(line), filter: { number: line.number ?? '' } })),
        ...(await users()).slice(0, kMost).map((email) => ({ title: user_name(email), filter: { user_email: email } })),
      ];
      const rows: Counted[] = [];
      for (const side of sides) rows.push(await count_side(side, stretch, signal));
      place.replaceChildren(
        csv_button('lines-and-colleagues', () => [['who', 'incoming calls', 'not answered', 'mean seconds'],
          ...rows.map(({ side, calls, missed, seconds }) => [side.filter.number ?? side.filter.user_email ?? '', calls, missed, seconds])]),
        table(rows.filter(({ calls }) => calls), stretch));
    } catch (error) {
      if (!signal.aborted) show_error(place, error, () => void fill());
    }
  };
  details.addEventListener('toggle', () => void fill(), { once: true });
  return details;
}
