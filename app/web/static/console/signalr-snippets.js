// The same request to the hub: complete programs for SignalR's clients.

import { absolute, js, KEY_VARIABLE, python } from './literals.js';
import { toDraft } from './request.js';
import { PAGE } from './site.js';

/** Options that a call of a hub has not: the hub sends whole values, without faults. */
const NOT_OVER_A_HUB = ['sseMode', 'fault'];

/** Languages by name, each a function from what is wanted to code; none without a hub. */
export const SIGNALR = PAGE.hub ? {
  'SignalR: JavaScript': javascript,
  'SignalR: Python': pysignalr,
  'SignalR: C#': csharp,
} : {};

/** The address of the hub, and the arguments of the call as JSON. */
function call(url) {
  const { path, options, fields } = toDraft(url);
  const given = Object.entries({ continuous: 'false', ...options })
    .filter(([name]) => !NOT_OVER_A_HUB.includes(name));
  const values = [...given.map(([name, text]) => [name, value(text)]), ...fields];
  return {
    hub: absolute(PAGE.hub),
    path,
    options: JSON.stringify(Object.fromEntries(values)),
  };
}

/** A number, a flag or a shape as such; any other text stays one. */
function value(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function javascript({ url, keyed }) {
  const { hub, path, options } = call(url);
  const key = keyed ? `, { accessTokenFactory: () => process.env.${KEY_VARIABLE} }` : '';
  return `import { HubConnectionBuilder } from '@microsoft/signalr';

const hub = new HubConnectionBuilder()
  .withUrl(${js(hub)}${key})
  .withAutomaticReconnect()
  .build();
await hub.start();

const options = JSON.parse(${js(options)});
hub.stream('Stream', ${js(path)}, options).subscribe({
  next: (value) => console.log(value),
  error: (error) => console.error(error.message),
  complete: () => hub.stop(),
});
`;
}

function pysignalr({ url, keyed }) {
  const { hub, path, options } = call(url);
  const key = keyed ? `, headers={"X-Api-Key": os.environ["${KEY_VARIABLE}"]}` : '';
  return `import asyncio
import json${keyed ? '\nimport os' : ''}

from pysignalr.client import SignalRClient

options = json.loads(${python(options)})


async def main():
    hub = SignalRClient(${python(hub)}${key})
    over = asyncio.Event()

    async def show(value):
        print(value, flush=True)

    async def end(completion):
        print(completion.error or "Ended", flush=True)
        over.set()

    async def begin(greeting):
        await hub.stream("Stream", [${python(path)}, options], show, end)

    hub.on("Connected", begin)
    running = asyncio.create_task(hub.run())
    await over.wait()
    running.cancel()


asyncio.run(main())
`;
}

function csharp({ url, keyed }) {
  const { hub, path, options } = call(url);
  const text = JSON.stringify;
  const key = keyed ? `, options => options.AccessTokenProvider =
        () => Task.FromResult(Environment.GetEnvironmentVariable("${KEY_VARIABLE}"))` : '';
  return `// dotnet add package Microsoft.AspNetCore.SignalR.Client
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

await using var hub = new HubConnectionBuilder()
    .WithUrl(${text(hub)}${key})
    .WithAutomaticReconnect()
    .Build();
await hub.StartAsync();

var options = JsonSerializer.Deserialize<JsonElement>(${text(options)});
await foreach (var value in hub.StreamAsync<JsonElement>("Stream", ${text(path)}, options))
    Console.WriteLine(value);
`;
}
