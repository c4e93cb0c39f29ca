// JSON text as a tree whose nodes know where they stand. Scalars keep their
// spelling, because to the server 150.0 and 150 differ.

import { scan } from './json-text.js';

/**
 * @typedef {object} Node
 * @property {'object'|'array'|'string'|'number'|'word'} kind
 * @property {string} text of a scalar, as it is spelt
 * @property {number} start
 * @property {number} end
 * @property {{name: string, label: {start: number, end: number}|null, value: Node}[]}
 *   members of an object or array; an element's name is its index, and it has no label
 */

/** @returns {Node|null} the value that the text writes, or null where it is not JSON */
export function parseTree(text) {
  const { tokens, error } = scan(text);
  if (error) return null;
  const signs = tokens
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, text: sign, start }) => ({ kind, text: sign, start, end: start + sign.length }));
  let at = 0;

  function value() {
    const { kind, text: sign, start, end } = signs[at++];
    const node = { kind, text: sign, start, end, members: [] };
    if (kind !== 'mark') return node;
    const closing = sign === '{' ? '}' : ']';
    node.kind = sign === '{' ? 'object' : 'array';
    while (signs[at].text !== closing) {
      if (signs[at].text === ',') at += 1;
      const label = node.kind === 'object' ? signs[at] : null;
      if (label) at += 2;
      const name = label ? JSON.parse(label.text) : String(node.members.length);
      node.members.push({ name, label, value: value() });
    }
    node.end = signs[at++].end;
    return node;
  }

  return value();
}

/** The member of that name, in any case if there is none in this one. */
export function memberOf(node, name) {
  const lower = name.toLowerCase();
  return node.members.find((each) => each.name === name)
    ?? node.members.find((each) => each.name.toLowerCase() === lower);
}

/**
 * Finds what a JSON pointer (RFC 6901) means, or as much of it as is there.
 * @param {Node} root
 * @param {string} pointer
 * @returns {{node: Node, start: number, end: number}} the value, and what to mark of it:
 *   a scalar with its name; of an object or array the name alone, or the first bracket
 */
export function findPlace(root, pointer) {
  let place = { node: root, ...extent(root, null) };
  for (const token of pointer.split('/').slice(1)) {
    const found = memberOf(place.node, token.replace(/~1/g, '/').replace(/~0/g, '~'));
    if (!found) break;
    place = { node: found.value, ...extent(found.value, found.label) };
  }
  return place;
}

function extent(node, label) {
  const isScalar = !['object', 'array'].includes(node.kind);
  const { start } = label ?? node;
  if (isScalar) return { start, end: node.end };
  return { start, end: label?.end ?? start + 1 };
}
