// JSON as YAML, in the form of a configuration file.

import { parseTree } from './json-tree.js';

/** Longer keys need a question mark before them. */
const MAX_KEY_LENGTH = 1000;

/** Text that means itself without quotes, and words that would mean something else. */
const PLAIN = /^[A-Za-z_/][\w./{}*+-]*(?: [\w./{}*+-]+)*$/;
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** What YAML does not print, or takes for the end of a line. */
const UNPRINTED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * @param {string} text JSON: a route, or a list of them
 * @returns {string} a configuration file with these routes
 */
export function routesAsYaml(text) {
  const root = parseTree(text);
  const routes = root.kind === 'array' ? root.members.map(({ value }) => value) : [root];
  const lines = routes.length ? routes.map(withoutExpiry).flatMap(item) : ['[]'];
  return `MockLlmApi:\n  Routes:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** Only a route made at run time expires: a file that says so is refused. */
function withoutExpiry(route) {
  return { ...route, members: route.members.filter(({ name }) => name.toLowerCase() !== 'expiresseconds') };
}

function linesOf(node) {
  if (!node.members.length) return [scalar(node)];
  if (node.kind === 'array') return node.members.flatMap(({ value }) => item(value));
  return node.members.flatMap(({ name, value }) => member(name, value));
}

function item(value) {
  const [first, ...rest] = linesOf(value);
  return [`- ${first}`, ...rest.map(indented)];
}

function member(name, value) {
  const key = written(name);
  const opening = key.length > MAX_KEY_LENGTH ? [`? ${key}`, ':'] : [`${key}:`];
  if (value.members.length) return [...opening, ...linesOf(value).map(indented)];
  return [...opening.slice(0, -1), `${opening.at(-1)} ${scalar(value)}`];
}

function indented(line) {
  return `  ${line}`;
}

function scalar({ kind, text }) {
  if (kind === 'object') return '{}';
  if (kind === 'array') return '[]';
  return kind === 'string' ? written(JSON.parse(text)) : text;
}

function written(text) {
  if (PLAIN.test(text) && !WORDS.test(text)) return text;
  return JSON.stringify(text).replace(UNPRINTED, (sign) => (
    `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
