// A text field for JSON: coloured as one types, checked as one types, tidied on demand.

import { element, setText } from './dom.js';
import { compact, place, scan, tidy } from './json-text.js';

/** Longer texts are not coloured: it would make typing slow. */
const MOST_COLOURED = 20000;

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

  #write(text) {
    this.field.value = text;
    this.#check();
  }

  #check() {
    const text = this.field.value;
    const { tokens, error } = text.trim() ? scan(text) : { tokens: [], error: null };
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
    const pieces = [];
    if (text.length <= MOST_COLOURED) {
      tokens.forEach((token, index) => {
        pieces.push(token.kind === 'space' || token.kind === 'mark'
          ? token.text
          : element('span', { class: `json-${isName(tokens, index) ? 'name' : token.kind}` }, token.text));
      });
    }
    const end = tokens.length ? tokens.at(-1).start + tokens.at(-1).text.length : 0;
    const rest = text.slice(pieces.length ? end : 0);
    if (error && pieces.length + end > 0 || error) {
      const at = pieces.length ? error.position - end : error.position;
      const length = Math.max(1, /^\w+/.exec(rest.slice(at))?.[0].length ?? 1);
      pieces.push(rest.slice(0, at),
        element('mark', {}, rest.slice(at, at + length).replace(/^\n?$/, ' \n')),
        rest.slice(at + length));
    } else {
      pieces.push(rest);
    }
    // A last line that is empty has no height otherwise.
    this.backdrop.replaceChildren(...pieces, '\n');
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

function isName(tokens, index) {
  if (tokens[index].kind !== 'string') return false;
  const next = tokens.slice(index + 1, index + 3).find(({ kind }) => kind !== 'space');
  return next?.text === ':';
}
