// Writes docs/api.md from docs/openapi.json. With --check, only says whether it is as it should be.
import fs from 'node:fs';
import { document, follow, operations, queryOf, target } from './document.mjs';

const page = new URL('../../docs/api.md', import.meta.url);
const lines = [];
const say = (...more) => lines.push(...more);
const cell = (text) => String(text ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
const anchor = (title) => title.toLowerCase().replaceAll(' ', '-').replaceAll(/[^\w-]/g, '');

function table(head, rows) {
  if (rows.length === 0) return;
  say(`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`);
  for (const row of rows) say(`| ${row.map(cell).join(' | ')} |`);
  say('');
}

function typeOf(schema) {
  if (schema.$ref) return `[${schema.$ref.split('/').at(-1)}](#${anchor(schema.$ref.split('/').at(-1))})`;
  if (schema.const) return `\`"${schema.const}"\``;
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(', ');
  const type = [schema.type].flat().join(' or ');
  if (type === 'array') return `list of ${typeOf(schema.items)}`;
  const bounds = [schema.minimum !== undefined && `from ${schema.minimum}`, schema.maximum !== undefined && `to ${schema.maximum}`]
    .filter(Boolean).join(' ');
  const preset = schema.default !== undefined && `default ${schema.default}`;
  return [schema.format === 'date-time' ? type.replace('string', 'instant') : type, bounds, preset].filter(Boolean).join(', ');
}

function fence(language, text) {
  say('```' + language, text.trimEnd(), '```', '');
}

function example(type, media) {
  for (const each of Object.values(media.examples ?? { example: { value: media.example } })) {
    const { value } = follow(each);
    const isText = typeof value === 'string';
    fence(isText ? '' : 'json', isText ? value.replaceAll('\r', '') : JSON.stringify(value, null, 2));
    return;
  }
}

/** [code, example] of each problem that an answer tells of. */
const problemsOf = (answer) => Object.entries(answer.content?.['application/problem+json']?.examples ?? {}).map(
  ([code, each]) => [code, follow(each).value]);

function describe(operation, raw) {
  say(`### ${operation.method} ${operation.path}`, '', `${raw.summary}.`, '');
  if (raw.description) say(raw.description, '');
  table(['parameter', 'in', 'type', 'meaning', 'example'], operation.parameters.map((each) =>
    [`\`${each.name}\``, each.in, typeOf(each.schema), each.description, `\`${[each.example].flat().join(',')}\``]));
  table(['answer', 'when', 'code'], [
    ...Object.entries(operation.responses).filter(([status]) => status !== 'default').map(([status, answer]) =>
      [status, answer.description, problemsOf(answer).map(([code]) => `\`${code}\``).join(', ')]),
    ['others', '[refused by the server itself](#refused-by-the-server-itself)']]);
  if (operation.method === 'GET') {
    const shown = operation.parameters.find(({ in: where, name }) => where === 'query' && ['number', 'q', 'per', 'format'].includes(name));
    if (raw['x-not-run']) say(`<!-- not run: ${raw['x-not-run']} -->`);
    fence('sh', `curl '${document.servers[0].url}${target(operation, {}, shown ? queryOf(shown) : '')}'`);
  }
  for (const [type, media] of Object.entries(operation.responses[200].content)) {
    say(`\`${type}\`:`, '');
    example(type, media);
  }
}

say('<!-- Made from docs/openapi.json by tests/contract/page.mjs; change that file and run `node tests/contract/page.mjs`. -->', '',
  `# ${document.info.title}: the API`, '', `${document.info.summary}`, '', document.info.description, '');
say('## Routes', '');
table(['route', 'what'], operations.map((operation) => {
  const title = `${operation.method} ${operation.path}`;
  return [`[${title}](#${anchor(title)})`, document.paths[operation.path][operation.method.toLowerCase()].summary];
}));
for (const tag of document.tags) {
  say(`## ${tag.name}`, '', tag.description, '');
  for (const operation of operations) {
    const raw = document.paths[operation.path][operation.method.toLowerCase()];
    if (raw.tags.includes(tag.name)) describe(operation, raw);
  }
}
const { Refused } = document.components.responses;
say('## Refused by the server itself', '', Refused.description, '');
table(['answer', 'code', 'as'], problemsOf(Refused).map(([code, { status, detail }]) => [status, `\`${code}\``, detail]));
say('## Access', '');
table(['scheme', 'how', 'meaning'], Object.entries(document.components.securitySchemes).map(([name, scheme]) =>
  [name, scheme.scheme ? `Authorization: ${scheme.scheme}` : `the header ${scheme.name}`, scheme.description]));
say('## Headers of answers', '');
table(['header', 'meaning', 'example'], Object.entries(document.components.headers).map(([name, header]) =>
  [name, header.description, `\`${header.example}\``]));
say('## Records', '');
for (const [name, schema] of Object.entries(document.components.schemas)) {
  if (name.endsWith('List')) continue;
  say(`### ${name}`, '');
  if (schema.description) say(schema.description, '');
  for (const shape of schema.oneOf ?? [schema]) {
    table(['member', 'type', 'meaning'], Object.entries(shape.properties ?? {}).map(([member, of]) =>
      [`\`${member}\`${shape.required?.includes(member) ? '' : ' (optional)'}`, typeOf(of), follow(of).description]));
  }
}

const text = lines.join('\n').trimEnd() + '\n';
if (!process.argv.includes('--check')) {
  fs.writeFileSync(page, text);
} else if (!fs.existsSync(page) || fs.readFileSync(page, 'utf8') !== text) {
  console.error('docs/api.md is not what docs/openapi.json says: run node tests/contract/page.mjs');
  process.exit(1);
}
