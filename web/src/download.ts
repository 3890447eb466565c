// Exports as files. Without a token the browser streams a plain link by itself; with one the answer is streamed to a
// file where the browser can, and collected where it cannot.
import { ask, path, token, type Parameters } from './api.js';
import { h } from './dom.js';
import { t } from './i18n.js';
import { menu } from './menu.js';
import { error_text, say } from './notice.js';
import { date_text, kZone } from './zone.js';

// What a download is asked for: times of a spreadsheet are those of the reader.
const asked = ({ segments, parameters }: Download): string =>
  path(segments, parameters.for === 'spreadsheet' ? { ...parameters, tz: kZone } : parameters);

export interface Download { label: string; segments: string[]; parameters: Parameters }

interface SaveTarget { createWritable: () => Promise<WritableStream<Uint8Array>> }

// "callarchive-calls-2026-03-02.csv"
function file_name({ segments, parameters }: Download): string {
  const format = String(parameters.format ?? 'ndjson');
  return `callarchive-${segments.at(-1)}-${date_text(new Date())}.${format === 'vcard' ? 'vcf' : format}`;
}

function save_blob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

// Saves a text that the page made.
export const save_file = (name: string, text: string, type: string): void => save_blob(name, new Blob([text], { type }));

async function save(download: Download): Promise<void> {
  const suggestedName = file_name(download);
  const pick = (window as { showSaveFilePicker?: (options: object) => Promise<SaveTarget> }).showSaveFilePicker;
  try {
    const target = pick && await pick({ suggestedName });
    const response = await ask(asked(download));
    if (target && response.body) {
      await response.body.pipeTo(await target.createWritable());
    } else {
      save_blob(suggestedName, await response.blob());
    }
    say(t('Saved {file}', { file: suggestedName }));
  } catch (error) {
    if ((error as Error).name !== 'AbortError') say(error_text(error));
  }
}

function download_link(download: Download): HTMLAnchorElement {
  const anchor = h('a', {
    href: asked(download), download: file_name(download), class: 'menu-item',
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
export function download_menu(downloads: Download[], ...more: Node[]): HTMLElement {
  const element = menu(t('Export'), more, downloads.map(download_link));
  element.classList.add('export');
  return element;
}
