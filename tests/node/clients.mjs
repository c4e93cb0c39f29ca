// Reads one stream until its end with a client that no one here wrote, and prints
// each event with the milliseconds since the start, a line of JSON each:
//
//   node clients.mjs KIND URL [stay]
//
// With `stay` the page does not close the source at the end: the client connects again,
// and the program ends when it has been answered.

import { createRequire } from 'node:module';

import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSource } from 'eventsource';
import * as undici from 'undici';

const [kind, url, stay] = process.argv.slice(2);
const began = performance.now();
const require = createRequire(import.meta.url);

function show(message) {
  const event = JSON.parse(message.data);
  console.log(JSON.stringify([performance.now() - began, event]));
  return event.type === 'end' && !stay;
}

function read(source) {
  source.onmessage = (message) => {
    if (show(message)) source.close();
  };
  let errors = 0;
  source.onerror = (error) => {
    errors += 1;
    if (stay && errors === 1) return; // the server has closed the connection
    if (!stay) console.error(error.message ?? error);
    process.exit(stay ? 0 : 1);
  };
}

const clients = {
  eventsource: () => read(new EventSource(url)),
  undici: () => read(new undici.EventSource(url)),
  'event-source-polyfill': () => {
    const { EventSourcePolyfill } = require('event-source-polyfill');
    read(new EventSourcePolyfill(url));
  },
  'launchdarkly-eventsource': () => {
    const { EventSource: LaunchDarkly } = require('launchdarkly-eventsource');
    read(new LaunchDarkly(url));
  },
  'fetch-event-source': () => {
    // What it expects of a browser.
    globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} };
    globalThis.window ??= globalThis;
    const stop = new AbortController();
    return fetchEventSource(url, {
      signal: stop.signal,
      onmessage: (message) => {
        if (show(message)) stop.abort();
      },
      onerror: (error) => {
        throw error;
      },
    });
  },
};

await clients[kind]();
