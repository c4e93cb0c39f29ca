// The elements of a stream: the latest batch as rows that fill, or all as a log.

import { element, setText } from './dom.js';
import { show, showTime } from './payload.js';
import { WindowList } from './window-list.js';

const MOST_ROWS = 200;
const MOST_COLUMNS = 12;
const MOST_LINES = 20000;
const TIMES = ['timestamp', 'time', 'at', 'createdAt'];
/** Columns of a log are not wider than this many characters. */
const WIDEST = 30;
const LEVELS = /^(trace|debug|info|notice|warn|warning|error|critical|fatal)$/i;

export class LiveItems {
  #columns = [];
  #widths = [];
  #rows = [];
  #items = [];
  #lines = [];
  #batch = null;
  #fresh = new Set();

  /** @param {'latest'|'log'} rows */
  constructor(rows) {
    this.head = element('tr');
    this.body = element('tbody');
    this.table = element('div', { class: 'table-box', tabindex: '0', role: 'group', 'aria-label': 'Latest batch' },
      element('table', { class: 'items' },
        element('caption', { class: 'visually-hidden' }, 'Latest batch'),
        element('thead', {}, this.head), this.body));
    this.log = element('div', { class: 'log', 'data-label': 'All elements' });
    this.root = element('div', {}, this.table, this.log);
    this.list = new WindowList(this.log, { rowHeight: 24, render: (row, line) => this.#renderLine(row, line) });
    this.show(rows);
  }

  /** @param {'latest'|'log'} rows */
  show(rows) {
    this.isLog = rows === 'log';
    this.table.hidden = this.isLog;
    this.log.hidden = !this.isLog;
    this.paint();
  }

  add(item, index, batch, at) {
    if (batch !== this.#batch) {
      this.#batch = batch;
      this.#fresh.clear();
    }
    const cells = cellsOf(item);
    this.#learn(cells);
    if (index < MOST_ROWS) {
      this.#items[index] = cells;
      this.#fresh.add(index);
    }
    this.#lines.push({ at, cells });
    if (this.#lines.length > MOST_LINES) this.#lines.splice(0, MOST_LINES / 10);
  }

  #learn(cells) {
    for (const name of cells.keys()) {
      if (this.#columns.length < MOST_COLUMNS && !this.#columns.includes(name)) {
        this.#columns.push(name);
        this.head.append(element('th', { scope: 'col' }, name));
      }
    }
    this.#columns.forEach((name, place) => {
      const length = cells.get(name)?.length ?? 0;
      if (length > (this.#widths[place] ?? 0)) this.#widths[place] = Math.min(length, WIDEST);
    });
  }

  paint() {
    if (this.isLog) this.list.show(this.#lines);
    else this.#items.forEach((cells, index) => this.#paintRow(index, cells));
  }

  #paintRow(index, cells) {
    let row = this.#rows[index];
    if (!row) {
      row = { root: element('tr'), cells: null };
      this.#rows[index] = row;
      this.body.append(row.root);
    }
    row.root.classList.toggle('awaited', !this.#fresh.has(index));
    if (row.cells === cells && row.root.children.length === this.#columns.length) return;
    while (row.root.children.length < this.#columns.length) row.root.append(element('td'));
    this.#columns.forEach((name, place) => {
      const cell = row.root.children[place];
      const text = cells.get(name) ?? '';
      cell.classList.toggle('changed', row.cells !== null && row.cells.get(name) !== text);
      cell.classList.toggle('number', /^-?[\d.,]+$/.test(text));
      setText(cell, text);
    });
    row.cells = cells;
  }

  #renderLine(row, { at, cells }) {
    row.className = 'line';
    // Lines that tell their time need not tell when they came.
    const came = this.#columns.some((name) => TIMES.includes(name)) ? '' : showTime(at);
    const parts = [came, ...this.#columns.map((name) => cells.get(name) ?? '')];
    while (row.children.length < parts.length) row.append(document.createElement('span'));
    parts.forEach((text, index) => {
      const cell = row.children[index];
      setText(cell, text);
      cell.className = LEVELS.test(text) ? `level level-${text.toLowerCase()}` : '';
      cell.style.minWidth = index ? `${this.#widths[index - 1]}ch` : '';
      cell.hidden = !index && !came;
    });
  }

  clear() {
    this.#columns = [];
    this.#widths = [];
    this.#rows = [];
    this.#items = [];
    this.#lines = [];
    this.#fresh.clear();
    this.head.replaceChildren();
    this.body.replaceChildren();
    this.paint();
  }
}

function cellsOf(item) {
  if (item === null || typeof item !== 'object') return new Map([['value', show(item)]]);
  return new Map(Object.entries(item).map(([name, value]) => [name, show(value)]));
}
