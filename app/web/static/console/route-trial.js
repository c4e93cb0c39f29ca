// A request to a route: which one would serve it, and what comes when it is sent.
// It is sent once, as it is: a client's reconnecting is its own.

import { setText } from './dom.js';
import { EventStreamParser } from './event-stream.js';
import { FrameList } from './frame-list.js';
import { keyHeaders } from './keys.js';

const TYPING_MS = 300;
const FIELDS = ['method', 'address', 'headers', 'body'];

export class RouteTrial {
  #controller = null;
  #timer = 0;
  #asked = 0;

  /**
   * @param {HTMLElement} root
   * @param {object} page
   * @param {import('./connections.js').Connections} page.connections
   * @param {(...request: any[]) => Promise<object>} page.ask one management request
   * @param {() => void} page.onAnswer a route may have served something
   * @param {(url: string, frames: object[]) => void} page.onRecord
   */
  constructor(root, page) {
    const form = root.querySelector('form');
    this.root = root;
    this.form = form;
    this.page = page;
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.parts = Object.fromEntries(
      ['match', 'nearest', 'send', 'state', 'received', 'more'].map((name) => [name, part(name)]));
    this.frames = new FrameList('route', (frames) => page.onRecord(this.#request().url, frames));
    this.parts.received.append(this.frames.root);
    form.addEventListener('input', ({ target }) => {
      if (FIELDS.includes(target.name)) this.#matchSoon();
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#controller) this.stop();
      else this.send();
    });
  }

  /**
   * Puts a request into the form.
   * @param {ReturnType<import('./route.js').requestFor>} request
   */
  fill(request) {
    for (const name of FIELDS) this.form.elements[name].value = request[name];
    this.parts.more.open = Boolean(request.headers || request.body);
  }

  /** Says which route would serve the request. */
  async match() {
    const turn = ++this.#asked;
    const request = this.#request();
    const { ok, text, problem } = await this.page.ask('POST', '/routes/match', {
      ask: false, body: JSON.stringify(request.matched),
    });
    if (turn !== this.#asked) return;
    const { route, nearest } = ok ? JSON.parse(text) : { route: null, nearest: [] };
    const told = route === null ? 'No route serves this request.' : `The route ${route} serves this request.`;
    setText(this.parts.match, request.error || (ok ? told : problem.detail));
    const reasons = nearest.map(({ name, reason }) => {
      const line = document.createElement('li');
      line.textContent = `${name}: ${reason}`;
      return line;
    });
    this.parts.nearest.replaceChildren(...reasons);
  }

  #matchSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.match(), TYPING_MS);
  }

  /** The form's request, for the matcher and for fetch(). */
  #request() {
    const { method, address, headers, body } = Object.fromEntries(
      FIELDS.map((name) => [name, this.form.elements[name].value.trim()]));
    const pairs = headers.split('\n').filter((line) => line.includes(':')).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
    const url = URL.parse(address, location.origin);
    const isOurs = url?.origin === location.origin;
    const path = isOurs ? url.pathname + url.search : address;
    return {
      error: isOurs ? '' : 'This is no address of this server.',
      matched: { method: method || 'GET', path, headers: Object.fromEntries(pairs), body: parsed(body) },
      url: path,
      how: {
        method: method || 'GET',
        headers: [...Object.entries({ ...keyHeaders('mock'), ...(body && { 'Content-Type': 'application/json' }) }), ...pairs],
        body: body || undefined,
      },
    };
  }

  /** Sends the request and shows what comes, until it ends or is stopped. */
  async send() {
    this.stop();
    const { error, url, how } = this.#request();
    if (error) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    this.frames.clear();
    this.parts.received.hidden = false;
    setText(this.parts.send, 'Stop');
    try {
      const release = await this.page.connections.acquire(signal, {
        waiting: () => this.#become('waiting', 'All connections of the browser carry streams'),
      });
      try {
        await this.#exchange(url, how, signal);
      } finally {
        release();
      }
    } catch (failure) {
      if (!signal.aborted) this.#become('failed', `It failed: ${failure.message}`);
    }
    if (this.#controller === controller) this.#end();
  }

  /** Closes the connection, if one is open. */
  stop() {
    if (!this.#controller) return;
    this.#controller.abort();
    this.#note('Closed by this page');
    this.#become('stopped', `${this.parts.state.textContent}, stopped`);
    this.#end();
  }

  #end() {
    this.#controller = null;
    setText(this.parts.send, 'Send');
  }

  async #exchange(url, how, signal) {
    this.#become('connecting', 'Connecting');
    const response = await fetch(url, { ...how, headers: toHeaders(how.headers), signal, cache: 'no-store' });
    const line = `${response.status} ${response.statusText}`.trim();
    const type = response.headers.get('Content-Type') ?? '';
    this.#become(response.ok ? 'open' : 'failed', line);
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    this.#note(type ? `${line}, ${type}` : line, [line, ...headers].join('\n'));
    this.page.onAnswer();
    this.match();
    await this.#read(response, readerOf(type));
    this.#note('The server ended the response');
    this.#become(response.ok ? 'ended' : 'failed', `${line}, ended`);
  }

  async #read(response, framesOf) {
    if (!response.body) return;
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      for (const frame of framesOf(text, done)) {
        this.frames.add({ id: null, retry: null, raw: frame.text, ...frame });
      }
      if (done) return;
    }
  }

  #note(text, raw = text) {
    this.frames.add({ kind: 'note', id: null, retry: null, text, raw });
  }

  #become(state, text) {
    this.parts.state.dataset.state = state;
    setText(this.parts.state, text);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text || null;
  }
}

/** Later headers replace earlier ones of the same name. */
function toHeaders(pairs) {
  const headers = new Headers();
  for (const [name, value] of pairs) headers.set(name, value);
  return headers;
}

/** What cuts the text of a response into frames, by its content type. */
function readerOf(type) {
  if (/^text\/event-stream\b/.test(type)) return eventsReader();
  if (/\b(?:x-ndjson|jsonl|json-seq)\b/.test(type)) return linesReader();
  return (text) => (text ? [{ kind: 'body', text }] : []);
}

function eventsReader() {
  const parser = new EventStreamParser();
  return (text) => parser.feed(text).map((block) => ({
    kind: block.data === null ? 'comment' : block.event || 'message',
    form: 'block',
    id: block.id,
    retry: block.retry,
    text: block.data ?? block.comments.join(' '),
    raw: block.raw,
  }));
}

function linesReader() {
  let rest = '';
  return (text, done) => {
    const lines = (rest + text).split('\n');
    rest = done ? '' : lines.pop();
    return lines.map((line) => line.replace(/^\x1e/, '')).filter(Boolean).map((line) => (
      { kind: 'line', form: 'line', text: line }));
  };
}
