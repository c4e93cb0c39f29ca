// Texts as literals of the languages in which requests are shown.

/** Where a program finds the key, where the server wants one. */
export const KEY_VARIABLE = 'LLMOCK_KEY';

/** An address of the server, as others write it. */
export function absolute(url) {
  return new URL(url, location.origin).href;
}

/** A text as a literal of JavaScript, single quotes preferred. */
export function js(text) {
  const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
  return `'${escaped.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')}'`;
}

/** A text as a literal of Python, which shares JavaScript's escapes. */
export const python = js;

/** A text as a literal of a POSIX shell. */
export function shell(text) {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
