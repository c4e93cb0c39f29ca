// Reads one stream until its end with a client that no one here wrote, and prints
// each event with the milliseconds since the start, a line of JSON each:
//
//   node clients.mjs eventsource|undici|fetch-event-source URL

import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSource } from 'eventsource';
import * as undici from 'undici';

const [kind, url] = process.argv.slice(2);
const began = performance.now();

function show(message) {
  const event = JSON.parse(message.data);
  console.log(JSON.stringify([performance.now() - began, event]));
  return event.type === 'end';
}

function read(source) {
  source.onmessage = (message) => {
    if (show(message)) source.close();
  };
  source.onerror = (error) => {
    console.error(error.message ?? error);
    process.exit(1);
  };
}

// What fetch-event-source expects of a browser.
globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} };
globalThis.window ??= globalThis;

const clients = {
  eventsource: () => read(new EventSource(url)),
  undici: () => read(new undici.EventSource(url)),
  'fetch-event-source': () => {
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
