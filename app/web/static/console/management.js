// The management endpoints: what they answer, in words.

import { askForKeys, keyHeaders } from './keys.js';
import { SERVICE } from './site.js';

/**
 * One request; asks for the key where the server wants one, and tries again.
 * @param {string} method
 * @param {string} path below /api/manage
 * @param {{body?: string, ask?: boolean}} how `body` is JSON
 */
export async function manage(method, path, { body, ask = true } = {}) {
  for (let asked = !ask; ; asked = true) {
    const headers = { ...keyHeaders('manage'), ...(body !== undefined && { 'Content-Type': 'application/json' }) };
    const response = await fetch(`${SERVICE}/api/manage${path}`, { method, body, headers, cache: 'no-store' });
    if (response.status !== 401 || asked || !(await askForKeys('manage'))) return response;
  }
}

/**
 * One request in its turn: it waits for a connection where streams hold all of them.
 * @param {import('./connections.js').Connections} connections
 * @param {Parameters<typeof manage>} request
 * @param {() => void} [waiting] called when there is no connection
 * @returns {Promise<{ok: boolean, status: number, text: string, problem: {detail: string,
 *   pointer?: string}}>} status 0 where the server cannot be reached
 */
export async function manageInTurn(connections, request, waiting) {
  const release = await connections.acquire(new AbortController().signal, { waiting });
  try {
    const response = await manage(...request);
    const { ok, status } = response;
    const text = await response.text();
    const isProblem = !ok && /json/.test(response.headers.get('Content-Type') ?? '');
    return { ok, status, text, problem: isProblem ? JSON.parse(text) : { detail: `The server answered ${status}.` } };
  } catch {
    return { ok: false, status: 0, text: '', problem: { detail: 'The server cannot be reached.' } };
  } finally {
    release();
  }
}

/** @returns {Promise<string>} what is wrong with an answer, in one sentence */
export async function complaint(response) {
  if (response.status === 401) return 'The server wants its management key (Keys, at the top).';
  const type = response.headers.get('Content-Type') ?? '';
  const problem = /json/.test(type) ? await response.json() : null;
  return problem?.detail ?? `The server answered ${response.status}.`;
}

/**
 * Stops a stream on the server.
 * @param {string} id
 * @param {{urgent?: (() => void) | null}} how `urgent` frees a connection for the request
 * @returns {Promise<string>} what came of it
 */
export async function stopOnServer(id, { urgent = null } = {}) {
  try {
    const asked = manage('DELETE', `/streams/${encodeURIComponent(id)}`);
    urgent?.();
    const response = await asked;
    if (response.ok) return 'The server was told to stop this stream.';
    if (response.status === 404) return 'The server had no such stream any more.';
    return complaint(response);
  } catch {
    return 'The server cannot be reached.';
  }
}
