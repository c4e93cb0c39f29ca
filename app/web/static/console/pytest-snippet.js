// A route as a test in Python, with the fixture that the package brings.

import { memberOf, parseTree } from './json-tree.js';
import { requestFor } from './route.js';

/** Keys that the fixture chooses by itself. */
const OWN = new Set(['path', 'name', 'expiresseconds', 'stream']);

/** Longer calls are written over several lines. */
const MAX_LINE = 88;

/**
 * @param {string} text the JSON of a route, or of a list of them
 * @returns {string} a file of tests, one for each route
 */
export function routesAsPytest(text) {
  const root = parseTree(text);
  const routes = root.kind === 'array' ? root.members.map(({ value }) => value) : [root];
  return routes.map((route, index) => test(route, routes.length > 1 ? `_${index + 1}` : '')).join('\n\n');
}

function test(route, number) {
  const stream = member(route, 'stream');
  const { address, method } = requestFor(plain(route));
  const lines = stream ? ofStream(route, stream, address) : ofAnswer(route, address, method);
  return `def test_the_client${number}(llmock):\n${lines.map((line) => (line ? `    ${line}` : '')).join('\n')}\n`;
}

function ofStream(route, stream, address) {
  const rest = others(route, OWN);
  const more = rest.length ? [`route=${dict(rest)}`] : [];
  const script = member(stream, 'script');
  const call = script
    ? ['script', [pathOf(route), python(script), ...keywords(stream, new Set(['script'])), ...more]]
    : ['stream', [pathOf(route), ...kinds(stream), ...more]];
  return [
    ...written(`feed = llmock.${call[0]}`, call[1]),
    `client = start_client(llmock.url + ${JSON.stringify(address)})  # yours`,
    'feed.wait_for_clients(1)',
    `feed.push({"hello": "client"}${eventOf(stream)})`,
    'feed.cut()',
    'feed.wait_for_clients(1)  # a new one since the cut',
    'feed.verdict().check("reconnects", "sends-last-id")',
    'client.close()',
  ];
}

/** The name that the stream's first kind of event has, as an argument. */
function eventOf(stream) {
  const [first] = [...(member(stream, 'events')?.members ?? []), ...(member(stream, 'script')?.members ?? [])];
  const name = first && member(first.value, 'event');
  return name ? `, event=${python(name)}` : '';
}

/** One kind of event with a shape has a short form. */
function kinds(stream) {
  const events = member(stream, 'events');
  const [only, ...more] = events?.members ?? [];
  const known = new Set(['event', 'shape']);
  if (!only || more.length || others(only.value, known).length) return keywords(stream, new Set());
  const shape = member(only.value, 'shape');
  const name = member(only.value, 'event');
  return [
    ...(shape ? [python(shape)] : []),
    ...(name ? [`event=${python(name)}`] : []),
    ...keywords(stream, new Set(['events'])),
  ];
}

function ofAnswer(route, address, method) {
  const [body, shape] = [member(route, 'body'), member(route, 'shape')];
  const known = new Set([...OWN, 'body', 'shape', 'methods']);
  return [
    ...written('answer = llmock.json', [
      pathOf(route),
      ...(body ? [python(body)] : []),
      ...(shape ? [`shape=${python(shape)}`] : []),
      ...(method === 'GET' ? [] : [`method=${JSON.stringify(method)}`]),
      ...keywords(route, known),
    ]),
    `call_client(llmock.url + ${JSON.stringify(address)})  # yours`,
    'assert [entry.status for entry in answer.journal] == [200]'.replace('200', status(route)),
  ];
}

function status(route) {
  return member(route, 'status')?.text ?? '200';
}

function pathOf(route) {
  return python(member(route, 'path'));
}

/** A call on one line where it fits, else with an argument a line. */
function written(call, given) {
  const line = `${call}(${given.join(', ')})`;
  if (line.length + 4 <= MAX_LINE) return [line];
  return [`${call}(`, ...given.map((each) => `    ${each},`), ')'];
}

function member(node, name) {
  return memberOf(node, name)?.value;
}

function others(node, known) {
  return node.members.filter(({ name }) => !known.has(name.toLowerCase()));
}

function keywords(node, known) {
  return others(node, known).map(({ name, value }) => `${snake(name)}=${python(value)}`);
}

function snake(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

function dict(members) {
  return `{${members.map(({ name, value }) => `${JSON.stringify(name)}: ${python(value)}`).join(', ')}}`;
}

const WORDS = { true: 'True', false: 'False', null: 'None' };

/** A JSON value as Python writes it; numbers keep their spelling. */
function python(node) {
  if (node.kind === 'object') return dict(node.members);
  if (node.kind === 'array') return `[${node.members.map(({ value }) => python(value)).join(', ')}]`;
  if (node.kind === 'string') return JSON.stringify(JSON.parse(node.text)); // no \/, which Python reads otherwise
  return WORDS[node.text] ?? node.text;
}

function plain(node) {
  if (node.kind === 'object') return Object.fromEntries(node.members.map(({ name, value }) => [name, plain(value)]));
  if (node.kind === 'array') return node.members.map(({ value }) => plain(value));
  return JSON.parse(node.text);
}
