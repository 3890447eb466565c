// Suggestions below a field: what the archive knows, by the words that the page shows, and the codes behind them.
import { h } from './dom.js';
import { fold } from './query.js';

export interface Suggestion { label: string; value: string }

let lists = 0;

// Lets a text field take a label, or the code itself. `find` gives what fits to what was typed so far; it is asked when
// the field gets the focus and, if it looks at what was typed, at each key.
export class Suggestions {
  readonly list: HTMLDataListElement;
  private known: Suggestion[] = [];
  private last: string | null = null;

  constructor(private readonly input: HTMLInputElement, private readonly find: (typed: string) => Promise<Suggestion[]>) {
    this.list = h('datalist', { id: `suggestions-${++lists}` });
    input.setAttribute('list', this.list.id);
    const fill = () => void this.fill(input.value.trim());
    input.addEventListener('focus', fill);
    input.addEventListener('input', fill);
  }

  private async fill(typed: string): Promise<void> {
    if (typed === this.last) return;
    this.last = typed;
    const found = await this.find(typed).catch(() => []);
    if (typed !== this.last) return;  // a later one is on its way
    for (const one of found) if (!this.known.some(({ value }) => value === one.value)) this.known.push(one);
    this.list.replaceChildren(...found.map(({ label }) => h('option', { value: label })));
  }

  // The code of what stands in the field: of the label that it is, else of the only one that it is a part of.
  value(): string {
    const typed = this.input.value.trim();
    const same = this.known.find(({ label, value }) => fold(label) === fold(typed) || value === typed);
    if (same || !typed) return same?.value ?? '';
    const part = this.known.filter(({ label }) => fold(label).includes(fold(typed)));
    return part.length === 1 ? part[0]?.value ?? typed : typed;
  }

  // What the field shows for a code; `otherwise` where the archive has not told yet.
  show(value: string, otherwise: string): void {
    this.input.value = this.known.find((one) => one.value === value)?.label ?? otherwise;
  }
}
