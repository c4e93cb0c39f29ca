// Runs the script of a page as a browser would, with the EventSource of the
// package "eventsource", and reports what the page saw and did:
//
//   node dashboard.mjs http://127.0.0.1:5000 example.js
//
// Relative addresses are resolved against the given one. Once every source is
// closed, and none waits to reconnect, one line of JSON is printed: what the page
// logged about starts ("infos") and ends ("ended"), the data that it showed
// ("updates"), its "errors", and how many "connections" it made.

import { readFileSync } from 'node:fs';
import vm from 'node:vm';

import { EventSource } from 'eventsource';

const [base, script] = process.argv.slice(2);
const sources = [];
const seen = { infos: [], updates: [], ended: [], errors: [], connections: 0 };

function countingFetch(address, options) {
  seen.connections += 1;
  return fetch(address, options);
}

class PageEventSource extends EventSource {
  constructor(address) {
    super(new URL(address, base), { fetch: countingFetch });
    sources.push(this);
  }
}

function log(text) {
  if (text.startsWith('Streaming started')) seen.infos.push(text);
  if (text.startsWith('Stream ended')) seen.ended.push(text);
}

function error(...parts) {
  seen.errors.push(parts.map((part) => part.message ?? String(part)).join(' '));
}

const page = {
  EventSource: PageEventSource,
  console: { log, error },
  // A page's timers do not keep its browser open.
  setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
  updateDashboard: (data) => seen.updates.push(data),
  updateStockWidget: (ticker, data) => seen.updates.push({ ...data, widget: ticker }),
};

// A source that waits to reconnect does not keep Node.js running, as a page would.
const browser = setInterval(() => {
  if (sources.every((source) => source.readyState === EventSource.CLOSED)) {
    clearInterval(browser);
  }
}, 20);

process.on('exit', () => console.log(JSON.stringify(seen)));
vm.runInNewContext(readFileSync(script, 'utf8'), page, { filename: script });
