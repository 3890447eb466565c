// The words of the page in the reader's language. The English text is the key; each other language is a file that gives
// its text for it. Numbers, names and dates come in as {name}.
import { french } from './fr.js';
import { settings } from './settings.js';

export type Language = 'en' | 'fr';

export const kLanguage: Language =
  settings.language || (navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en');

// For dates and numbers: the reader's own kind of the page's language ("en-GB"), so that both agree.
export const kLocale: string =
  navigator.languages.find((one) => one.toLowerCase().split('-')[0] === kLanguage) ?? kLanguage;

const kWords: Partial<Record<string, string>> = kLanguage === 'fr' ? french : {};

export function t(english: string, values: Record<string, string | number> = {}): string {
  const text = kWords[english] ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
