// What else a query may have meant: other forms of its words, and the known word that is nearest to a mistyped one. The
// archive's search knows whole words and beginnings, so a form is searched by the beginning that the forms share.
import { get, path, type Parameters } from './api.js';
import { as_typed, fold, plain_words } from './query.js';
import type { Hit, List } from './records.js';

export { as_typed };

const kShortestStem = 4;   // letters
const kShortestWord = 4;   // letters of a word that is taken for mistyped
const kBeginning = 3;      // letters that are taken for right
const kLooked = '100';     // hits in which known words are looked for

// Endings of English and French words, the longest first; folded, as the search folds.
const kEndings = [
  'issements', 'issement', 'issaient', 'ations', 'ements', 'ation', 'ement', 'ments', 'aient', 'euses', 'ings', 'ment', 'euse', 'eurs',
  'ions', 'ees', 'ies', 'ing', 'ion', 'eur', 'ent', 'ant', 'ait', 'ers', 'ed', 'es', 'er', 'ez', 'ee', 'ly', 'al', 'ir', 's', 'x', 'e', 'y',
];

// What the forms of a word begin with; null if that is the word itself, or too little.
export function stem(word: string): string | null {
  const folded = fold(word);
  const ending = kEndings.find((one) => folded.endsWith(one) && folded.length - one.length >= kShortestStem);
  if (!ending || !/^\p{Script=Latin}+$/u.test(folded)) return null;
  const left = folded.slice(0, -ending.length);
  // "cancelled", "stopping"
  return left.length > kShortestStem && /([b-df-hj-np-tv-z])\1$/.test(left) ? left.slice(0, -1) : left;
}

// The query with beginnings in place of the words that have other forms; null if none has.
export function other_forms(q: string): { q: string; stems: string[] } | null {
  const words = plain_words(q);
  if (!words) return null;
  const stems = words.map(stem);
  if (!stems.some(Boolean)) return null;
  return {
    q: words.map((word, i) => stems[i] ? `${stems[i]}*` : i === words.length - 1 ? as_typed(word) : word).join(' '),
    stems: stems.filter((one) => one !== null),
  };
}

// How many letters must be added, left out, changed or swapped with their neighbor (optimal string alignment).
export function distance(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let [two, one] = [[] as number[], Array.from({ length: right.length + 1 }, (_, i) => i)];
  left.forEach((letter, i) => {
    const row = [i + 1];
    right.forEach((other, j) => {
      let best = Math.min((one[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, (one[j] ?? 0) + (letter === other ? 0 : 1));
      if (i && j && letter === right[j - 1] && left[i - 1] === other) best = Math.min(best, (two[j - 1] ?? 0) + 1);
      row.push(best);
    });
    [two, one] = [one, row];
  });
  return one[right.length] ?? 0;
}

// The words that begin alike in what the archive holds, with how often they were seen.
async function known_words(beginning: string, asked: Parameters, signal: AbortSignal): Promise<Map<string, number>> {
  const { data } = await get<List<Hit>>(path(['search'], { ...asked, q: `${beginning}*`, limit: kLooked }), signal);
  const seen = new Map<string, number>();
  for (const { matches } of data) {
    for (const { text, ranges } of matches) {
      const letters = [...text];
      for (const [start, end] of ranges) {
        const word = letters.slice(start, end).join('').toLowerCase();
        seen.set(word, (seen.get(word) ?? 0) + 1);
      }
    }
  }
  return seen;
}

// The query with each word that nothing has replaced by the nearest that something has; null: there is none.
export async function nearest(q: string, asked: Parameters, signal: AbortSignal): Promise<string | null> {
  const words = plain_words(q);
  if (!words?.length) return null;
  const changed = await Promise.all(words.map(async (word) => {
    const letters = [...word];
    if (letters.length < kShortestWord) return word;
    const seen = await known_words(letters.slice(0, kBeginning).join(''), asked, signal);
    const most = letters.length > 7 ? 2 : 1;
    const folded = fold(word);
    if ([...seen.keys()].some((known) => fold(known).startsWith(folded))) return word;
    const [best] = [...seen].map(([known, times]) => ({ known, times, far: distance(folded, fold(known)) }))
      .filter(({ far }) => far <= most).sort((a, b) => a.far - b.far || b.times - a.times);
    return best?.known ?? word;
  }));
  return changed.some((word, i) => word !== words[i]) ? changed.join(' ') : null;
}
