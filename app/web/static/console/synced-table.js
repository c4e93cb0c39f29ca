// A table that is told its rows again and again, and changes only what differs.

import { element, setText } from './dom.js';

export class SyncedTable {
  #rows = new Map();

  /**
   * @param {HTMLTableElement} table whose foot says that it is empty
   * @param {(item: any) => string} key what an item is known by
   * @param {(item: any) => (string|[string, string, () => void])[]} cells texts, and
   *   buttons as label, name and action
   */
  constructor(table, key, cells) {
    this.body = table.tBodies[0];
    this.empty = table.tFoot;
    this.nothing = this.empty.textContent.trim();
    this.key = key;
    this.cells = cells;
  }

  /** Shows these items; `problem` says why there are none. */
  show(items, problem = '') {
    this.empty.hidden = items.length > 0;
    setText(this.empty.rows[0].cells[0], problem || this.nothing);
    const keys = new Set(items.map(this.key));
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    items.forEach((item, index) => {
      const row = this.#row(this.key(item), item);
      if (this.body.children[index] !== row) this.body.insertBefore(row, this.body.children[index] ?? null);
    });
  }

  #row(key, item) {
    const cells = this.cells(item);
    let row = this.#rows.get(key);
    if (!row) {
      row = element('tr', {}, ...cells.map((cell, index) => newCell(cell, index)));
      this.#rows.set(key, row);
    }
    cells.forEach((cell, index) => {
      if (typeof cell === 'string') setText(row.children[index], cell);
    });
    return row;
  }
}

function newCell(cell, index) {
  if (typeof cell === 'string') return element(index ? 'td' : 'th', index ? {} : { scope: 'row' });
  const [label, name, action] = cell;
  return element('td', { class: 'action' },
    element('button', { type: 'button', class: 'small', 'aria-label': name, onclick: action }, label));
}
