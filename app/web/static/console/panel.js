// One stream on the page: its client, its figures, its views, its controls.

import { Charts } from './charts.js';
import { fromTemplate, paintSoon, setText } from './dom.js';
import { FrameList } from './frame-list.js';
import { keyHeaders } from './keys.js';
import { LiveItems } from './live-items.js';
import { LiveText } from './live-text.js';
import { LiveValues } from './live-values.js';
import { stopOnServer } from './management.js';
import { paintFigures } from './measure-line.js';
import { Meter } from './meter.js';
import { batchOf, read, readBare } from './payload.js';
import { Series } from './series.js';
import { toDraft, toFetch } from './request.js';
import { StreamClient } from './stream-client.js';
import { takeEvent } from './take-event.js';

const STATES = {
  idle: 'Not started',
  waiting: 'Waiting for a connection',
  connecting: 'Connecting',
  open: 'Open',
  retrying: 'Retrying',
  ended: 'Ended',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** The id of the last event of one of the server's own streams. */
const OUR_END = /^[\w.~-]+-\d+-end$/;

const SIX = 'Over HTTP/1.1 a browser opens at most six connections to one host, and all six '
  + 'carry streams. This one starts when another ends. Over HTTP/2, as through the nginx site '
  + 'of this project, there is no such limit.';

export class Panel {
  #paint = () => this.#repaint();
  #clock = 0;

  /**
   * @param {import('./address.js').Watched} watched
   * @param {object} page
   * @param {import('./connections.js').Connections} page.connections
   * @param {(panel: Panel) => void} page.onRemove
   * @param {(url: string, problem?: object) => void} page.onEdit
   * @param {(url: string) => void} page.onCode
   * @param {(url: string, frames: object[]) => void} page.onRecord
   * @param {() => void} page.onChange its part of the page's address has changed
   * @param {(panel: Panel, problem: object) => void} page.onProblem
   * @param {(panel: Panel) => void} page.onKey a key is wanted
   * @param {() => void} page.onState a stream has another state
   */
  constructor({ url, tab, rows }, page) {
    this.url = url;
    this.page = page;
    this.tab = tab;
    this.rows = rows;
    this.about = {};
    this.interval = null;
    this.parts = fromTemplate('panel-template');
    this.root = this.parts.root;
    const { path, options } = toDraft(url);
    this.name = path || url;
    // A route's payload is the client's own, whatever its members are called.
    this.isBare = !path;
    this.options = options;
    this.frames = new FrameList(this.name, (frames) => page.onRecord(url, frames));
    this.values = new LiveValues();
    this.items = new LiveItems(rows);
    this.text = new LiveText();
    this.charts = new Charts();
    this.client = new StreamClient({
      request: () => {
        const request = toFetch(url);
        return { ...request, headers: { ...request.headers, ...keyHeaders('mock') } };
      },
      connections: page.connections,
      onState: (state, about) => this.#become(state, about),
      onBlock: (block) => this.#take(block),
      onBytes: (bytes) => { this.meter.bytes += bytes; },
      onNote: (text) => this.#frame({ kind: 'note', id: null, retry: null, text, raw: text }),
    });
    this.#build();
    this.clear();
    this.#become('idle', {});
  }

  #build() {
    const { parts } = this;
    setText(parts.title, this.name);
    parts.title.title = this.url;
    parts.live.append(parts.rowsChoice, this.text.root, this.items.root, this.charts.root, this.values.root);
    parts.views.append(this.frames.root);
    this.#listen();
    this.showTab(this.tab);
    this.showRows(this.rows);
  }

  #listen() {
    const { parts, client, page } = this;
    const actions = {
      toggle: () => (client.running ? client.stop() : this.start()),
      stopServer: () => this.#stopOnServer(),
      drop: () => client.drop(),
      resume: () => client.start({ resume: true }),
      restart: () => client.start(),
      edit: () => page.onEdit(this.url, this.about.problem),
      code: () => page.onCode(this.url),
      wipe: () => this.clear(),
      remove: () => page.onRemove(this),
      tabLive: () => this.showTab('live', true),
      tabFrames: () => this.showTab('frames', true),
      rowsLatest: () => this.showRows('latest', true),
      rowsLog: () => this.showRows('log', true),
      help: () => (this.about.action === 'key' ? page.onKey(this) : page.onEdit(this.url, this.about.problem)),
    };
    for (const [part, action] of Object.entries(actions)) {
      parts[part].addEventListener('click', () => {
        parts.menu.open = false;
        action();
      });
    }
    parts.menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      parts.menu.open = false;
      parts.menu.querySelector('summary').focus();
    });
    parts.menu.addEventListener('focusout', (event) => {
      if (event.relatedTarget && !parts.menu.contains(event.relatedTarget)) parts.menu.open = false;
    });
  }

  start() {
    this.client.start();
  }

  /** Forgets what came so far; the stream goes on. */
  clear() {
    this.meter = new Meter();
    this.failures = this.batches = 0;
    this.latest = {};
    this.series = new Series();
    for (const view of [this.frames, this.values, this.items, this.text, this.charts]) view.clear();
    this.shown = { values: false, items: false, text: false };
    paintSoon(this.#paint);
  }

  /** Ends everything; the panel is no longer on the page. */
  close() {
    this.client.stop();
    clearTimeout(this.#clock);
    this.charts.close();
    this.root.remove();
  }

  showTab(tab, chosen = false) {
    const { parts } = this;
    this.tab = tab;
    const isFrames = tab === 'frames';
    parts.live.hidden = isFrames;
    this.frames.root.hidden = !isFrames;
    parts.tabLive.setAttribute('aria-pressed', !isFrames);
    parts.tabFrames.setAttribute('aria-pressed', isFrames);
    this.frames.repaint();
    paintSoon(this.#paint);
    if (chosen) this.page.onChange();
  }

  showRows(rows, chosen = false) {
    this.rows = rows;
    this.items.show(rows);
    this.parts.rowsLatest.setAttribute('aria-pressed', rows === 'latest');
    this.parts.rowsLog.setAttribute('aria-pressed', rows === 'log');
    if (chosen) this.page.onChange();
  }

  async #stopOnServer() {
    const { streamId } = this.client;
    if (!streamId) return;
    const outcome = await stopOnServer(streamId, {
      // With every connection taken, the request can only leave when this stream's is free.
      urgent: this.page.connections.full ? () => this.client.stop('Closed, so that the server can be told') : null,
    });
    this.#frame({ kind: 'note', id: null, retry: null, text: outcome, raw: outcome });
    if (this.client.running) this.#notice({ text: outcome });
  }

  /** A batch failed and the stream goes on. */
  failed(message) {
    this.failures += 1;
    this.failure = message;
  }

  #take(block) {
    const now = Date.now();
    const text = block.data ?? block.comments.join(' ');
    const event = block.data === null ? null : this.#read(block);
    this.#frame({
      kind: event ? event.name ?? event.kind : 'comment', form: 'block', id: block.id, retry: block.retry, text, raw: block.raw,
    });
    if (!event) return { last: false };
    this.meter.event(now);
    if (['data', 'item', 'chunk', 'content', 'bare'].includes(event.kind)) {
      this.meter.batch(batchOf(event), now);
    }
    const said = takeEvent(event, this, now);
    paintSoon(this.#paint);
    return { ...said, last: said.last || OUR_END.test(block.id ?? '') };
  }

  #read({ data, event }) {
    return this.isBare ? readBare(data, event, this.batches++) : read(data);
  }

  #frame(frame) {
    this.frames.add(frame);
  }

  #become(state, about) {
    if (state === 'open') this.meter.reconnected();
    this.about = about;
    this.root.dataset.state = state;
    this.#notice(state === 'waiting' ? { text: SIX } : about);
    if (about.problem) this.page.onProblem(this, about.problem);
    this.#paintState();
    this.#tick();
    this.page.onState();
    paintSoon(this.#paint);
  }

  #notice({ text = '', advice = '', action }) {
    const { parts } = this;
    const quiet = ['open', 'stopped', 'idle', 'ended', 'connecting'].includes(this.root.dataset.state) && !advice;
    parts.notice.hidden = !text || quiet;
    setText(parts.noticeText, text);
    setText(parts.noticeAdvice, advice);
    parts.help.hidden = !action;
    setText(parts.help, action === 'key' ? 'Enter a key' : 'Edit the request');
  }

  #paintState() {
    const { parts, about, client } = this;
    const { state } = this.root.dataset;
    const words = {
      retrying: () => `Retrying in ${Math.max(0, (about.until - Date.now()) / 1000).toFixed(0)} s`,
      ended: () => (about.text ? `Ended: ${about.text}` : 'Ended'),
      failed: () => (about.status ? `Failed: ${about.status}` : 'Failed'),
    };
    setText(parts.state, words[state]?.() ?? STATES[state]);
    const running = client?.running ?? false;
    setText(parts.toggle, running ? 'Stop' : 'Start');
    parts.toggle.classList.toggle('primary', !running);
    parts.stopServer.disabled = parts.drop.disabled = state !== 'open';
    parts.resume.disabled = !client?.lastId;
  }

  /** Figures and countdowns move while nothing arrives. */
  #tick() {
    clearTimeout(this.#clock);
    if (!this.client?.running) return;
    this.#clock = setTimeout(() => {
      paintSoon(this.#paint);
      this.#tick();
    }, 1000);
  }

  #repaint() {
    if (!this.root.isConnected) return;
    this.#paintState();
    paintFigures(this.parts, this.meter, {
      interval: this.interval, lastId: this.client.lastId, now: Date.now(),
    });
    const { shown, parts, failures } = this;
    parts.failures.hidden = !failures;
    if (failures) {
      const batches = failures === 1 ? 'One batch' : `${failures} batches`;
      setText(parts.failures, `${batches} failed, last with: ${this.failure}. The stream goes on.`);
    }
    if (this.tab !== 'live') return;
    this.values.root.hidden = !shown.values;
    this.items.root.hidden = parts.rowsChoice.hidden = !shown.items;
    this.text.root.hidden = !shown.text;
    parts.nothing.hidden = shown.values || shown.items || shown.text;
    if (shown.values) this.values.paint();
    if (shown.items) this.items.paint();
    if (shown.text) this.text.paint();
    this.charts.paint(this.series);
  }
}
