// Bars over time, incoming stacked on outgoing. Loaded only by the overview.
import uPlot from 'uplot';
import { compact, date_format } from './format.js';
import { t } from './i18n.js';
import { bucket_title, type Bucket } from './overview_range.js';
import { go } from './route.js';
import { on_theme } from './settings.js';
import { kZone, parts } from './zone.js';
import type { StatsRow } from './records.js';

const kHeight = 170;

export interface Plot {
  place: HTMLElement;
  readout: HTMLElement;  // describes the bar that is pointed at
  bucket: Bucket;
  field: 'calls' | 'messages' | 'minutes';
  rows: StatsRow[];  // per bucket and direction
  signal: AbortSignal;  // aborted when the plot is no longer shown
  text: (n: number) => string;
  open: (from: string, until: string) => string;  // where a click on a bar leads
}

interface Bar { from: string; to: string; all: number; incoming: number; outgoing: number }

// One bar per bucket, in the order of time.
function bars_of({ rows, field }: Plot): Bar[] {
  const bars = new Map<string, Bar>();
  for (const row of rows) {
    const from = row.from ?? '';
    const bar = bars.get(from) ?? { from, to: row.to ?? from, all: 0, incoming: 0, outgoing: 0 };
    bars.set(from, bar);
    bar.all += row[field];
    if (row.key === 'INBOUND') bar.incoming += row[field];
    if (row.key === 'OUTBOUND') bar.outgoing += row[field];
  }
  return [...bars.values()];
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const kDay = 86_400;
const kTicks = {
  year: date_format({ year: 'numeric' }),
  month: date_format({ month: 'short' }),
  day: date_format({ day: 'numeric', month: 'short' }),
  hour: date_format({ hour: 'numeric' }),
};

// The shortest text for a tick where ticks are `step` seconds apart.
function tick(seconds: number, step: number): string {
  const at = new Date(seconds * 1000);
  if (step >= 28 * kDay) return (parts(at).month > 1 ? kTicks.month : kTicks.year).format(at);
  return (step >= kDay || !parts(at).hour ? kTicks.day : kTicks.hour).format(at);
}

export function draw(plot: Plot): void {
  const bars = bars_of(plot);
  const seconds = (at: string) => Date.parse(at) / 1000;
  const half = bars[0] ? (seconds(bars[0].to) - seconds(bars[0].from)) / 2 : 0;
  // A bar is drawn in the middle of its bucket; incoming is drawn over the sum.
  const data: uPlot.AlignedData = [
    bars.map(({ from }) => seconds(from) + half), bars.map(({ all }) => all), bars.map(({ incoming }) => incoming)];
  const paths = uPlot.paths.bars?.({ size: [0.78, 36], radius: 0.15 });
  const axis = { stroke: () => colour('--muted'), font: '11px Inter, system-ui, sans-serif', ticks: { show: false } };
  const drawn = (name: string): uPlot.Series =>
    ({ fill: () => colour(name), width: 0, points: { show: false }, ...(paths ? { paths } : {}) });
  const pointed = (chart: uPlot): Bar | undefined => bars[chart.cursor.idx ?? -1];

  const tell = (chart: uPlot) => {
    const bar = pointed(chart);
    plot.readout.textContent = bar ? `${bucket_title(bar.from, plot.bucket)}: ${plot.text(bar.all)}, ` +
      t('{in} incoming, {out} outgoing', { in: Math.round(bar.incoming), out: Math.round(bar.outgoing) }) : '';
  };

  let chart: uPlot | null = null;
  const make = () => {
    chart?.destroy();
    chart = new uPlot({
      width: Math.max(200, plot.place.clientWidth), height: kHeight,
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), kZone),
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { range: (_, low, high) => [low - half, high + half] },
        y: { range: (_, __, high) => [0, Math.max(1, high * 1.05)] },
      },
      axes: [
        {
          ...axis, grid: { show: false }, size: 26, space: 56,
          values: (_, ticks, __, ___, step) => ticks.map((t) => tick(t, step)),
        },
        {
          ...axis, grid: { stroke: () => colour('--line'), width: 1 }, size: 44,
          values: (_, ticks) => ticks.map((n) => compact(n)),
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
        },
      ],
      series: [
        {},
        drawn('--plot-out'), drawn('--plot-in'),
      ],
      hooks: { setCursor: [tell] },
    }, data, plot.place);
    chart.over.addEventListener('click', () => {
      const bar = chart && pointed(chart);
      if (bar) go(plot.open(bar.from, bar.to));
    });
  };
  make();
  plot.place.setAttribute('role', 'img');
  const all = bars.reduce((sum, bar) => sum + bar.all, 0);
  plot.place.setAttribute('aria-label', t('{total} in total; the table below shows the numbers', { total: plot.text(all) }));

  const sizes = new ResizeObserver(() => chart?.setSize({ width: Math.max(200, plot.place.clientWidth), height: kHeight }));
  sizes.observe(plot.place);
  on_theme(make, plot.signal);
  plot.signal.addEventListener('abort', () => {
    sizes.disconnect();
    chart?.destroy();
  });
}
