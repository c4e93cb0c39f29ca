// The recordings that the server has: to replay, to delete, and to bring another.

import { setText } from './dom.js';
import { showBytes } from './payload.js';
import { nameOf, routeOfRecording } from './recording.js';
import { SyncedTable } from './synced-table.js';

export class Recordings {
  /**
   * @param {HTMLElement} root
   * @param {object} page
   * @param {(...request: any[]) => Promise<object>} page.ask one management request
   * @param {(text: string) => void} page.onReplay given the JSON of a route
   */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.parts = Object.fromEntries(
      ['recordingTotal', 'recordingNote', 'recordingFile'].map((name) => [name, part(name)]));
    this.table = new SyncedTable(part('recordingTable'), ({ name }) => name, (row) => this.#cells(row));
    this.parts.recordingFile.addEventListener('change', () => this.#bring());
  }

  /** Reads the list again. */
  async refresh() {
    const { ok, text } = await this.page.ask('GET', '/recordings', { ask: false });
    if (!ok) return;
    const { recordings, total } = JSON.parse(text);
    this.table.show(recordings);
    setText(this.parts.recordingTotal, String(total));
  }

  #cells({ name, url, started, events, bytes }) {
    const path = `/replay/${name}`;
    return [
      name, url, new Date(started).toLocaleString(), events.toLocaleString('en'), showBytes(bytes),
      ['Replay', `Replay ${name}`, () => this.page.onReplay(routeOfRecording({ name, path, speed: 1, loop: false }))],
      ['Delete', `Delete ${name}`, () => this.#delete(name)],
    ];
  }

  async #bring() {
    const field = this.parts.recordingFile;
    const [file] = field.files;
    if (!file) return;
    const name = nameOf(file.name);
    const { ok, problem } = await upload(this.page.ask, name, await file.text());
    field.value = '';
    this.#say(ok ? `${name} was uploaded.` : problem.detail);
    this.refresh();
  }

  async #delete(name) {
    const { ok, problem } = await this.page.ask('DELETE', `/recordings/${encodeURIComponent(name)}`);
    this.#say(ok ? `${name} was deleted.` : problem.detail);
    this.refresh();
  }

  #say(text) {
    setText(this.parts.recordingNote, text);
  }
}

/** Gives the server a recording. */
export function upload(ask, name, content) {
  return ask('POST', '/recordings', { body: JSON.stringify({ name, content }) });
}
