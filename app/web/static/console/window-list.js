// A long list of which only the rows in view exist.

const OVERSCAN = 6;

/**
 * Rows of one height in a box that scrolls. It stays at the end while new rows
 * come, until someone scrolls away; arrow keys move the selected row.
 */
export class WindowList {
  #rows = [];
  #items = [];
  #selected = null;
  #follow = true;
  #render;
  #onSelect;

  /**
   * @param {HTMLElement} box what scrolls; it becomes a listbox
   * @param {{rowHeight: number, render: (row: HTMLElement, item: any) => void,
   *   onSelect?: (item: any) => void}} how
   */
  constructor(box, { rowHeight, render, onSelect }) {
    this.box = box;
    this.rowHeight = rowHeight;
    this.#render = render;
    this.#onSelect = onSelect;
    this.space = document.createElement('div');
    this.space.className = 'window-space';
    this.space.setAttribute('role', 'listbox');
    this.space.tabIndex = 0;
    this.space.setAttribute('aria-label', box.dataset.label ?? 'Events');
    box.append(this.space);
    box.addEventListener('scroll', () => {
      this.#follow = box.scrollTop + box.clientHeight >= box.scrollHeight - rowHeight;
      this.paint();
    }, { passive: true });
    new ResizeObserver(() => this.paint()).observe(box);
    this.space.addEventListener('keydown', (event) => this.#key(event));
    this.space.addEventListener('click', (event) => {
      const row = event.target.closest('[role=option]');
      if (row) this.select(row.item);
    });
  }

  /** Shows these items; the array may be the same one, with more in it. */
  show(items) {
    this.#items = items;
    this.paint();
  }

  select(item) {
    this.#selected = item;
    this.#onSelect?.(item);
    this.paint();
  }

  paint() {
    const { box, rowHeight, space } = this;
    if (!box.clientHeight) return;
    const total = this.#items.length;
    space.style.height = `${total * rowHeight}px`;
    if (this.#follow) box.scrollTop = total * rowHeight;
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - OVERSCAN);
    const fitting = Math.ceil(box.clientHeight / rowHeight) + 2 * OVERSCAN;
    const shown = Math.min(fitting, total - first);
    this.#resize(shown);
    space.removeAttribute('aria-activedescendant');
    this.#rows.forEach((row, offset) => {
      const index = first + offset;
      row.item = this.#items[index];
      row.style.transform = `translateY(${index * rowHeight}px)`;
      row.setAttribute('aria-posinset', index + 1);
      row.setAttribute('aria-setsize', total);
      const selected = row.item === this.#selected;
      row.setAttribute('aria-selected', selected);
      if (selected) space.setAttribute('aria-activedescendant', row.id);
      this.#render(row, row.item);
    });
  }

  #resize(count) {
    while (this.#rows.length > count) this.#rows.pop().remove();
    while (this.#rows.length < count) {
      const row = document.createElement('div');
      row.setAttribute('role', 'option');
      row.id = `row-${WindowList.#next++}`;
      this.#rows.push(row);
      this.space.append(row);
    }
  }

  static #next = 0;

  #key(event) {
    const steps = {
      ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity,
    };
    const step = steps[event.key];
    if (!step || !this.#items.length) return;
    event.preventDefault();
    const last = this.#items.length - 1;
    const from = this.#selected === null ? (step > 0 ? -1 : last + 1) : this.#items.indexOf(this.#selected);
    const to = Math.min(last, Math.max(0, from + step));
    const { box, rowHeight } = this;
    const top = to * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    if (top + rowHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top + rowHeight - box.clientHeight;
    }
    this.#follow = to === last;
    this.select(this.#items[to]);
  }
}
