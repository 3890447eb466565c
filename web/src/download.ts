// Exports as files. Without a token the browser streams a plain link by itself; with one the answer is streamed to a
// file where the browser can, and collected where it cannot.
import { ask, path, token, type Parameters } from './api.js';
import { h } from './dom.js';
import { error_text, say } from './notice.js';

export interface Download { label: string; segments: string[]; parameters: Parameters }

interface SaveTarget { createWritable: () => Promise<WritableStream<Uint8Array>> }

// "callarchive-calls.csv"
function file_name({ segments, parameters }: Download): string {
  const format = String(parameters.format ?? 'ndjson');
  return `callarchive-${segments.at(-1)}.${format === 'vcard' ? 'vcf' : format}`;
}

async function save(download: Download): Promise<void> {
  const suggestedName = file_name(download);
  const pick = (window as { showSaveFilePicker?: (options: object) => Promise<SaveTarget> }).showSaveFilePicker;
  try {
    const target = pick && await pick({ suggestedName });
    const response = await ask(path(download.segments, download.parameters));
    if (target && response.body) {
      await response.body.pipeTo(await target.createWritable());
    } else {
      const url = URL.createObjectURL(await response.blob());
      h('a', { href: url, download: suggestedName }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    }
    say(`Saved ${suggestedName}`);
  } catch (error) {
    if ((error as Error).name !== 'AbortError') say(error_text(error));
  }
}

function download_link(download: Download): HTMLAnchorElement {
  const anchor = h('a', {
    href: path(download.segments, download.parameters), download: file_name(download), class: 'menu-item',
  }, download.label);
  anchor.addEventListener('click', (event) => {
    if (!token.get()) return;
    event.preventDefault();
    void save(download);
  });
  return anchor;
}

export const download_links = (downloads: Download[]): HTMLElement =>
  h('p', { class: 'downloads' }, downloads.map(download_link));

// A button that opens the list of downloads.
export function download_menu(downloads: Download[]): HTMLElement {
  const menu = h('details', { class: 'menu' },
    h('summary', { class: 'tool wide' }, 'Export'),
    h('div', { class: 'menu-items' }, downloads.map(download_link)));
  const close = (event: Event) => { if (!menu.contains(event.target as Node)) menu.open = false; };
  menu.addEventListener('toggle', () => {
    if (menu.open) addEventListener('click', close, true);
    else removeEventListener('click', close, true);
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
    event.stopPropagation();
  });
  return menu;
}
