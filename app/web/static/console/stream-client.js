// A client of one stream, as EventSource is one, that hides nothing: it shows
// every frame, answers that are no stream, and the connection's coming and going.
// It reconnects as EventSource does: after `retry`, with Last-Event-ID, until 204.

import { EventStreamParser } from './event-stream.js';
import { explainAnswer, explainNetwork, explainSimulated } from './explain.js';

/** How long EventSource waits where the server does not say, in milliseconds. */
const DEFAULT_RETRY = 3000;

/**
 * @typedef {'idle'|'waiting'|'connecting'|'open'|'retrying'|'ended'|'stopped'|'failed'} State
 *
 * idle: not started; waiting: for a free connection; ended: the server said so;
 * stopped: someone here did; failed: the answer was no stream.
 */

export class StreamClient {
  #controller = null;
  #attempt = null;
  #lastId = '';
  #retry = DEFAULT_RETRY;
  #over = false;

  /**
   * @param {object} wiring
   * @param {() => ReturnType<import('./request.js').toFetch>} wiring.request
   * @param {import('./connections.js').Connections} wiring.connections
   * @param {(state: State, about: object) => void} wiring.onState
   * @param {(block: object) => {last: boolean}} wiring.onBlock told of every block; says
   *   whether the stream is over with it
   * @param {(bytes: number) => void} wiring.onBytes
   * @param {(text: string) => void} wiring.onNote told what the connection does
   * @param {() => void} [wiring.yields] called when a stream needs this connection more
   */
  constructor(wiring) {
    this.wiring = wiring;
    this.state = 'idle';
    this.streamId = null;
  }

  get lastId() {
    return this.#lastId;
  }

  get running() {
    return this.#controller !== null;
  }

  /** Opens the stream; with `resume`, Last-Event-ID tells where it was. */
  start({ resume = false } = {}) {
    this.#controller?.abort();
    if (!resume) this.#lastId = '';
    this.#retry = DEFAULT_RETRY;
    const controller = new AbortController();
    this.#controller = controller;
    this.#run(controller);
  }

  /** Closes the client's side for good. */
  stop(why = 'Closed by this page') {
    if (!this.#controller) return;
    this.#note(why);
    this.#finish('stopped', { text: why });
  }

  /** Cuts the connection as a lost network would, so that the client reconnects. */
  drop() {
    this.#attempt?.abort();
  }

  async #run(controller) {
    const { signal } = controller;
    while (!signal.aborted) {
      let release;
      try {
        release = await this.wiring.connections.acquire(signal, {
          waiting: () => this.#become('waiting', {}),
          yields: this.wiring.yields,
        });
      } catch {
        return;
      }
      const outcome = await this.#connect(signal);
      release();
      if (signal.aborted) return;
      if (outcome.final) {
        this.#finish(outcome.final, outcome);
        return;
      }
      const wait = outcome.wait ?? this.#retry;
      this.#become('retrying', { ...outcome, until: Date.now() + wait });
      const resume = this.#lastId ? `, with Last-Event-ID: ${this.#lastId}` : '';
      this.#note(`${outcome.text} Again in ${wait} ms${resume}`);
      await pause(wait, signal);
    }
  }

  /** One connection, to its end. */
  async #connect(signal) {
    this.#become('connecting', {});
    this.#over = false;
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener('abort', abort);
    this.#attempt = attempt;
    const { url, method, headers, body } = this.wiring.request();
    const blocked = watchPolicy(url);
    try {
      const response = await fetch(url, {
        method,
        body,
        headers: {
          Accept: 'text/event-stream',
          ...headers,
          ...(this.#lastId && { 'Last-Event-ID': this.#lastId }),
        },
        signal: attempt.signal,
        cache: 'no-store',
      });
      return await this.#take(response, attempt);
    } catch (error) {
      if (attempt.signal.aborted) return { text: 'The connection was cut here.' };
      // The browser tells of its policy's refusals a little after them.
      await pause(50, signal);
      return explainNetwork(error, url, blocked());
    } finally {
      signal.removeEventListener('abort', abort);
      blocked();
    }
  }

  async #take(response, attempt) {
    const type = response.headers.get('Content-Type') ?? 'no content type';
    this.#note(`${response.status} ${response.statusText || ''}`.trim() + `, ${type}`);
    if (response.status === 204 || !/^text\/event-stream\b/.test(type)) {
      return explainAnswer(response);
    }
    this.streamId = response.headers.get('X-Stream-Id');
    if (response.ok) this.#become('open', {});
    await this.#read(response.body.getReader());
    if (!response.ok) return explainSimulated(response);
    if (this.#over) {
      attempt.abort();
      return { final: 'ended', text: this.#over.text };
    }
    return { text: 'The server closed the connection without an END.' };
  }

  async #read(reader) {
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.wiring.onBytes(value.length);
      for (const block of parser.feed(decoder.decode(value, { stream: true }))) {
        if (block.retry !== null) this.#retry = block.retry;
        if (block.id !== null) this.#lastId = block.id;
        const said = this.wiring.onBlock(block);
        if (said.last) {
          this.#over = said;
          return;
        }
      }
    }
  }

  #finish(state, about) {
    const controller = this.#controller;
    this.#controller = null;
    this.#become(state, about);
    controller?.abort();
  }

  #become(state, about) {
    this.state = state;
    this.wiring.onState(state, about);
  }

  #note(text) {
    this.wiring.onNote(text);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

/** Whether the page's Content-Security-Policy forbids the request, asked later. */
function watchPolicy(url) {
  const { origin } = new URL(url, location.origin);
  let seen = false;
  const listen = ({ effectiveDirective, blockedURI }) => {
    if (effectiveDirective === 'connect-src' && blockedURI.startsWith(origin)) seen = true;
  };
  document.addEventListener('securitypolicyviolation', listen);
  return () => {
    document.removeEventListener('securitypolicyviolation', listen);
    return seen;
  };
}
