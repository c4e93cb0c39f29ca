// What goes on in the server: its open streams, feeds, contexts and backends, as they change.

import { setText } from './dom.js';
import { askForKeys, keyHeaders } from './keys.js';
import { complaint, manage } from './management.js';
import { showBytes } from './payload.js';
import { SERVICE } from './site.js';
import { StreamClient } from './stream-client.js';
import { SyncedTable } from './synced-table.js';

const STATES = {
  waiting: 'All six HTTP/1.1 connections of the browser carry streams: this view goes on when one ends.',
  connecting: 'Connecting',
  open: 'Live',
  retrying: 'The server cannot be reached. Trying again.',
  stopped: 'Paused',
};

export class Overview {
  #client;

  /**
   * @param {HTMLElement} root
   * @param {import('./connections.js').Connections} connections
   */
  constructor(root, connections) {
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.state = part('overviewState');
    this.help = part('overviewHelp');
    this.note = part('overviewNote');
    this.content = part('overviewContent');
    this.totals = { streams: part('streamTotal'), feeds: part('feedTotal'), contexts: part('contextTotal'), backends: part('backendTotal') };
    this.contextBox = part('contextBox');
    this.contextText = part('contextText');
    this.contextName = part('contextName');
    this.tables = {
      streams: new SyncedTable(part('streamTable'), (stream) => stream.id, (stream) => this.#streamCells(stream)),
      feeds: new SyncedTable(part('feedTable'), (feed) => feed.name, (feed) => this.#feedCells(feed)),
      contexts: new SyncedTable(part('contextTable'), (context) => context.name, (context) => this.#contextCells(context)),
      backends: new SyncedTable(part('backendTable'), (backend) => backend.name, backendCells),
    };
    this.help.addEventListener('click', async () => {
      if (await askForKeys('manage')) this.#client.start();
    });
    this.#client = new StreamClient({
      request: () => ({ url: `${SERVICE}/api/manage/events`, method: 'GET', headers: keyHeaders('manage') }),
      connections,
      // A stream that someone watches goes first; this one queues for the next connection.
      yields: () => this.#client.start(),
      onState: (state, about) => this.#become(state, about),
      onBlock: (block) => {
        if (block.data !== null) this.#show(JSON.parse(block.data));
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

  #become(state, about) {
    const refused = state === 'failed';
    setText(this.state, refused ? this.#refusal(about) : STATES[state] ?? '');
    this.state.dataset.state = state;
    this.help.hidden = about.status !== 401;
    this.content.hidden = refused;
  }

  #refusal({ status, text }) {
    if (status === 401) return 'The server wants its management key.';
    if (status === 403) {
      return `${text} Open this page on the server's machine, or set a ManagementApiKey and give it here.`;
    }
    return text;
  }

  #show(snapshot) {
    for (const [name, table] of Object.entries(this.tables)) {
      const { rows = [], total = '', problem } = snapshot[name];
      table.show(rows, problem);
      setText(this.totals[name], total > rows.length ? `${total}, the newest ${rows.length} shown` : `${total}`);
    }
  }

  #streamCells(stream) {
    const pace = stream.continuous ? `every ${stream.intervalMs} ms` : 'regular';
    const kind = stream.transport ? `hub, ${stream.transport}` : `${stream.mode}, ${pace}`;
    return [
      stream.path, kind, stream.backend, stream.client, duration(stream.ageSeconds),
      stream.events.toLocaleString('en'), showBytes(stream.bytes),
      ['Stop', `Stop ${stream.path}`, () => this.#remove(`/streams/${stream.id}`)],
    ];
  }

  #feedCells(feed) {
    const pace = `${feed.mode}, every ${feed.intervalMs} ms`;
    const { first, last } = feed.history;
    return [
      feed.name, feed.path, feed.resting ? `${pace}, resting` : pace, feed.backend,
      ...[feed.subscribers, feed.events, feed.lagEvents, feed.skipped].map((count) => count.toLocaleString('en')),
      (last ?? -1) < first ? 'none' : `${first} to ${last}`, feed.producer ?? 'nowhere',
      ['End', `End ${feed.name}`, () => this.#remove(`/feeds/${feed.id}`)],
    ];
  }

  #contextCells(context) {
    return [
      context.name, String(context.calls), new Date(context.lastUsedAt).toLocaleTimeString(),
      ['Show', `Show ${context.name}`, () => this.#showContext(context.name)],
      ['Delete', `Delete ${context.name}`, () => this.#remove(`/contexts/${encodeURIComponent(context.name)}`)],
    ];
  }

  async #remove(path) {
    await this.#ask('DELETE', path);
  }

  async #showContext(name) {
    const response = await this.#ask('GET', `/contexts/${encodeURIComponent(name)}`);
    if (!response) return;
    setText(this.contextName, name);
    setText(this.contextText, JSON.stringify(await response.json(), null, 2));
    this.contextBox.hidden = false;
    this.contextBox.focus();
  }

  async #ask(method, path) {
    setText(this.note, '');
    try {
      const response = await manage(method, path);
      if (response.ok) return response;
      setText(this.note, await complaint(response));
    } catch {
      setText(this.note, 'The server cannot be reached.');
    }
    return null;
  }
}

/** Counters are of language models only; the built-in generator has none. */
function backendCells(backend) {
  const { name, provider, model, weight, enabled, breaker } = backend;
  const health = breaker === undefined ? 'always well' : HEALTH[breaker] ?? breaker;
  const latency = backend.latencyMs == null ? '–' : `${Math.round(backend.latencyMs)} ms`;
  const counters = [backend.inFlight, backend.requests, backend.failures];
  return [
    name, provider, model ?? '–', String(weight), enabled ? health : 'disabled',
    ...counters.map((count) => String(count ?? '–')), latency,
  ];
}

const HEALTH = { closed: 'well', open: 'failing, left alone for a while', 'half-open': 'being tried again' };

function duration(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}
