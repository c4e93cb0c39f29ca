// Reads streams with one JavaScript reader, once each: node read.mjs READER < {name: url}.
// Prints {name: {events: [[type, data, id]], error: text or null}} as JSON.

import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const [reader, home] = process.argv.slice(2);
const require = createRequire(`${home}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const PATIENCE = 6000;

/** Reads with what has the interface of a browser's EventSource. */
function withSource(source, found) {
  const show = (event) => {
    if ('data' in event) found.events.push([event.type, event.data, event.lastEventId ?? '']);
  };
  source.addEventListener('message', show);
  source.addEventListener('price', show);
  return new Promise((resolve) => {
    source.onerror = (event) => {
      source.close();
      resolve(event?.status && event.status !== 200 ? `status ${event.status}` : null);
    };
  });
}

const readers = {
  eventsource: async (url, found) => withSource(new (await load('eventsource')).EventSource(url), found),
  'eventsource-2': async (url, found) => withSource(new (require('eventsource-2'))(url), found),
  undici: async (url, found) => withSource(new (require('undici').EventSource)(url), found),
  'event-source-polyfill': async (url, found) => {
    const { EventSourcePolyfill } = require('event-source-polyfill');
    return withSource(new EventSourcePolyfill(url), found);
  },
  'fetch-event-source': async (url, found) => {
    globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} };
    globalThis.window ??= globalThis;
    const { fetchEventSource } = await load('@microsoft/fetch-event-source');
    await fetchEventSource(url, {
      onmessage: ({ event, data, id }) => found.events.push([event || 'message', data, id]),
      onerror: (error) => { throw error; },
    });
    return null;
  },
  'eventsource-parser': async (url, found) => {
    const { createParser } = await load('eventsource-parser');
    const parser = createParser({
      onEvent: ({ event, data, id }) => found.events.push([event ?? 'message', data, id ?? '']),
    });
    const response = await fetch(url);
    const decoder = new TextDecoder();
    for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
    return null;
  },
};

const urls = JSON.parse(await text(process.stdin));
const results = {};
const crashes = {};
process.on('uncaughtException', (error) => {
  for (const [name, url] of Object.entries(urls)) if (url.endsWith(error.input)) crashes[name]?.();
});
await Promise.all(Object.entries(urls).map(async ([name, url]) => {
  const found = { events: [], error: 'no end' };
  results[name] = found;
  const end = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE, 'no end');
    crashes[name] = () => resolve('crash');
  });
  try {
    found.error = await Promise.race([readers[reader](url, found), end]);
  } catch (error) {
    found.error = error.name;
  }
}));
process.stdout.write(JSON.stringify(results), () => process.exit());
