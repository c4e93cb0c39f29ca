// Elements from plain values. Children that are strings become text, never markup.

/**
 * @param {string} tag
 * @param {Object<string, any>} attributes on... are listeners; true is an empty
 *   attribute; false, null and undefined are none
 * @param {...(Node|string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A copy of the page's <template> with that id, and its parts by data-part. */
export function fromTemplate(id) {
  const root = document.getElementById(id).content.cloneNode(true).firstElementChild;
  const parts = { root };
  for (const part of root.querySelectorAll('[data-part]')) parts[part.dataset.part] = part;
  return parts;
}

/** Sets text where it differs, which spares the browser work. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const waiting = new Set();
let timer = 0;

/** Calls `paint` soon, once for many calls, at most ten times a second. */
export function paintSoon(paint) {
  waiting.add(paint);
  timer ||= setTimeout(() => requestAnimationFrame(flush), 100);
}

function flush() {
  timer = 0;
  const now = [...waiting];
  waiting.clear();
  for (const paint of now) paint();
}

/** Lets the browser save a text as a file of newline-delimited JSON. */
export function saveAs(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  link.download = name.replace(/[^\w.-]+/g, '-');
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Copies text, and says so on the button that was used. */
export async function copy(text, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not permitted';
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}
