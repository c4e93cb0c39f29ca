// Every frame of a stream as it came, and what the connection did in between.

import { copy, fromTemplate, paintSoon, saveAs, setText } from './dom.js';
import { showTime } from './payload.js';
import { WindowList } from './window-list.js';

/** Older frames than these are forgotten. */
export const MOST_FRAMES = 20000;
const FORGET_AT_ONCE = 2000;

/**
 * @typedef {object} Frame
 * @property {number} at milliseconds since 1970, with a fraction
 * @property {'block'|'line'} [form] of what came; what only happened has none
 * @property {string} kind what it is: an event's kind or name, `comment` or `note`
 * @property {string|null} id
 * @property {number|null} retry
 * @property {string} text the data, or the comment
 * @property {string} raw the lines as they came
 */

export class FrameList {
  #frames = [];
  #shown = [];
  #filter = '';
  #paused = false;
  #chosen = null;
  #paint = () => this.#repaint();

  /**
   * @param {string} name for the file that is downloaded
   * @param {(frames: Frame[]) => void} onRecord a recording is wanted of all frames
   */
  constructor(name, onRecord) {
    const parts = fromTemplate('frames-template');
    this.parts = parts;
    this.root = parts.root;
    this.list = new WindowList(parts.list, {
      rowHeight: 26, render: renderFrame, onSelect: (frame) => this.#choose(frame),
    });
    parts.filter.addEventListener('input', () => {
      this.#filter = parts.filter.value.toLowerCase();
      this.#select();
    });
    parts.pause.addEventListener('click', () => this.pause(!this.#paused));
    parts.clear.addEventListener('click', () => this.clear());
    parts.save.addEventListener('click', () => save(this.#frames, name));
    parts.record.addEventListener('click', () => onRecord(this.#frames));
    parts.copy.addEventListener('click', () => copy(this.#chosen.raw, parts.copy));
  }

  /** Adds what has come now. @param {Omit<Frame, 'at'>} came */
  add(came) {
    const frame = { at: performance.timeOrigin + performance.now(), ...came };
    this.#frames.push(frame);
    if (this.#frames.length > MOST_FRAMES) {
      this.#frames.splice(0, FORGET_AT_ONCE);
      this.#select();
    }
    if (this.#paused) return;
    if (this.#matches(frame)) this.#shown.push(frame);
    paintSoon(this.#paint);
  }

  pause(paused) {
    this.#paused = paused;
    this.parts.pause.setAttribute('aria-pressed', paused);
    setText(this.parts.pause, paused ? 'Resume' : 'Pause');
    if (!paused) this.#select();
  }

  clear() {
    this.#frames = [];
    this.#choose(null);
    this.#select();
  }

  #matches(frame) {
    return !this.#filter || frame.raw.toLowerCase().includes(this.#filter)
      || frame.kind.includes(this.#filter);
  }

  #select() {
    this.#shown = this.#frames.filter((frame) => this.#matches(frame));
    paintSoon(this.#paint);
  }

  #repaint() {
    if (!this.root.isConnected || this.root.hidden) return;
    const [shown, all] = [this.#shown.length, this.#frames.length];
    setText(this.parts.count, shown === all ? `${all}` : `${shown} of ${all}`);
    this.parts.empty.hidden = shown > 0;
    this.list.show(this.#shown);
  }

  /** To be called when the list comes into view. */
  repaint() {
    paintSoon(this.#paint);
  }

  #choose(frame) {
    this.#chosen = frame;
    this.parts.detail.hidden = !frame;
    if (frame) setText(this.parts.raw, frame.raw);
  }
}

function renderFrame(row, frame) {
  if (row.shown === frame) return;
  row.shown = frame;
  row.className = `frame kind-${frame.kind.replace(/\W+/g, '-')}`;
  if (!row.firstChild) {
    for (const part of ['time', 'kind', 'id', 'text']) {
      const cell = document.createElement('span');
      cell.className = `frame-${part}`;
      row.append(cell);
    }
  }
  const [time, kind, id, text] = row.children;
  setText(time, showTime(frame.at));
  setText(kind, frame.kind);
  setText(id, shortId(frame));
  const retry = frame.retry === null ? '' : `retry: ${frame.retry}  `;
  // What does not fit in a line need not be laid out.
  setText(text, retry + (frame.text.length > 400 ? `${frame.text.slice(0, 400)}…` : frame.text));
}

function shortId({ id }) {
  return id === null ? '' : id.replace(/^[^-]*(?=-)/, '…');
}

function save(frames, name) {
  const lines = frames.map(({ at, kind, id, retry, text, raw }) => JSON.stringify({
    at: new Date(at).toISOString(), kind, id, retry, data: parsed(text), raw,
  }));
  saveAs(`${name}.ndjson`, lines.map((line) => `${line}\n`).join(''));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
