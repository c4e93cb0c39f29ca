// The mock routes of the server: all of them, one to write, one to try.

import { Descriptions } from './descriptions.js';
import { setText } from './dom.js';
import { Journal } from './journal.js';
import { parseTree, findPlace } from './json-tree.js';
import { askForKeys } from './keys.js';
import { manageInTurn } from './management.js';
import { answerOf, requestFor } from './route.js';
import { Recordings } from './recordings.js';
import { RouteEditor } from './route-editor.js';
import { ROUTE_LANGUAGES } from './route-snippets.js';
import { RouteTrial } from './route-trial.js';
import { showCode } from './snippet-dialog.js';
import { SyncedTable } from './synced-table.js';

/** More rows than these are not shown; the filter finds the others. */
const MAX_ROWS = 200;

/** Counts are read again after this time, or after ten times what reading them took. */
const REFRESH_MS = 2000;

const STATES = {
  connecting: 'Connecting',
  waiting: 'All six HTTP/1.1 connections of the browser carry streams: this view goes on when one ends.',
  open: 'Live',
  retrying: 'The server cannot be reached. Trying again.',
};

export class RoutesView {
  #routes = [];
  #timer = 0;
  #isOpen = false;

  /**
   * @param {HTMLElement} root
   * @param {import('./connections.js').Connections} connections
   * @param {{interval: number}} defaults the server's
   * @param {object} page
   * @param {(url: string, frames: object[]) => void} page.onRecord a recording is wanted
   * @param {(url: string) => void} page.onWatch a stream is to be watched
   */
  constructor(root, connections, defaults, { onRecord, onWatch }) {
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.connections = connections;
    this.onWatch = onWatch;
    this.parts = Object.fromEntries(
      ['routesState', 'routesHelp', 'routesContent', 'routeFilter', 'routeTotal', 'routesNote', 'routeUndo']
        .map((name) => [name, part(name)]));
    this.table = new SyncedTable(part('routeTable'), ({ name, source }) => `${source} ${name}`,
      (route) => this.#cells(route, defaults));
    const ask = (...request) => manageInTurn(connections, request);
    this.ask = ask;
    this.trial = new RouteTrial(root.querySelector('#route-trial'), {
      connections, ask, onRecord, onAnswer: () => this.refresh(),
    });
    this.editor = new RouteEditor(root.querySelector('#route-editor'), {
      ask,
      onSave: () => this.#changed(),
      onTry: (text) => this.#try(text),
      onCode: (text) => showCode('route', ROUTE_LANGUAGES, { text, request: requestFor(firstOf(text)) }),
    });
    this.parts.routeFilter.addEventListener('input', () => this.#paint());
    this.parts.routesHelp.addEventListener('click', async () => {
      if (await askForKeys('manage')) this.refresh();
    });
    this.trial.fill(requestFor(firstOf(this.editor.json.value)));
    this.descriptions = new Descriptions(root.querySelector('#descriptions'), {
      ask,
      onTry: (name) => this.#withText(name, (text) => this.#try(text)),
      onChange: () => this.refresh(),
    });
    this.recordings = new Recordings(root.querySelector('#recordings'), {
      ask, onReplay: (text) => this.editor.edit(text),
    });
    this.journal = new Journal(root.querySelector('#journal'), connections, ask);
  }

  /** Shows the routes, and how often each has served, as long as someone looks. */
  open() {
    this.#isOpen = true;
    this.refresh();
    this.journal.open();
  }

  close() {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.trial.stop();
    this.journal.close();
  }

  /** Opens a route that was made elsewhere in the editor. */
  edit(text) {
    this.editor.edit(text);
  }

  /** Sends a request for a path. */
  try(address) {
    this.#try(JSON.stringify({ Path: address }));
  }

  /** Reads the tables again. */
  async refresh() {
    clearTimeout(this.#timer);
    if (!this.#isOpen) return;
    const began = performance.now();
    const answer = await manageInTurn(
      this.connections, ['GET', '/routes', { ask: false }], () => this.#become('waiting', STATES.waiting));
    if (!this.#isOpen) return;
    this.#take(answer);
    clearTimeout(this.#timer);
    const took = performance.now() - began;
    this.#timer = setTimeout(() => this.refresh(), Math.max(REFRESH_MS, 10 * took));
  }

  #take({ ok, status, text, problem }) {
    if (ok) {
      this.#routes = JSON.parse(text).routes;
      if (this.parts.routesState.dataset.state !== 'open') {
        this.editor.check();
        this.trial.match();
      }
      this.#become('open', STATES.open);
      this.#paint();
      this.recordings.refresh();
      this.descriptions.refresh();
    } else if (status === 0) {
      this.#become('retrying', STATES.retrying);
    } else {
      this.#become('failed', refusal(status, problem));
    }
    this.parts.routesHelp.hidden = status !== 401;
    this.parts.routesContent.hidden = status === 401 || status === 403;
    for (const { root } of [this.journal, this.recordings, this.descriptions]) {
      root.hidden = this.parts.routesContent.hidden;
    }
  }

  #become(state, text) {
    setText(this.parts.routesState, text);
    this.parts.routesState.dataset.state = state;
  }

  #paint() {
    const wanted = this.parts.routeFilter.value.trim().toLowerCase();
    const found = this.#routes.filter(({ name, path }) => `${name} ${path}`.toLowerCase().includes(wanted));
    this.table.show(found.slice(0, MAX_ROWS), wanted && 'No route has this in its name or path.');
    const [all, shown] = [this.#routes.length, Math.min(found.length, MAX_ROWS)];
    setText(this.parts.routeTotal, shown === all ? `${all}` : `${all}, ${shown} shown`);
  }

  #cells(route, defaults) {
    const { name, source, path, methods, hits, timesLeft } = route;
    const isConfigured = source !== 'run time';
    return [
      name, methods.join(', '), path, answerOf(route.route, defaults), source,
      timesLeft === null ? String(hits) : `${hits}, ${timesLeft} left`,
      isWatched(route) ? ['Watch', `Watch ${name}`, () => this.onWatch(requestFor({ Path: path, ...route.route }).address)] : '',
      ['Try', `Try ${name}`, () => this.#withText(name, (text) => this.#try(text))],
      ['Edit', `Edit ${name}`, () => this.#withText(name, (text) => (
        this.editor.edit(isConfigured ? withoutName(text) : text, { name, isConfigured })))],
      isConfigured ? '' : ['Delete', `Delete ${name}`, () => this.#delete(name)],
    ];
  }

  /** The route's JSON in the server's spelling, which JSON.parse() would lose. */
  async #withText(name, action) {
    const { ok, text, problem } = await this.ask('GET', `/routes/${encodeURIComponent(name)}`);
    this.#say(ok ? '' : problem.detail);
    if (!ok) return;
    const { start, end } = findPlace(parseTree(text), '/route').node;
    action(text.slice(start, end));
  }

  #try(text) {
    this.trial.fill(requestFor(firstOf(text)));
    this.trial.send();
    this.trial.match();
    this.trial.parts.send.focus();
    this.trial.root.scrollIntoView({ block: 'nearest' });
  }

  #delete(name) {
    return this.#withText(name, async (text) => {
      const { ok, problem } = await this.ask('DELETE', `/routes/${encodeURIComponent(name)}`);
      if (!ok) {
        this.#say(problem.detail);
        return;
      }
      this.editor.forget(name);
      this.#say(`${name} was deleted.`, async () => {
        const { ok: isBack, problem: why } = await this.ask('PUT', `/routes/${encodeURIComponent(name)}`, { body: text });
        this.#say(isBack ? `${name} is back.` : why.detail);
        this.#changed();
      });
      this.parts.routeUndo.focus();
      this.#changed();
    });
  }

  #say(text, undo = null) {
    setText(this.parts.routesNote, text);
    this.parts.routeUndo.hidden = !undo;
    this.parts.routeUndo.onclick = undo;
  }

  #changed() {
    this.refresh();
    this.trial.match();
  }
}

/** Whether a route may be a stream that a browser can read; of a description any may be. */
function isWatched({ source, methods, route: { Stream: stream } }) {
  const canGet = methods.some((method) => method === 'GET' || method === 'ANY');
  return canGet && Boolean(stream ? /^(sse|undefined)$/.test(stream.Framing) : source === 'description');
}

function refusal(status, { detail }) {
  if (status === 401) return 'The server wants its management key.';
  if (status === 403) {
    return `${detail} Open this page on the server's machine, or set a ManagementApiKey and give it here.`;
  }
  return detail;
}

/** The route of a text that is JSON, or the first of several. */
function firstOf(text) {
  const [first] = [JSON.parse(text)].flat();
  return first !== null && typeof first === 'object' ? first : {};
}

/** A configured route's text for a new one, which needs another name. */
function withoutName(text) {
  return text.replace(/^\{"Name":"[^"]*",?/, '{');
}
