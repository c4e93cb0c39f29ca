// Recordings: from the frames of a stream that was watched to a file's text, as the
// command that records writes it.

import { EventStreamParser } from './event-stream.js';

const SECRET = /token|secret|passw|pwd|credential|key|sig(nature)?$|^auth$|jwt|session/i;
const MASK = '***';

/**
 * @param {string} url of the stream
 * @param {import('./frame-list.js').Frame[]} frames what came, and notes of what happened
 * @param {string[]} secrets texts that a recording must not repeat
 * @returns {{text: string, events: number, seconds: number}} the file, and what is in it
 */
export function recordingOf(url, frames, secrets = []) {
  const came = frames.filter(({ form }) => form);
  const [first] = came;
  if (!first) return { text: '', events: 0, seconds: 0 };
  const known = secrets.filter(Boolean).flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const masked = (text) => known.reduce((left, secret) => left.replaceAll(secret, MASK), text);
  const lines = came.flatMap(({ at, form, raw }) => says(form, masked(raw)).map((said) => ({
    at_ms: Math.max(0, Math.round((at - first.at) * 1000) / 1000), ...said,
  })));
  const header = {
    recording: 1,
    url: maskedUrl(url),
    content_type: first.form === 'line' ? 'application/x-ndjson' : 'text/event-stream',
    started: new Date(first.at).toISOString(),
  };
  return {
    text: [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''),
    events: lines.filter(({ data }) => data !== undefined).length,
    seconds: (came.at(-1).at - first.at) / 1000,
  };
}

/** What a frame says: its comments, and what its block has beside them. */
function says(form, raw) {
  if (form === 'line') return [{ data: raw }];
  return new EventStreamParser().feed(`${raw}\n\n`).flatMap(({ event, id, retry, data, comments }) => {
    const block = Object.fromEntries(
      Object.entries({ event: event || null, id, retry, data }).filter(([, value]) => value !== null));
    const alone = comments.map((comment) => ({ comment }));
    return Object.keys(block).length ? [...alone, block] : alone;
  });
}

/** An address without the secrets of its query. */
export function maskedUrl(address) {
  const url = new URL(address, location.origin);
  url.username = url.password = url.hash = '';
  for (const name of [...url.searchParams.keys()]) {
    if (SECRET.test(name)) url.searchParams.set(name, MASK);
  }
  return url.href;
}

/** A name that the server takes, made of any text. */
export function nameOf(text) {
  return text.replace(/^.*?:\/\/[^/]*/, '').replace(/[?#].*/s, '').replace(/\.(jsonl|ndjson)$/, '')
    .replace(/[^\w.~-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 80) || 'recording';
}

/** @returns {string} the JSON of a route that replays a recording */
export function routeOfRecording({ name, path, speed, loop }) {
  const replay = { Recording: name, ...(speed !== 1 && { Speed: speed }), ...(loop && { Loop: true }) };
  return JSON.stringify({ Path: path, Stream: { Replay: replay } });
}
