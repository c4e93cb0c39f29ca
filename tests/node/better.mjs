// A stream of better-sse, which knows nothing of this project:
//
//   node better.mjs
//
// It prints its address, and then each event as it pushes it, a line of JSON each, with
// the milliseconds since the one before. It goes on after Last-Event-ID, cuts the
// connection twice, the second time within an event, and says 204 when all is told.

import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { createSession } from 'better-sse';

const EVENTS = Array.from({ length: 30 }, (_, n) => ({
  id: `e/${n}`,
  name: ['price', 'message', 'größe'][n % 3],
  data: [{ n, price: 189.5 + n }, `"line ${n}"\nand\tanother`, `ü ${n} ${'x'.repeat(n * 100)}`][n % 3],
  wait: [5, 40, 80, 1, 20, 0][n % 6],
}));
const CUTS = new Set([9, 19]);
let before = performance.now();

const server = createServer(async (request, response) => {
  const last = EVENTS.findIndex(({ id }) => id === request.headers['last-event-id']);
  if (last === EVENTS.length - 1) {
    response.writeHead(204).end();
    return;
  }
  const session = await createSession(request, response, { retry: 60, keepAlive: 25 });
  for (const [n, { id, name, data, wait }] of EVENTS.entries()) {
    if (n <= last) continue;
    await pause(wait);
    const now = performance.now();
    session.push(data, name, id);
    console.log(JSON.stringify({ id, name, data: JSON.stringify(data), gap: now - before }));
    before = now;
    if (CUTS.delete(n)) {
      if (CUTS.size === 0) response.write(`id: ${id}-half\ndata: {"cut`);
      response.socket.destroySoon();
      return;
    }
  }
  response.end();
});

server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/events`);
});
