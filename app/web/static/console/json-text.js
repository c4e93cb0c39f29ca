// JSON as the text that someone types: where it is wrong, how it looks tidy.
// Numbers keep their spelling, because to the server 150.0 and 150 differ.

const TOKENS = [
  ['space', /[ \t\n\r]+/y],
  ['string', /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y],
  ['number', /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y],
  ['word', /(?:true|false|null)(?!\w)/y],
  ['mark', /[{}[\],:]/y],
];

const WANTED = {
  value: 'a value',
  item: 'a value or ]',
  member: 'a name in double quotes or }',
  name: 'a name in double quotes',
  colon: 'a colon',
  more: 'a comma or the closing bracket',
  nothing: 'nothing more',
};

/**
 * Reads JSON strictly.
 * @param {string} text
 * @returns {{tokens: {kind: string, text: string, start: number}[],
 *   error: {position: number, message: string} | null}} tokens up to the error
 */
export function scan(text) {
  const tokens = [];
  let position = 0;
  const grammar = new Grammar();
  while (position < text.length) {
    const token = tokenAt(text, position);
    if (!token) return { tokens, error: { position, message: whyNot(text, position) } };
    if (token.kind !== 'space') {
      const wanted = grammar.take(token);
      if (wanted) return { tokens, error: { position, message: `Here belongs ${wanted}.` } };
    }
    tokens.push(token);
    position += token.text.length;
  }
  const missing = grammar.missing();
  return {
    tokens,
    error: missing ? { position, message: `The text ends, and ${missing} is missing.` } : null,
  };
}

function tokenAt(text, start) {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = start;
    const found = pattern.exec(text);
    if (found) return { kind, text: found[0], start };
  }
  return null;
}

function whyNot(text, position) {
  const sign = text[position];
  if (sign === '"') return 'This text has no closing quote, or an escape that JSON does not know.';
  if (sign === "'") return 'Texts stand in double quotes.';
  if (/[A-Za-z_]/.test(sign)) return 'Only true, false and null go without double quotes.';
  if (/[-+.\d]/.test(sign)) return 'This is no number of JSON.';
  return `JSON has no place for ${sign}.`;
}

/** What may come next, as a stack of open brackets and one expectation. */
class Grammar {
  #open = [];
  #expected = 'value';

  /** Takes a token; returns what was wanted where it does not fit. */
  take(token) {
    const { kind, text } = token;
    const expected = this.#expected;
    const wantsValue = expected === 'value' || expected === 'item';
    if (expected === 'member' || expected === 'name') {
      if (kind === 'string') return this.#expect('colon');
      if (expected === 'member' && text === '}') return this.#close();
    } else if (expected === 'colon') {
      if (text === ':') return this.#expect('value');
    } else if (wantsValue) {
      if (text === '{') return this.#enter('}', 'member');
      if (text === '[') return this.#enter(']', 'item');
      if (kind !== 'mark') return this.#valueEnded();
      if (expected === 'item' && text === ']') return this.#close();
    } else if (expected === 'more') {
      const closing = this.#open.at(-1);
      if (text === closing) return this.#close();
      if (text === ',') return this.#expect(closing === '}' ? 'name' : 'value');
    }
    return WANTED[expected];
  }

  /** What is missing at the end of the text, or null. */
  missing() {
    return this.#expected === 'nothing' ? null : WANTED[this.#expected];
  }

  #expect(what) {
    this.#expected = what;
    return null;
  }

  #enter(closing, what) {
    this.#open.push(closing);
    return this.#expect(what);
  }

  #close() {
    this.#open.pop();
    return this.#valueEnded();
  }

  #valueEnded() {
    return this.#expect(this.#open.length ? 'more' : 'nothing');
  }
}

/** JSON without a blank between its tokens; any other text as it is. */
export function compact(text) {
  const { tokens, error } = scan(text);
  if (error) return text.trim();
  return tokens.filter(({ kind }) => kind !== 'space').map((token) => token.text).join('');
}

/** JSON with a line for each member, short arrays and objects on one; other text as it is. */
export function tidy(text) {
  const { tokens, error } = scan(text);
  if (error) return text;
  return lay(tokens.filter(({ kind }) => kind !== 'space').map((token) => token.text));
}

const WIDTH = 48;

function lay(signs) {
  let at = 0;

  function value(indent) {
    const sign = signs[at++];
    if (sign !== '{' && sign !== '[') return sign;
    const closing = sign === '{' ? '}' : ']';
    const inner = `${indent}  `;
    const parts = [];
    while (signs[at] !== closing) {
      if (signs[at] === ',') at += 1;
      let name = '';
      if (sign === '{') {
        name = `${signs[at]}: `;
        at += 2;
      }
      parts.push(name + value(inner));
    }
    at += 1;
    if (!parts.length) return sign + closing;
    const line = `${sign}${parts.join(', ')}${closing}`;
    if (indent && !line.includes('\n') && indent.length + line.length <= WIDTH) return line;
    return `${sign}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${closing}`;
  }

  return value('');
}

/** The line and column of a position, both from 1. */
export function place(text, position) {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: before.at(-1).length + 1 };
}
