// What the reader calls the archive's own lines, and which of them is looked at alone. Both are kept in this browser,
// because the page only reads the archive.

const kNames = 'callarchive.lines';
const kChosen = 'callarchive.line';
const kMost = 100;
const kLongest = 100;  // letters of a name

// By the key of the number.
type Names = Record<string, string>;

function read(): Names {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(kNames) ?? '{}');
    return Object.fromEntries(Object.entries(found && typeof found === 'object' ? found : {})
      .filter(([, name]) => typeof name === 'string' && name).slice(0, kMost)) as Names;
  } catch {
    return {};  // a browser without storage, or what another program wrote there
  }
}

let names = read();

export const given_name = (key: string): string | null => names[key] ?? null;

// Takes the names; an empty one is none. Whether any of them is new.
export function name_lines(given: Names): boolean {
  const before = JSON.stringify(names);
  for (const [key, name] of Object.entries(given)) {
    const text = name.trim().slice(0, kLongest);
    if (text) names[key] = text;
    else names = Object.fromEntries(Object.entries(names).filter(([one]) => one !== key));
  }
  if (Object.keys(names).length) localStorage.setItem(kNames, JSON.stringify(names));
  else localStorage.removeItem(kNames);
  return before !== JSON.stringify(names);
}

const listeners = new Set<() => void>();

// The number of the line that alone is wanted; null: all are.
export const chosen_line = (): string | null => {
  try {
    return localStorage.getItem(kChosen);
  } catch {
    return null;
  }
};

export function choose_line(number: string | null): void {
  if (number) localStorage.setItem(kChosen, number);
  else localStorage.removeItem(kChosen);
  for (const listener of [...listeners]) listener();
}

export const on_line = (listener: () => void): void => { listeners.add(listener); };
