// docs/openapi.json, read: references followed, schemas compiled, one request per operation.
import fs from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export const document = JSON.parse(fs.readFileSync(new URL('../../docs/openapi.json', import.meta.url)));

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, 'openapi');

export function follow(node) {
  if (!node?.$ref) return node;
  return node.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/')], document);
}

/** What is wrong with a value, in words; '' if nothing is. `schema` is a piece of the document. */
export function faults(schema, value) {
  // References inside a piece are relative to the document.
  const absolute = JSON.parse(JSON.stringify(schema), (key, inner) =>
    key === '$ref' && typeof inner === 'string' && inner.startsWith('#') ? `openapi${inner}` : inner);
  const validate = ajv.compile(absolute);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

/** Every operation: { path, method, id, parameters, responses, requestBody, example(name) }. */
export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    id: operation.operationId,
    parameters: (operation.parameters ?? []).map(follow),
    responses: Object.fromEntries(Object.entries(operation.responses).map(([status, answer]) => [status, follow(answer)])),
    requestBody: operation.requestBody,
  })));

/** The path with each {name} replaced by what `values` has for it, else by its example; with the query, and with the
 *  examples of the required parameters that it lacks. */
export function target(operation, values = {}, query = '') {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const parameter = operation.parameters.find((each) => each.in === 'path' && each.name === name);
    return encodeURIComponent(values[name] ?? parameter.example);
  });
  const required = operation.parameters.filter((each) =>
    each.in === 'query' && each.required && !new URLSearchParams(query).has(each.name));
  const whole = [...required.map(queryOf), query].filter(Boolean).join('&');
  return whole ? `${path}?${whole}` : path;
}

/** "name=value" as the parameter's style writes its example. */
export function queryOf(parameter) {
  const values = [parameter.example].flat().map(encodeURIComponent);
  return parameter.explode === false
    ? `${parameter.name}=${values.join(',')}`
    : values.map((value) => `${parameter.name}=${value}`).join('&');
}

/** [media type, { schema, example, examples }] of every body in the document, with where it stands. */
export function* bodies() {
  for (const operation of operations) {
    const places = { request: operation.requestBody, ...operation.responses };
    for (const [place, body] of Object.entries(places)) {
      for (const [type, media] of Object.entries(body?.content ?? {})) {
        const examples = media.examples ?? { example: { value: media.example } };
        for (const [name, example] of Object.entries(examples)) {
          yield { where: `${operation.id} ${place} ${type} ${name}`, media, value: follow(example).value };
        }
      }
    }
  }
}
