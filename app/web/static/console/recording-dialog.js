// The dialog that makes a recording of what a stream sent: a file, or a route that
// replays it.

import { saveAs, setText } from './dom.js';
import { getKey } from './keys.js';
import { manageInTurn } from './management.js';
import { nameOf, recordingOf, routeOfRecording } from './recording.js';
import { upload } from './recordings.js';

const dialog = document.getElementById('recording');
const form = dialog.querySelector('form');
const about = dialog.querySelector('[data-part=about]');
const problem = dialog.querySelector('[data-part=problem]');

let made = { text: '', events: 0, seconds: 0 };
let keep = () => {};

dialog.querySelector('[data-part=file]').addEventListener('click', () => (
  saveAs(`${form.elements.name.value || 'recording'}.jsonl`, made.text)));
form.addEventListener('submit', (event) => {
  if (event.submitter?.value !== 'keep') return;
  event.preventDefault();
  keep();
});

/**
 * Asks what to do with what came.
 * @param {string} url of the stream
 * @param {import('./frame-list.js').Frame[]} frames
 * @param {import('./connections.js').Connections} connections
 * @returns {Promise<string|null>} the path that replays it, or null where none was made
 */
export function keepRecording(url, frames, connections) {
  made = recordingOf(url, frames, [getKey('mock'), getKey('manage')]);
  const name = nameOf(url);
  form.elements.name.value = name;
  form.elements.path.value = `/replay/${name}`;
  setText(about, made.events
    ? `${made.events.toLocaleString('en')} events of ${made.seconds.toFixed(1)} s. Clear the frames to begin anew.`
    : 'No event has come yet.');
  for (const button of form.querySelectorAll('[data-part=file], [value=keep]')) button.disabled = !made.events;
  complain('');
  dialog.showModal();
  return new Promise((resolve) => {
    let served = null;
    keep = async () => {
      served = await replayed((...request) => manageInTurn(connections, request));
      if (served) dialog.close();
    };
    dialog.addEventListener('close', () => resolve(served), { once: true });
  });
}

/** Uploads it, and makes its route. @returns {Promise<string|null>} the route's path */
async function replayed(ask) {
  const { name, path, speed, loop } = form.elements;
  const given = { name: name.value.trim(), path: path.value.trim(), speed: Number(speed.value), loop: loop.checked };
  const kept = await upload(ask, given.name, made.text);
  if (!kept.ok) {
    complain(kept.problem.detail);
    return null;
  }
  const route = await ask('POST', '/routes', { body: routeOfRecording(given) });
  if (route.ok) return given.path;
  await ask('DELETE', `/recordings/${encodeURIComponent(given.name)}`);
  complain(route.problem.detail);
  return null;
}

function complain(text) {
  setText(problem, text);
  problem.hidden = !text;
}
