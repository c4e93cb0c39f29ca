// A request as its URL, and as the fields of the form. The URL is the truth.

import { PAGE } from './site.js';

const PREFIX = `${PAGE.base}/stream/`;

/** Longer addresses are refused by servers; the shape then travels in a body. */
const LONGEST_URL = 7800;

/** The options of the form, in the order in which the URL has them. */
export const OPTIONS = [
  'continuous', 'interval', 'maxDuration', 'maxEvents', 'jitter', 'delay', 'sseMode', 'shape',
  'contextName', 'backend', 'blend', 'count', 'seed', 'vary', 'locale', 'includeSchema',
  'error', 'errorMessage', 'errorDetails', 'fault',
];

const ALIASES = { context: 'contextName', 'api-context': 'contextName' };

/**
 * @typedef {object} Draft
 * @property {string} path without the prefix, decoded
 * @property {Object<string, string>} options those that are set
 * @property {[string, string][]} fields other query parameters, which are data
 */

/** @returns {string} the URL as it will be sent, relative to the server */
export function toUrl({ path, options, fields = [] }) {
  const given = OPTIONS.filter((name) => options[name]).map((name) => [name, options[name]]);
  const query = [...given, ...fields].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const address = PREFIX + path.replace(/^\/+/, '').split('/').map(encodeSegment).join('/');
  return query.length ? `${address}?${query.join('&')}` : address;
}

/** Percent-encodes what a query must not hold, and leaves JSON as legible as it may be. */
function encode(text) {
  return encodeURIComponent(text)
    .replace(/%(?:7B|7D|5B|5D|3A|2C|2F|40|24|3F)/g, decodeURIComponent)
    .replace(/'/g, '%27');
}

function encodeSegment(text) {
  return encodeURIComponent(text).replace(/%(?:3A|2C|40|24)/g, decodeURIComponent);
}

/**
 * @param {string} url
 * @returns {Draft} what the form shows of it
 */
export function toDraft(url) {
  const { pathname, searchParams } = resolve(url);
  const path = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length) : '';
  const options = {};
  const fields = [];
  for (const [name, value] of searchParams) {
    const option = ALIASES[name] ?? name;
    if (!OPTIONS.includes(option)) fields.push([name, value]);
    else if (value && !options[option]) options[option] = value;
  }
  return { path: decode(path), options, fields };
}

function decode(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function resolve(url) {
  return new URL(url.trim(), location.origin);
}

/** Why the page does not send a URL, or null. */
export function whyNotSent(url) {
  let target;
  try {
    target = resolve(url);
  } catch {
    return 'This is no address.';
  }
  if (!/^https?:$/.test(target.protocol)) return 'Only http and https can be streamed.';
  if (target.origin !== location.origin) return null;
  const path = target.pathname;
  return path.startsWith(PREFIX) && path.length > PREFIX.length
    ? null
    : `The address of a stream begins with ${PREFIX} and has a path behind it.`;
}

/**
 * What is given to fetch().
 * @returns {{url: string, method: string, headers: Object<string, string>, body?: string}}
 */
export function toFetch(url) {
  const target = resolve(url);
  const address = target.origin === location.origin ? target.pathname + target.search : target.href;
  const shape = target.searchParams.get('shape');
  if (address.length <= LONGEST_URL || !shape) return { url: address, method: 'GET', headers: {} };
  const draft = toDraft(url);
  delete draft.options.shape;
  return {
    url: toUrl(draft),
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: `{"shape":${shape}}`,
  };
}

/** Whether a request continues for ever, by its URL and the server's default. */
export function isContinuous(options, byDefault) {
  const text = (options.continuous ?? '').toLowerCase();
  return text ? text === 'true' || text === '1' : byDefault;
}
