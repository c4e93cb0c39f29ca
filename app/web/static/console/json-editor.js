// A text field for JSON: coloured as one types, checked as one types, tidied on demand.

import { element, setText } from './dom.js';
import { compact, place, scan, tidy } from './json-text.js';

/** Longer texts are not coloured: it would make typing slow. */
const MAX_COLOURED = 20000;

export class JsonEditor {
  /**
   * @param {object} parts
   * @param {HTMLTextAreaElement} parts.field
   * @param {HTMLElement} parts.backdrop an element of the same shape, behind the field
   * @param {HTMLElement} parts.message where an error is told
   * @param {HTMLButtonElement} parts.format
   * @param {() => void} onChange
   */
  constructor({ field, backdrop, message, format }, onChange) {
    this.field = field;
    this.backdrop = backdrop;
    this.message = message;
    this.error = null;
    field.addEventListener('input', () => {
      this.#check();
      onChange();
    });
    field.addEventListener('scroll', () => this.#align(), { passive: true });
    field.addEventListener('keydown', (event) => this.#key(event));
    format.addEventListener('click', () => {
      this.#write(tidy(field.value));
      onChange();
    });
  }

  /** The text without blanks where it is JSON, else as it is. */
  get value() {
    return compact(this.field.value);
  }

  /** Shows another text, laid out, unless it is the same JSON as now. */
  set value(text) {
    if (compact(text) !== this.value) this.#write(tidy(text));
  }

  /**
   * Marks a place that someone else finds wrong, until the text changes.
   * @param {{start: number, end: number}} where
   * @param {string} why
   */
  refuse(where, why) {
    this.#tell(scan(this.field.value).tokens, { position: where.start, end: where.end, message: why });
  }

  /** Puts the caret where the error is. */
  goToError() {
    const { field, error } = this;
    field.focus();
    field.setSelectionRange(error.position, error.position);
    const lines = place(field.value, error.position).line - 1;
    field.scrollTop = lines * parseFloat(getComputedStyle(field).lineHeight) - field.clientHeight / 3;
  }

  #write(text) {
    this.field.value = text;
    this.#check();
  }

  #check() {
    const text = this.field.value;
    const { tokens, error } = text.trim() ? scan(text) : { tokens: [], error: null };
    this.#tell(tokens, error && { ...error, end: error.position + lengthOfWord(text, error.position) });
  }

  #tell(tokens, error) {
    const text = this.field.value;
    this.error = error;
    this.#colour(text, tokens, error);
    this.field.setAttribute('aria-invalid', error !== null);
    if (error) {
      const { line, column } = place(text, error.position);
      setText(this.message, `Line ${line}, column ${column}: ${error.message}`);
    } else {
      setText(this.message, '');
    }
    this.message.hidden = !error;
  }

  #colour(text, tokens, error) {
    const known = text.length <= MAX_COLOURED ? tokens : [];
    const { position, end } = error ?? { position: text.length, end: text.length };
    const pieces = coloured(text, known, 0, position);
    // The end of the text, or of a line, needs a blank to be marked on.
    const marked = coloured(text, known, position, end).map((each) => (/^\n?$/.test(each) ? ' \n' : each));
    if (error) pieces.push(element('mark', {}, ...marked));
    // A last line that is empty has no height otherwise.
    this.backdrop.replaceChildren(...pieces, ...coloured(text, known, end, text.length), '\n');
    this.#align();
  }

  #align() {
    this.backdrop.scrollTop = this.field.scrollTop;
    this.backdrop.scrollLeft = this.field.scrollLeft;
  }

  #key(event) {
    // Enter keeps the indentation; Tab goes on to the next field, as everywhere.
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    const { value, selectionStart } = this.field;
    const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
    const indent = /^ */.exec(line)[0] + (/[{[]\s*$/.test(line) ? '  ' : '');
    event.preventDefault();
    this.field.setRangeText(`\n${indent}`, selectionStart, this.field.selectionEnd, 'end');
    this.field.dispatchEvent(new Event('input'));
  }
}

/** The text between two places: its tokens in their colours, the rest as it is. */
function coloured(text, tokens, from, to) {
  const pieces = [];
  let end = from;
  tokens.forEach((token, index) => {
    if (token.start < from || token.start >= to) return;
    end = token.start + token.text.length;
    const isPlain = token.kind === 'space' || token.kind === 'mark';
    const kind = isName(tokens, index) ? 'name' : token.kind;
    pieces.push(isPlain ? token.text : element('span', { class: `json-${kind}` }, token.text));
  });
  if (end < to || !pieces.length) pieces.push(text.slice(end, to));
  return pieces;
}

function lengthOfWord(text, start) {
  return /^\w+/.exec(text.slice(start))?.[0].length ?? 1;
}

function isName(tokens, index) {
  if (tokens[index].kind !== 'string') return false;
  const next = tokens.slice(index + 1, index + 3).find(({ kind }) => kind !== 'space');
  return next?.text === ':';
}
