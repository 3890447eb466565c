// What the reader typed into the search, as the API wants it (its words, "phrases", -not and beginnings*), and where
// those words are in a text.

// The parts of a query: words and phrases, with the signs before and after them.
function parts_of(q: string): { text: string; phrase: boolean; not: boolean; beginning: boolean }[] {
  return [...q.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))(\*?)/g)].map(([, not, phrase, word, star]) => ({
    text: (phrase ?? word ?? '').replace(/\*$/, ''), phrase: phrase !== undefined, not: not === '-',
    beginning: star === '*' || (word ?? '').endsWith('*'),
  }));
}

// Whether there is anything to search for: a letter, a digit, an emoji.
export const has_word = (q: string): boolean => parts_of(q).some(({ text, not }) => !not && /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text));

const kFewestDigits = 6;  // of a telephone number

// A telephone number at the end of a query, in whatever groups: "06 39 98 10 03".
const ends_with_number = (q: string): boolean =>
  (/(?:^|\s)\+?[\d\s.()/-]+$/.exec(q)?.[0].replace(/\D/g, '').length ?? 0) >= kFewestDigits;

// The last word may not be finished yet, so it is searched as a beginning, unless a space, a star or a quote ends it. A
// number is found by its digits, which a star would make words.
export function as_typed(q: string): string {
  if (ends_with_number(q)) return q;
  const last = /(?:^|\s)[\p{L}\p{N}][\p{L}\p{M}\p{N}]+$/u.test(q);
  const inside_quotes = (q.match(/"/g)?.length ?? 0) % 2 === 1;
  return last && !inside_quotes ? `${q}*` : q;
}

// The plain words of a query; null if it has phrases, exclusions or stars, which say exactly what is wanted.
export function plain_words(q: string): string[] | null {
  const parts = parts_of(q);
  return parts.every(({ phrase, not, beginning }) => !phrase && !not && !beginning) ? parts.map(({ text }) => text) : null;
}

export const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// Where the words of a query begin and end in a text, in code points, as the API gives ranges.
export function ranges_of(text: string, q: string): [number, number][] {
  const typed = as_typed(q);
  const wanted = parts_of(typed).filter(({ not }) => !not).flatMap(({ text: part, beginning, phrase }) => {
    const words = part.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
    return words.map((word, i) => ({ word: fold(word), beginning: beginning && !phrase && i === words.length - 1 }));
  });
  const ranges: [number, number][] = [];
  for (const found of text.matchAll(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu)) {
    const word = fold(found[0]);
    if (!wanted.some((one) => one.beginning ? word.startsWith(one.word) : word === one.word)) continue;
    const start = [...text.slice(0, found.index)].length;
    ranges.push([start, start + [...found[0]].length]);
  }
  return ranges;
}
