// Reads a feed until COUNT events have come, however often the connection is lost, and
// prints them as JSON: each its last id and its data.
//
//   node resuming.mjs KIND URL COUNT

import { createRequire } from 'node:module';

import { EventSource } from 'eventsource';
import * as undici from 'undici';

const [kind, url, count] = process.argv.slice(2);
const require = createRequire(import.meta.url);

const clients = {
  eventsource: () => new EventSource(url),
  undici: () => new undici.EventSource(url),
  // It says in the query what it received last.
  'event-source-polyfill': () =>
    new (require('event-source-polyfill').EventSourcePolyfill)(url),
  'eventsource-2': () => new (require('eventsource-2'))(url),
  'launchdarkly-eventsource': () =>
    new (require('launchdarkly-eventsource').EventSource)(url),
};

setInterval(() => {}, 1000); // one of them waits with a timer that keeps nothing alive
const events = [];
const source = clients[kind]();
source.onerror = () => {}; // it comes back by itself
source.onmessage = (event) => {
  const data = JSON.parse(event.data);
  if (data.type !== 'info') events.push([event.lastEventId, data]);
  if (events.length === Number(count)) {
    process.stdout.write(JSON.stringify(events), () => process.exit(0));
  }
};
