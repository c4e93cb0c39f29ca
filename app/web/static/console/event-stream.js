// The event stream format (HTML standard, section 9.2.6), with nothing hidden:
// each block comes with its raw text, its comments and its fields.

/**
 * @typedef {object} Block
 * @property {string} raw the lines as they came, joined by \n
 * @property {string|null} data null where the block has no data field
 * @property {string|null} id
 * @property {string|null} event
 * @property {number|null} retry milliseconds
 * @property {string[]} comments
 */

/** Cuts text, which may arrive in any pieces, into blocks. */
export class EventStreamParser {
  #line = '';
  #lines = [];
  #skipLineFeed = false;

  /**
   * @param {string} text the next piece, decoded from UTF-8
   * @returns {Block[]} the blocks that it completes
   */
  feed(text) {
    const blocks = [];
    let start = 0;
    if (this.#skipLineFeed && text) {
      this.#skipLineFeed = false;
      if (text[0] === '\n') start = 1;
    }
    const end = /\r\n?|\n/g;
    end.lastIndex = start;
    for (let found = end.exec(text); found; found = end.exec(text)) {
      this.#endLine(this.#line + text.slice(start, found.index), blocks);
      this.#line = '';
      start = end.lastIndex;
      // The \n of a \r\n may be the first character of the next piece.
      this.#skipLineFeed = found[0] === '\r' && start === text.length;
    }
    this.#line += text.slice(start);
    return blocks;
  }

  #endLine(line, blocks) {
    if (line) {
      this.#lines.push(line);
    } else if (this.#lines.length) {
      blocks.push(readBlock(this.#lines));
      this.#lines = [];
    }
  }
}

function readBlock(lines) {
  const block = {
    raw: lines.join('\n'), data: null, id: null, event: null, retry: null, comments: [],
  };
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const rest = colon < 0 ? '' : line.slice(colon + 1);
    const value = rest.startsWith(' ') ? rest.slice(1) : rest;
    if (colon === 0) block.comments.push(value);
    else FIELDS[name]?.(block, value);
  }
  return block;
}

const FIELDS = Object.assign(Object.create(null), {
  data: (block, value) => { block.data = block.data === null ? value : `${block.data}\n${value}`; },
  event: (block, value) => { block.event = value; },
  id: (block, value) => { if (!value.includes('\0')) block.id = value; },
  retry: (block, value) => { if (/^\d+$/.test(value)) block.retry = Number(value); },
});
