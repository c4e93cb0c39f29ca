// Where the server's endpoints are: its configuration may move them.

/** The prefix of the service's own paths, which this file came from; empty at the root. */
export const SERVICE = new URL('../..', import.meta.url).pathname.slice(0, -1);

/** What the page says of its server, to set the forms up with. */
export const PAGE = JSON.parse(document.getElementById('page-data').textContent);
