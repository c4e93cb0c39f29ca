// Clients of a stream of prices in JavaScript, with fetch and nothing else:
//
//   node dashboard.mjs URL     prints each price on a line, until the stream is over

const RETRY_MS = 20;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Follows a stream and yields its prices; comes back when it is cut off. */
export async function* prices(url, signal) {
  let lastId;
  while (!signal?.aborted) {
    try {
      const headers = lastId ? { 'Last-Event-ID': lastId } : {};
      const response = await fetch(url, { headers, signal });
      if (response.status === 204) return;
      for await (const event of events(response.body)) {
        lastId = event.id ?? lastId;
        const price = parsed(event.data)?.p;
        if (price !== undefined) yield price;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof TypeError)) throw error; // fetch's way to say: cut off
    }
    await sleep(RETRY_MS);
  }
}

/** Asks once, and again after a 503, as Retry-After says. */
export async function latestPrice(url, attempts = 5) {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const response = await fetch(url);
    if (response.ok) return (await response.json()).p;
    await sleep(1000 * (response.headers.get('Retry-After') ?? RETRY_MS / 1000));
  }
  throw new Error(`${url} is not available`);
}

async function* events(body) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const event = {};
      for (const line of text.slice(0, end).split('\n')) {
        const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
        if (field) event[field] = value;
      }
      yield event;
    }
  }
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // no event, or no JSON
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for await (const price of prices(process.argv[2])) console.log(price);
}
