// A SignalR client: does what its tests ask, and says what it saw, a line each.
//
//   node hub.mjs <url> <transport> <protocol> visit          calls, streams, cancels
//   node hub.mjs <url> <transport> <protocol> stay <seconds> subscribes and stays
//   node hub.mjs <url> <transport> <protocol> crowd <number> so many of those
import * as signalR from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";

const [url, transport, protocol, what, seconds] = process.argv.slice(2);
const say = (event, value = null) => console.log(JSON.stringify([event, value]));

function build() {
  const builder = new signalR.HubConnectionBuilder()
    .withUrl(url, {
      transport: signalR.HttpTransportType[transport],
      skipNegotiation: protocol === "skip",
    })
    .withAutomaticReconnect([0, 100, 200, 500, 1000, 2000, 5000])
    .configureLogging(signalR.LogLevel.None);
  if (protocol === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
  return builder.build();
}

const hub = build();

hub.onreconnecting(() => say("reconnecting"));
hub.onclose((error) => say("closed", error ? error.message : null));
const greeted = new Promise((resolve) => hub.on("Connected", resolve));
const errorOf = async (call) => call.then(() => null, (error) => error.message);

function stream(options, most) {
  return new Promise((resolve, reject) => {
    const items = [];
    const subscription = hub.stream("Stream", "stocks", options).subscribe({
      next: (item) => {
        items.push(item);
        if (items.length === most) {
          subscription.dispose();
          resolve(items);
        }
      },
      complete: () => resolve(items),
      error: reject,
    });
  });
}

function updates(context, most) {
  return new Promise((resolve) => {
    const found = [];
    hub.on("DataUpdate", (update) => {
      if (update.context === context && found.push(update) === most) resolve(found);
    });
  });
}

async function visit() {
  say("value", await hub.invoke("get", "stocks", { shape: { ticker: "AAPL", price: 1.5 } }));
  say("stream", await stream({ interval: 20, maxEvents: 3, shape: { price: 1.5 } }, 100));
  say("cancelled", (await stream({ interval: 20 }, 2)).length);
  say("unknown", await errorOf(hub.invoke("SubscribeToContext", "nope")));
  say("contexts", await hub.invoke("GetAvailableContexts"));
  const found = updates("stocks", 3);
  await hub.invoke("SubscribeToContext", "stocks");
  say("updates", await found);
  await hub.invoke("UnsubscribeFromContext", "stocks");
  await hub.stop();
}

// A connection may be over again before a call is answered: it comes back once more.
const unlessOver = (call) => call.catch(() => {});

async function stay() {
  const subscribe = () => hub.invoke("SubscribeToContext", "stocks");
  let count = 0;
  hub.on("DataUpdate", () => {
    count += 1;
    if (count === 1) say("updates");
  });
  hub.onreconnected(async () => {
    say("reconnected");
    count = 0;
    await unlessOver(subscribe());
  });
  await subscribe();
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
  await hub.stop();
}

// Only reconnections are tried again by themselves.
async function begin(client) {
  for (;;) {
    try {
      await client.start();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

// Says "live" whenever all clients get updates, after a start or a return.
async function crowd(number) {
  setTimeout(() => process.exit(1), 120_000); // nobody waits for ever
  const waiting = new Set();
  const isLive = (client) => {
    if (waiting.delete(client) && waiting.size === 0) say("live");
  };
  await Promise.all(
    Array.from({ length: number }, async () => {
      const client = build();
      const subscribe = () => client.invoke("SubscribeToContext", "stocks");
      waiting.add(client);
      client.on("DataUpdate", () => isLive(client));
      client.onreconnecting(() => waiting.add(client));
      client.onreconnected(() => unlessOver(subscribe()));
      client.onclose((error) => say("closed", error ? error.message : null));
      await begin(client);
      await unlessOver(subscribe());
    }),
  );
  await new Promise(() => {});
}

if (what === "crowd") await crowd(Number(seconds));
await hub.start();
say("connected", await greeted);
await { visit, stay }[what]();
process.exit(0);
