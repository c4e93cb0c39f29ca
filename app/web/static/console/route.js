// A route as it is written: made from a composed request, told in a few words, tried.

import { scan } from './json-text.js';
import { isContinuous, toDraft } from './request.js';

/** What a new route begins with. */
export const NEW_ROUTE = `{
  "Path": "/v1/prices/{symbol}/stream",
  "Stream": {
    "IntervalMs": 1000,
    "Events": [{"Event": "price", "Shape": {"symbol": "AAPL", "price": 189.5, "change": 0.42}}]
  }
}`;

/**
 * @param {string} url of a composed request
 * @param {{sseMode: string, continuous: boolean}} defaults the server's
 * @returns {string} the JSON of a route that serves such a stream at its own path
 */
export function routeOfRequest(url, defaults) {
  const { path, options } = toDraft(url);
  const { error, shape, contextName, backend, count, seed, locale, interval, maxDuration, fault } = options;
  const mode = options.sseMode ?? defaults.sseMode;
  if (error) {
    return written({ Path: JSON.stringify(`/${path}`), Status: number(error), Body: errorBody(options) });
  }
  return written({
    Path: JSON.stringify(`/${path}`),
    Shape: shape && (scan(shape).error ? JSON.stringify(shape) : shape),
    Context: contextName && JSON.stringify(contextName),
    Backend: backend && JSON.stringify(backend),
    Count: number(count),
    Seed: number(seed),
    Locale: locale && JSON.stringify(locale),
    Faults: fault && JSON.stringify(fault.split(',').map((each) => each.trim())),
    Stream: written({
      Mode: /^completeobjects$/i.test(mode) ? '' : JSON.stringify(mode),
      Continuous: isContinuous(options, defaults.continuous) ? '' : 'false',
      IntervalMs: number(interval),
      MaxDurationSeconds: number(maxDuration),
    }),
  });
}

/** An object of members that are JSON already; those that are empty are left out. */
function written(members) {
  const given = Object.entries(members).filter(([, text]) => text);
  return `{${given.map(([name, text]) => `"${name}":${text}`).join(',')}}`;
}

/** A number as JSON; what is none stays text, which the server refuses at its place. */
function number(text) {
  if (!text) return '';
  return /^-?\d+$/.test(text) ? String(BigInt(text)) : JSON.stringify(text);
}

function errorBody({ error, errorMessage, errorDetails }) {
  return written({
    error: written({
      code: number(error),
      message: errorMessage && JSON.stringify(errorMessage),
      details: errorDetails && JSON.stringify(errorDetails),
    }),
  });
}

/** What a route answers with, in a few words. */
export function answerOf({ Status: status = 200, Body: body, Stream: stream }, defaults) {
  if (!stream) return `${status}, ${body === undefined ? 'generated' : 'exact body'}`;
  const names = [...(stream.Events ?? []), ...(stream.Script ?? [])].map((each) => each.Event).filter(Boolean);
  const kinds = names.length ? ` of ${[...new Set(names)].join(', ')}` : '';
  if (stream.Script) return `script${kinds}`;
  if (stream.Replay && !stream.Replay.Like) return `replay of ${stream.Replay.Recording ?? stream.Replay.File}`;
  const pace = stream.Continuous === false ? 'once' : `every ${stream.IntervalMs ?? defaults.interval} ms`;
  return `${stream.Framing ?? 'stream'}${kinds}, ${pace}`;
}

/**
 * A request that a route may well serve. What cannot be guessed is left to whoever sends it.
 * @param {object} route keys in any case
 * @returns {{method: string, address: string, headers: string, body: string}} headers
 *   line by line
 */
export function requestFor(route) {
  const given = (name, from = route) => (
    Object.entries(from ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]);
  const match = given('match') ?? {};
  const [method = 'GET'] = given('methods') ?? [];
  const address = String(given('path') ?? '/').replace(/\{(\w+)\*?\}/g, (_, name) => (
    encodeURIComponent(valueOf(name, route) ?? name)));
  const query = Object.entries(given('query', match) ?? {})
    .filter(([, condition]) => isWanted(condition))
    .map(([name, condition]) => `${encodeURIComponent(name)}=${encodeURIComponent(fitting(condition))}`);
  const headers = Object.entries(given('headers', match) ?? {})
    .filter(([, condition]) => isWanted(condition))
    .map(([name, condition]) => `${name}: ${fitting(condition)}`);
  const body = given('body', match);
  return {
    method: String(method).toUpperCase() === 'ANY' ? 'GET' : String(method),
    address: query.length ? `${address}?${query.join('&')}` : address,
    headers: headers.join('\n'),
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

/** The first value of that name anywhere in a route, if it can stand in a path. */
function valueOf(name, within) {
  for (const [key, value] of Object.entries(within)) {
    const isNested = value !== null && typeof value === 'object';
    const found = isNested ? valueOf(name, value) : key === name && value;
    if (found) return found;
  }
  return undefined;
}

function isWanted(condition) {
  return condition?.Present ?? condition?.present ?? true;
}

/** A text that meets a condition: of an expression its first alternative, which often does. */
function fitting(condition) {
  if (condition === null || typeof condition !== 'object') return String(condition);
  const expression = condition.Matches ?? condition.matches;
  return expression === undefined ? '1' : expression.replace(/^\(\?\w+\)/, '').split('|')[0];
}
