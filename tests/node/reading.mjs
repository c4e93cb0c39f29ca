// Reads a stream with an EventSource that no one here wrote, until it has so many
// events, and prints each: a line of JSON with its name, id and data.
//
//   node reading.mjs URL COUNT NAME...

import { EventSource } from 'eventsource';

const [url, count, ...names] = process.argv.slice(2);
const source = new EventSource(url);
// Between two connections the source holds nothing open.
const alive = setInterval(() => {}, 1000);
let left = Number(count);

for (const name of names) {
  source.addEventListener(name, ({ type, lastEventId, data }) => {
    if (left === 0) return;
    console.log(JSON.stringify([type, lastEventId, data]));
    left -= 1;
    if (left > 0) return;
    source.close();
    clearInterval(alive);
  });
}
