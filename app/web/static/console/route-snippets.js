// A route as code: for a configuration file, and for a shell.

import { getKey } from './keys.js';
import { routesAsPytest } from './pytest-snippet.js';
import { SERVICE } from './site.js';
import { shell } from './literals.js';
import { routesAsYaml } from './yaml.js';

/**
 * @typedef {object} WantedRoute
 * @property {string} text the route's JSON
 * @property {ReturnType<import('./route.js').requestFor>} request one that it serves
 */

/** Languages by name, each a function from what is wanted to code. */
export const ROUTE_LANGUAGES = {
  YAML: ({ text }) => routesAsYaml(text),
  pytest: ({ text }) => routesAsPytest(text),
  'curl, to read it': read,
  'curl, to make it': make,
};

function read({ request: { method, address, headers, body } }) {
  const lines = [`curl -N --globoff ${shell(new URL(address, location.origin).href)}`];
  if (method !== 'GET') lines.push(`-X ${shell(method)}`);
  for (const header of headers.split('\n').filter(Boolean)) lines.push(`-H ${shell(header)}`);
  if (body) lines.push("-H 'Content-Type: application/json'", `--data ${shell(body)}`);
  return lines.join(' \\\n  ');
}

function make({ text }) {
  const lines = [`curl ${shell(`${location.origin}${SERVICE}/api/manage/routes`)}`];
  if (getKey('manage')) lines.push('-H "X-Api-Key: $LLMOCK_MANAGEMENT_KEY"');
  lines.push("-H 'Content-Type: application/json'", `--data-raw ${shell(text)}`);
  return lines.join(' \\\n  ');
}
