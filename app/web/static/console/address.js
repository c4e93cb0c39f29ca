// The page's own address holds everything that it shows, so that a link to it
// brings it back. It stands behind the #, where servers do not see it:
//
//   #compose=URL&stream=URL&tab=frames&stream=URL&view=server
//
// `tab` and `rows` belong to the stream before them.

/** The views of the page; the first is the one that no address has to name. */
export const VIEWS = ['streams', 'routes', 'hub', 'verdict', 'server'];

/** A link to more streams than this starts none of the others. */
const MOST_STREAMS = 24;

/**
 * @typedef {object} Watched
 * @property {string} url
 * @property {'live'|'frames'} tab
 * @property {'latest'|'log'} rows
 *
 * @typedef {object} PageState
 * @property {string} compose the URL in the form; empty is the form's own start
 * @property {Watched[]} streams
 * @property {string} view one of VIEWS
 */

/** @param {PageState} state */
export function toHash({ compose, streams, view }) {
  const pairs = [['compose', compose]];
  for (const { url, tab, rows } of streams) {
    pairs.push(['stream', url]);
    if (tab !== 'live') pairs.push(['tab', tab]);
    if (rows !== 'latest') pairs.push(['rows', rows]);
  }
  if (view !== 'streams') pairs.push(['view', view]);
  return `#${pairs.filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

/** @returns {PageState} */
export function fromHash(hash) {
  const state = { compose: '', streams: [], view: 'streams' };
  for (const [name, value] of new URLSearchParams(hash.slice(1))) {
    const latest = state.streams.at(-1);
    if (name === 'compose') state.compose = value;
    else if (name === 'stream') state.streams.push({ url: value, tab: 'live', rows: 'latest' });
    else if (name === 'tab' && latest && value === 'frames') latest.tab = value;
    else if (name === 'rows' && latest && value === 'log') latest.rows = value;
    else if (name === 'view' && VIEWS.includes(value)) state.view = value;
  }
  state.streams.length = Math.min(state.streams.length, MOST_STREAMS);
  return state;
}
