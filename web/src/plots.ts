// Bars over time, incoming stacked on outgoing. Loaded only by the overview.
import uPlot from 'uplot';
import { compact } from './format.js';
import { h } from './dom.js';
import { begin_of, bucket_title, end_of, type Bucket } from './overview_range.js';
import { go } from './route.js';
import type { StatsRow } from './records.js';

const kHeight = 170;

export interface Plot {
  place: HTMLElement;
  bucket: Bucket;
  field: 'calls' | 'messages' | 'minutes';
  incoming: StatsRow[];
  outgoing: StatsRow[];
  signal: AbortSignal;  // aborted when the plot is no longer shown
  text: (n: number) => string;
  open: (from: Date, until: Date) => string;  // where a click on a bar leads
}

// x in Unix seconds, the sum of both, and incoming alone (drawn over the sum).
function columns({ field, incoming, outgoing }: Plot): [number[], number[], number[]] {
  const at = (rows: StatsRow[]) => new Map(rows.map((row) => [begin_of(row.bucket ?? '').getTime() / 1000, row[field]]));
  const [ins, outs] = [at(incoming), at(outgoing)];
  const x = [...new Set([...ins.keys(), ...outs.keys()])].sort((a, b) => a - b);
  return [x, x.map((t) => (ins.get(t) ?? 0) + (outs.get(t) ?? 0)), x.map((t) => ins.get(t) ?? 0)];
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function draw(plot: Plot): void {
  const readout = h('p', { class: 'readout', 'aria-live': 'off' });
  const data = columns(plot);
  const [x, all, ins] = data;
  const half = x.length ? (end_of(new Date((x[0] ?? 0) * 1000), plot.bucket).getTime() / 1000 - (x[0] ?? 0)) / 2 : 1800;
  // The bar is centred on its bucket.
  const centred = x.map((t) => t + half);
  const bars = uPlot.paths.bars?.({ size: [0.78, 36], radius: 0.15 });
  const axis = { stroke: () => colour('--muted'), font: '11px Inter, system-ui, sans-serif', ticks: { show: false } };

  const tell = (chart: uPlot) => {
    const at = chart.cursor.idx;
    if (at === null || at === undefined) {
      readout.textContent = '';
      return;
    }
    const begin = new Date((x[at] ?? 0) * 1000);
    const [total = 0, incoming = 0] = [all[at], ins[at]];
    readout.textContent = `${bucket_title(begin, plot.bucket)}: ${plot.text(total)}, ` +
      `${Math.round(incoming)} incoming, ${Math.round(total - incoming)} outgoing`;
  };

  let chart: uPlot | null = null;
  const make = () => {
    chart?.destroy();
    chart = new uPlot({
      width: Math.max(200, plot.place.clientWidth), height: kHeight,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { range: (_, low, high) => [low - half, high + half] },
        y: { range: (_, __, high) => [0, Math.max(1, high * 1.05)] },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 26 },
        { ...axis, grid: { stroke: () => colour('--line'), width: 1 }, size: 44, values: (_, ticks) => ticks.map((n) => compact(n)),
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6] },
      ],
      series: [
        {},
        { fill: () => colour('--plot-out'), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) },
        { fill: () => colour('--plot-in'), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) },
      ],
      hooks: { setCursor: [tell] },
    }, [centred, all, ins], plot.place);
    chart.over.addEventListener('click', () => {
      const at = chart?.cursor.idx;
      if (at === null || at === undefined) return;
      const begin = new Date((x[at] ?? 0) * 1000);
      go(plot.open(begin, end_of(begin, plot.bucket)));
    });
  };
  make();
  plot.place.before(readout);
  plot.place.setAttribute('role', 'img');
  plot.place.setAttribute('aria-label', `${plot.text(all.reduce((a, b) => a + b, 0))} in all; the table below has the numbers`);

  const sizes = new ResizeObserver(() => chart?.setSize({ width: Math.max(200, plot.place.clientWidth), height: kHeight }));
  sizes.observe(plot.place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', make, { signal: plot.signal });
  plot.signal.addEventListener('abort', () => {
    sizes.disconnect();
    chart?.destroy();
  });
}
