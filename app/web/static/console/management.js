// The management endpoints: what they answer, in words.

import { askForKeys, keyHeaders } from './keys.js';

/** One request; asks for the key where the server wants one, and tries again. */
export async function manage(method, path) {
  for (let asked = false; ; asked = true) {
    const response = await fetch(`/api/manage${path}`, {
      method, headers: keyHeaders('manage'), cache: 'no-store',
    });
    if (response.status !== 401 || asked || !(await askForKeys('manage'))) return response;
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
