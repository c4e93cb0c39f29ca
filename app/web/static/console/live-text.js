// The text of a stream as it grows, batch by batch.

import { element, setText } from './dom.js';
import { showTime } from './payload.js';

/** Batches that stay in view. */
const MOST_BATCHES = 40;

export class LiveText {
  #current = null;

  constructor() {
    this.root = element('div', { class: 'speech', tabindex: '0', role: 'log', 'aria-label': 'Text by batch', 'aria-live': 'off' });
  }

  /** A token arrived; `text` is everything of its batch so far. */
  grow(text, batch, at) {
    if (this.#current?.batch !== batch || this.#current.done) this.#begin(batch, at);
    this.#current.tokens += 1;
    this.#current.text = text;
  }

  /** The batch is complete. */
  finish(text, batch, at) {
    if (this.#current?.batch !== batch || this.#current.done) this.#begin(batch, at);
    Object.assign(this.#current, { text, done: true, ended: at });
    this.#show(this.#current);
  }

  #begin(batch, at) {
    const title = element('p', { class: 'speech-title' });
    const body = element('p', { class: 'speech-text' });
    const root = element('section', { class: 'speech-batch' }, title, body);
    if (this.#current) this.#show(this.#current);
    this.#current = { batch, started: at, ended: at, tokens: 0, text: '', done: false, title, body, root };
    this.root.append(root);
    if (this.root.children.length > MOST_BATCHES) this.root.firstChild.remove();
  }

  #show(one) {
    const took = one.done ? `, ${one.ended - one.started} ms` : '';
    setText(one.title, `Batch ${one.batch} · ${showTime(one.started).slice(0, 8)} · ${one.tokens} tokens${took}`);
    setText(one.body, one.text);
    one.root.classList.toggle('growing', !one.done);
  }

  paint() {
    if (!this.#current) return;
    const { root } = this;
    const atEnd = root.scrollTop + root.clientHeight >= root.scrollHeight - 40;
    this.#show(this.#current);
    if (atEnd) root.scrollTop = root.scrollHeight;
  }

  clear() {
    this.#current = null;
    this.root.replaceChildren();
  }
}
