// The journal: the latest requests to what is mocked, as they come.

import { setText } from './dom.js';
import { keyHeaders } from './keys.js';
import { showBytes } from './payload.js';
import { SERVICE } from './site.js';
import { StreamClient } from './stream-client.js';
import { SyncedTable } from './synced-table.js';

const STATES = {
  waiting: 'All six HTTP/1.1 connections of the browser carry streams: the journal goes on when one ends.',
  connecting: 'Connecting',
  open: 'Live',
  retrying: 'The server cannot be reached. Trying again.',
};

export class Journal {
  #client;
  #rows = [];
  #total = 0;
  #problem = '';

  /**
   * @param {HTMLElement} root
   * @param {import('./connections.js').Connections} connections
   * @param {(...request: any[]) => Promise<object>} ask one management request
   */
  constructor(root, connections, ask) {
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.root = root;
    this.ask = ask;
    this.parts = Object.fromEntries(
      ['journalState', 'journalTotal', 'journalFilter', 'journalNote', 'entryBox', 'entryName', 'entryText']
        .map((name) => [name, part(name)]));
    this.table = new SyncedTable(part('journalTable'), ({ seq }) => String(seq), (row) => this.#cells(row));
    this.parts.journalFilter.addEventListener('input', () => this.#paint());
    part('journalForget').addEventListener('click', () => this.#forget());
    this.#client = new StreamClient({
      request: () => ({ url: `${SERVICE}/api/manage/events`, method: 'GET', headers: keyHeaders('manage') }),
      connections,
      // A stream that someone watches goes first; this one queues for the next connection.
      yields: () => this.#client.start(),
      onState: (state) => setText(this.parts.journalState, STATES[state] ?? ''),
      onBlock: (block) => {
        if (block.data !== null) this.#take(JSON.parse(block.data).journal);
        return { last: false };
      },
      onBytes: () => {},
      onNote: () => {},
    });
  }

  /** Shows it live, as long as someone looks. */
  open() {
    this.#client.start();
  }

  close() {
    this.#client.stop();
  }

  /** Shows one entry in full. */
  async show(seq) {
    const { ok, text, problem } = await this.ask('GET', `/journal/${seq}`);
    setText(this.parts.journalNote, ok ? '' : problem.detail);
    if (!ok) return;
    setText(this.parts.entryName, String(seq));
    setText(this.parts.entryText, JSON.stringify(JSON.parse(text), null, 2));
    this.parts.entryBox.hidden = false;
    this.parts.entryBox.focus();
  }

  #take({ rows = [], total = 0, problem = '' }) {
    [this.#rows, this.#total, this.#problem] = [rows, total, problem];
    this.#paint();
  }

  #paint() {
    const wanted = this.parts.journalFilter.value.trim().toLowerCase();
    const found = this.#rows.filter(({ method, path, route, client }) => (
      `${method} ${path} ${route} ${client}`.toLowerCase().includes(wanted)));
    this.table.show(found, this.#problem || (wanted && 'No request has this in its path, route or client.'));
    const all = this.#total > this.#rows.length ? `${this.#total}, the latest ${this.#rows.length} shown` : `${this.#total}`;
    setText(this.parts.journalTotal, all);
  }

  #cells(row) {
    const { seq, at, method, path, status, route, why, client, lastEventId } = row;
    return [
      new Date(at).toLocaleTimeString(), method, path, String(status), route ?? why ?? '', client, lastEventId ?? '–',
      ...endOf(row),
      ['Show', `Show entry ${seq}`, () => this.show(seq)],
    ];
  }

  async #forget() {
    const { ok, text, problem } = await this.ask('DELETE', '/journal');
    setText(this.parts.journalNote, ok ? `${JSON.parse(text).forgotten} entries were forgotten.` : problem.detail);
    if (ok) this.parts.entryBox.hidden = true;
  }
}

/** What went out and how it ended, as two cells. */
function endOf({ open, events, bytes, ms, outcome, endedBy }) {
  if (open) return ['…', 'goes on'];
  const sent = events ? `${events.toLocaleString('en')} events, ${showBytes(bytes)}` : showBytes(bytes);
  return [sent, `${outcome.replace(/_/g, ' ')}, by ${endedBy}, after ${ms.toLocaleString('en')} ms`];
}
