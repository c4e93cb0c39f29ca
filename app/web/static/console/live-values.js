// The latest value of a stream, field by field, with what has changed.

import { element, setText } from './dom.js';
import { show, walk } from './payload.js';

const MOST_ROWS = 200;

export class LiveValues {
  #rows = new Map();
  #value = undefined;
  #painted = undefined;

  constructor() {
    this.body = element('tbody');
    this.root = element('table', { class: 'values' },
      element('caption', { class: 'visually-hidden' }, 'Latest value'),
      element('thead', { class: 'visually-hidden' }, element('tr', {},
        element('th', { scope: 'col' }, 'Field'),
        element('th', { scope: 'col' }, 'Value'),
        element('th', { scope: 'col' }, 'Change'))),
      this.body);
  }

  add(value) {
    this.#value = value;
  }

  paint() {
    if (this.#value === this.#painted) return;
    this.#painted = this.#value;
    const seen = new Set();
    walk(this.#value, (path, leaf) => {
      if (seen.size >= MOST_ROWS) return;
      seen.add(path);
      this.#row(path).show(leaf);
    });
    for (const [path, row] of this.#rows) {
      if (!seen.has(path)) {
        row.root.remove();
        this.#rows.delete(path);
      }
    }
  }

  #row(path) {
    let row = this.#rows.get(path);
    if (!row) {
      row = new Row(path);
      this.#rows.set(path, row);
      this.body.append(row.root);
    }
    return row;
  }

  clear() {
    this.#rows.clear();
    this.body.replaceChildren();
    this.#value = this.#painted = undefined;
  }
}

class Row {
  #leaf = undefined;

  constructor(path) {
    this.value = element('td', { class: 'value' });
    this.change = element('td', { class: 'change' });
    this.root = element('tr', {}, element('th', { scope: 'row' }, path), this.value, this.change);
  }

  show(leaf) {
    const before = this.#leaf;
    this.#leaf = leaf;
    const isNew = before === undefined;
    const changed = !isNew && before !== leaf;
    this.root.classList.toggle('changed', changed);
    if (!isNew && !changed) {
      setText(this.change, '');
      return;
    }
    setText(this.value, show(leaf));
    this.value.classList.toggle('number', typeof leaf === 'number');
    const difference = typeof leaf === 'number' && typeof before === 'number' ? leaf - before : 0;
    this.change.classList.toggle('up', difference > 0);
    this.change.classList.toggle('down', difference < 0);
    setText(this.change, difference ? `${difference > 0 ? '▲' : '▼'} ${show(Math.abs(difference))}` : '');
  }
}
