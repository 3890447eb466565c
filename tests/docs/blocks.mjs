// The fenced blocks of a page, and which of them print what.
import { execFile } from 'node:child_process';

const kRun = { sh: 'bash', sql: 'sqlite3' };
const kShown = ['json', 'text'];

/**
 * The blocks of a page that can be run: [{ line, language, text, notRun, output }]. `notRun` is the reason that a comment
 * above the block gives; `output` is the block of JSON or text right below it, which it must print: { language, text }.
 */
export function blocksOf(page) {
  const blocks = [];
  let reason, before, open;
  for (const [index, line] of page.split('\n').entries()) {
    const fence = line.match(/^( *)```(\w*)$/);
    if (open && !fence) {
      open.lines.push(line.slice(open.indent));
    } else if (open) {
      const { language, lines } = open;
      const block = { line: open.line, language, text: lines.join('\n'), notRun: reason };
      if (kRun[language]) blocks.push((before = block));
      else if (kShown.includes(language) && before) before.output = { language, text: block.text };
      if (!kRun[language]) before = undefined;
      reason = open = undefined;
    } else if (fence) {
      open = { line: index + 1, language: fence[2], lines: [], indent: fence[1].length };
    } else if (line.trim()) {
      const comment = line.trim().match(/^<!-- not run: *(.*?) *-->$/);
      if (comment && !comment[1]) throw new Error(`line ${index + 1}: "not run" without a reason`);
      reason = comment?.[1];
      before = undefined;
    }
  }
  if (open) throw new Error(`line ${open.line}: the block does not end`);
  return blocks;
}

/** Runs a block; resolves to what it printed. Rejects if it fails or, where it asks a server, is answered with an error. */
export function run(block, { folder, archive, path }) {
  const [program, flags, input] = block.language === 'sql'
    ? ['sqlite3', ['-readonly', '-header', '-column', archive], block.text]
    : ['bash', ['-euo', 'pipefail', '-c', `curl() { command curl --silent --show-error --fail-with-body "$@"; }\n${block.text}`], ''];
  return new Promise((resolve, reject) => {
    const child = execFile(program, flags, { cwd: folder, env: { ...process.env, PATH: path }, timeout: 60000, encoding: 'utf8' },
      (error, out, err) => (error ? reject(new Error(`${error.message}\n${out}${err}`)) : resolve(out)));
    child.stdin.end(input);
  });
}

const withoutBlanks = (text) => text.split('\n').map((line) => line.trimEnd()).join('\n').trim();

/** Both texts in the form in which they are compared. */
export const comparable = (output, printed) => (output.language === 'json'
  ? [JSON.parse(printed), JSON.parse(output.text)]
  : [withoutBlanks(printed), withoutBlanks(output.text)]);
