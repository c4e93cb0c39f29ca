// Reads streams with a client that no one here wrote, as a page does that only listens,
// and closes them all when its standard input ends:
//
//   node reader.mjs KIND URL...

import { createRequire } from 'node:module';

import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSource } from 'eventsource';
import * as undici from 'undici';

const [kind, ...urls] = process.argv.slice(2);
const require = createRequire(import.meta.url);

/** Opens a stream; gives what closes it. */
const clients = {
  eventsource: (url) => listening(new EventSource(url)),
  undici: (url) => listening(new undici.EventSource(url)),
  'event-source-polyfill': (url) => {
    const { EventSourcePolyfill } = require('event-source-polyfill');
    // It expects life from the server at least this often, in milliseconds.
    return listening(new EventSourcePolyfill(url, { heartbeatTimeout: 1500 }));
  },
  'launchdarkly-eventsource': (url) => {
    const { EventSource: LaunchDarkly } = require('launchdarkly-eventsource');
    return listening(new LaunchDarkly(url, { readTimeoutMillis: 1500 }));
  },
  'fetch-event-source': (url) => {
    // What it expects of a browser.
    globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} };
    globalThis.window ??= globalThis;
    const stop = new AbortController();
    fetchEventSource(url, { signal: stop.signal, openWhenHidden: true }).catch(() => {});
    return () => stop.abort();
  },
};

function listening(source) {
  source.onmessage = () => {};
  source.onerror = () => {}; // whether it tries again is its own affair
  return () => source.close();
}

const closers = urls.map((url) => clients[kind](url));
process.stdin.resume();
process.stdin.on('end', () => {
  for (const close of closers) close();
  setTimeout(() => process.exit(0), 3000); // nothing that it holds open ends it sooner
});
