// What the JSON of an event says (the kinds of the API's own events), and the
// numbers and fields inside a value.

/**
 * @typedef {object} Event
 * @property {'info'|'error'|'end'|'failure'|'data'|'item'|'chunk'|'content'|'other'|'bare'} kind
 * @property {any} json
 * @property {string} [name] of a bare event
 * @property {number} [batch] of a bare event
 */

/** @returns {Event} what the text of a `data` field is */
export function read(text) {
  const json = parsed(text);
  return { kind: kindOf(json), json };
}

/**
 * @param {string} text of a `data` field whose payload is the value itself
 * @param {string|null} name of the event
 * @param {number} batch the number of such events before it
 * @returns {Event}
 */
export function readBare(text, name, batch) {
  return { kind: 'bare', json: parsed(text), name: name || 'message', batch };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const TYPES = new Set(['info', 'error', 'end']);
const MEMBERS = [
  ['chunk', 'chunk'], ['content', 'content'], ['item', 'item'], ['data', 'data'], ['error', 'failure'],
];

function kindOf(json) {
  if (json === null || typeof json !== 'object') return 'other';
  if (TYPES.has(json.type)) return json.type;
  const found = MEMBERS.find(([name]) => Object.hasOwn(json, name));
  if (found) return found[1];
  return json.total === 0 ? 'item' : 'other';
}

/** The number of the batch that an event belongs to; 0 in a regular stream. */
export function batchOf({ kind, json, batch }) {
  return batch ?? json?.batchNumber ?? (kind === 'data' && json.total === undefined ? json.index : 0) ?? 0;
}

/**
 * Visits every leaf of a value.
 * @param {any} value
 * @param {(path: string, leaf: any, field: string, line: string) => void} visit
 *   `path` is where it is; `field` is the same without the places in arrays, and
 *   `line` is which element of them it belongs to
 */
export function walk(value, visit, path = '', field = '', line = '') {
  if (Array.isArray(value)) {
    value.forEach((each, index) => {
      walk(each, visit, `${path}[${index}]`, field, line ? `${line}.${index + 1}` : `${index + 1}`);
    });
  } else if (value !== null && typeof value === 'object') {
    for (const [name, each] of Object.entries(value)) {
      const dot = path ? '.' : '';
      walk(each, visit, `${path}${dot}${name}`, field ? `${field}.${name}` : name, line);
    }
  } else {
    visit(path || 'value', value, field || 'value', line);
  }
}

const NAMES = ['id', 'name', 'ticker', 'symbol', 'key', 'code', 'sku'];

/** What people call an element: its id or name, or its number. */
export function nameOf(item, index) {
  if (item !== null && typeof item === 'object') {
    const name = NAMES.find((each) => ['string', 'number'].includes(typeof item[each]));
    if (name) return String(item[name]);
  }
  return `#${index + 1}`;
}

const NUMBERS = new Intl.NumberFormat('en', { maximumFractionDigits: 6 });

/** A leaf as text. */
export function show(leaf) {
  if (typeof leaf === 'number') return NUMBERS.format(leaf);
  if (typeof leaf === 'string') return leaf;
  return JSON.stringify(leaf);
}

/** Bytes for people. */
export function showBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The time of day with milliseconds. */
export function showTime(milliseconds) {
  const date = new Date(milliseconds);
  const pad = (number, width = 2) => String(number).padStart(width, '0');
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
    + `.${pad(date.getMilliseconds(), 3)}`;
}
