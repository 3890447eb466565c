// What the reader chose for this browser: language, time zone, look. Nothing is stored until something is chosen.

const kKey = 'callarchive.settings';

export interface Settings {
  language: '' | 'en' | 'fr';         // '': the browser's
  zone: string;                       // '': the browser's
  theme: '' | 'light' | 'dark';       // '': the system's
}

function stored(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(kKey) ?? '{}') as Partial<Settings>;
  } catch {
    return {};  // a browser without storage, or what another program wrote there
  }
}

// Whether the browser knows the time zone.
export function is_zone(name: string): boolean {
  try {
    return Boolean(name && new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

function read(): Settings {
  const { language, zone, theme } = stored();
  return {
    language: language === 'en' || language === 'fr' ? language : '',
    zone: typeof zone === 'string' && is_zone(zone) ? zone : '',
    theme: theme === 'light' || theme === 'dark' ? theme : '',
  };
}

export const settings: Settings = read();

export function save_settings(chosen: Settings): void {
  Object.assign(settings, chosen);
  if (Object.values(chosen).some(Boolean)) localStorage.setItem(kKey, JSON.stringify(chosen));
  else localStorage.removeItem(kKey);
}

const prefers_dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

// Tells the styles which look is wanted, and who asked for it.
export function show_theme(): void {
  document.documentElement.dataset.theme = settings.theme || (prefers_dark.matches ? 'dark' : 'light');
  for (const listener of listeners) listener();
}
prefers_dark.addEventListener('change', show_theme);

// Calls `listener` whenever the look changes, until the signal.
export function on_theme(listener: () => void, signal: AbortSignal): void {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener));
}
