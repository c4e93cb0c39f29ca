// The same request as code in several languages: complete programs that run, and a
// configuration file.

import { absolute, js, KEY_VARIABLE, python, shell } from './literals.js';
import { routesAsPytest } from './pytest-snippet.js';
import { toDraft, toFetch, toUrl } from './request.js';
import { SIGNALR } from './signalr-snippets.js';
import { routesAsYaml } from './yaml.js';

/**
 * @typedef {object} Wanted
 * @property {string} url relative to the server
 * @property {boolean} keyed whether the server wants a key
 * @property {string} route the JSON of a route that serves such a stream
 */

/** Languages by name, each a function from what is wanted to code. */
export const LANGUAGES = {
  curl,
  'JavaScript EventSource': eventSource,
  'JavaScript fetch (POST)': fetchPost,
  'Python requests': pythonRequests,
  'Python httpx-sse': pythonHttpx,
  'C# HttpClient': csharp,
  ...SIGNALR,
  'Route as YAML': ({ route }) => routesAsYaml(route),
  'Test with pytest': ({ route }) => routesAsPytest(route),
};

function curl({ url, keyed }) {
  const { url: target, method, body } = toFetch(url);
  const lines = [`curl -N --globoff ${shell(absolute(target))}`];
  if (keyed) lines.push(`-H "X-Api-Key: $${KEY_VARIABLE}"`);
  if (method === 'POST') lines.push("-H 'Content-Type: application/json'", `--data ${shell(body)}`);
  return lines.join(' \\\n  ');
}

const JS_HANDLING = `if (data.type === 'info') {
    console.log(\`Started: \${data.mode}, every \${data.intervalMs} ms\`);
  } else if (data.type === 'error') {
    console.error(\`A batch failed: \${data.message}\`);
  } else if (data.type === 'end') {
    console.log(\`Ended: \${data.message}\`);
  } else {
    console.log(data);
  }`;

function eventSource({ url, keyed }) {
  const note = keyed
    ? '// This server wants a key, and an EventSource cannot send headers: see fetch.\n' : '';
  return `${note}const stream = new EventSource(
  ${js(absolute(url))}
);

stream.onmessage = (message) => {
  const data = JSON.parse(message.data);
  ${JS_HANDLING}
  // Without close() the browser would connect again.
  if (data.type === 'end' || data.done && !('chunk' in data)) stream.close();
};

// The browser reconnects by itself, except after an answer that is no stream.
stream.onerror = () => {
  if (stream.readyState === EventSource.CLOSED) console.error('The server refused the stream');
};
`;
}

function fetchPost({ url, keyed }) {
  const { options, path, fields } = toDraft(url);
  const { shape, ...rest } = options;
  const key = keyed ? `\n    'X-Api-Key': process.env.${KEY_VARIABLE},` : '';
  return `const response = await fetch(${js(absolute(toUrl({ path, options: rest, fields })))}, {
  method: 'POST',
  headers: {
    'Accept': 'text/event-stream',
    'Content-Type': 'application/json',${key}
  },
  body: JSON.stringify(${shape ? `{ shape: JSON.parse(${js(shape)}) }` : '{}'}),
});
if (!response.ok) throw new Error(\`\${response.status}: \${await response.text()}\`);

let text = '';
const decoder = new TextDecoder();
for await (const bytes of response.body) {
  text += decoder.decode(bytes, { stream: true });
  const blocks = text.split('\\n\\n');
  text = blocks.pop();
  for (const block of blocks) {
    const line = block.split('\\n').find((each) => each.startsWith('data: '));
    if (line) handle(JSON.parse(line.slice(6)));
  }
}

function handle(data) {
  ${JS_HANDLING}
}
`;
}

/** The query as a dict, and the address without it. */
function pythonParts(url) {
  const { origin, pathname, search } = new URL(url, location.origin);
  const pairs = [...new URLSearchParams(search)];
  const lines = pairs.map(([name, value]) => `    (${python(name)}, ${python(value)}),`);
  return {
    address: python(origin + pathname),
    params: pairs.length ? `[\n${lines.join('\n')}\n]` : '[]',
  };
}

const PYTHON_HANDLING = `if data.get("type") == "info":
        print("Started:", data["mode"], "every", data["intervalMs"], "ms")
    elif data.get("type") == "error":
        print("A batch failed:", data["message"])
    elif data.get("type") == "end":
        print("Ended:", data["message"])
    else:
        print(data, flush=True)`;

function pythonKey(keyed) {
  return keyed ? `\nheaders["X-Api-Key"] = os.environ["${KEY_VARIABLE}"]` : '';
}

function pythonRequests({ url, keyed }) {
  const { address, params } = pythonParts(url);
  return `import json${keyed ? '\nimport os' : ''}

import requests

params = ${params}
headers = {"Accept": "text/event-stream"}${pythonKey(keyed)}


def handle(data):
    ${PYTHON_HANDLING}


# The server sends at least a comment every 15 seconds.
with requests.get(
    ${address},
    params=params,
    headers=headers,
    stream=True,
    timeout=(5, 60),
) as response:
    response.raise_for_status()
    for line in response.iter_lines(chunk_size=None):
        if line.startswith(b"data: "):
            handle(json.loads(line[6:]))
`;
}

function pythonHttpx({ url, keyed }) {
  const { address, params } = pythonParts(url);
  return `import json${keyed ? '\nimport os' : ''}

import httpx
from httpx_sse import connect_sse

params = ${params}
headers = {}${pythonKey(keyed)}


def handle(data):
    ${PYTHON_HANDLING}


# The server sends at least a comment every 15 seconds.
with httpx.Client(timeout=httpx.Timeout(5, read=60)) as client:
    with connect_sse(
        client, "GET", ${address}, params=params, headers=headers
    ) as source:
        source.response.raise_for_status()
        for event in source.iter_sse():
            handle(json.loads(event.data))
`;
}

function csharp({ url, keyed }) {
  const key = keyed
    ? `\nrequest.Headers.Add("X-Api-Key", Environment.GetEnvironmentVariable("${KEY_VARIABLE}"));` : '';
  return `using System.Net.Http.Headers;
using System.Text.Json;

using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
using var request = new HttpRequestMessage(
    HttpMethod.Get,
    ${JSON.stringify(absolute(url))});
request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));${key}

// Without ResponseHeadersRead nothing would come before the stream has ended.
using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
response.EnsureSuccessStatusCode();
using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

while (await reader.ReadLineAsync() is { } line)
{
    if (!line.StartsWith("data: ")) continue;
    using var document = JsonDocument.Parse(line.AsMemory(6));
    var data = document.RootElement;
    var type = data.TryGetProperty("type", out var found) ? found.GetString() : null;
    if (type == "info") Console.WriteLine("Started");
    else if (type == "error") Console.WriteLine($"A batch failed: {data.GetProperty("message")}");
    else if (type == "end") Console.WriteLine($"Ended: {data.GetProperty("message")}");
    else Console.WriteLine(data);
}
`;
}
