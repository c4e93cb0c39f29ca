// The numbers of a stream over time: for each field one set of lines, and for
// all of them the same moments.

import { nameOf, walk } from './payload.js';

/** Moments that are kept. */
const MOST_MOMENTS = 400;
const KEPT_MOMENTS = 300;
const MOST_LINES = 10;

export class Series {
  #batch = null;

  constructor() {
    /** Seconds since 1970, one for each batch. */
    this.moments = [];
    /** @type {Map<string, Map<string, {name: string, values: (number|null)[]}>>} */
    this.fields = new Map();
    this.version = 0;
  }

  /** Adds the numbers of a whole value, as batch `number`. */
  addValue(value, number, seconds) {
    this.#begin(number, seconds);
    walk(value, (path, leaf, field, line) => {
      if (typeof leaf === 'number') this.#put(field, line, line && `#${line}`, leaf);
    });
  }

  /** Adds the numbers of one element of batch `number`. */
  addItem(item, index, number, seconds) {
    this.#begin(number, seconds);
    const name = nameOf(item, index);
    walk(item, (path, leaf, field, line) => {
      if (typeof leaf === 'number') this.#put(field, `${index}/${line}`, name, leaf);
    });
  }

  #begin(number, seconds) {
    this.version += 1;
    if (number === this.#batch && this.moments.length) return;
    this.#batch = number;
    this.moments.push(seconds);
    for (const lines of this.fields.values()) {
      for (const { values } of lines.values()) values.push(null);
    }
    if (this.moments.length > MOST_MOMENTS) this.#forget(this.moments.length - KEPT_MOMENTS);
  }

  #forget(count) {
    this.moments.splice(0, count);
    for (const lines of this.fields.values()) {
      for (const { values } of lines.values()) values.splice(0, count);
    }
  }

  #put(field, key, name, number) {
    let lines = this.fields.get(field);
    if (!lines) this.fields.set(field, lines = new Map());
    let line = lines.get(key);
    if (!line) {
      if (lines.size >= MOST_LINES) return;
      line = { name, values: new Array(this.moments.length).fill(null) };
      lines.set(key, line);
    }
    line.name = name;
    line.values[this.moments.length - 1] = number;
  }
}
