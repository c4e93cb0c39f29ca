// Connects once, as a page does that never asks again, and prints a line of JSON each:
// the status of every answer that is an error, "gave up" where the client has stopped
// for good, and the first event called NAME, with which the program ends:
//
//   node returning.mjs KIND URL NAME

import { createRequire } from 'node:module';

import { EventSource } from 'eventsource';

const [kind, url, name] = process.argv.slice(2);
const require = createRequire(import.meta.url);

const clients = {
  eventsource: () => new EventSource(url),
  'eventsource-2': () => new (require('eventsource-2'))(url),
  'launchdarkly-eventsource': () =>
    new (require('launchdarkly-eventsource').EventSource)(url),
};

const print = (value) => console.log(JSON.stringify(value));
const source = clients[kind]();
source.onerror = (error) => {
  const status = error.status ?? error.code;
  if (status) print(status); // else the connection was closed, which 2 says too
  if (source.readyState === 2) {
    print('gave up');
    process.exit(0);
  }
};
source.addEventListener(name, (event) => {
  print(JSON.parse(event.data));
  process.exit(0);
});
