// Over HTTP/1.1 a browser opens six connections to one host, and every stream
// takes one for as long as it runs. Here they are counted, so that the page can
// say why a stream waits instead of hanging without a word.

const MOST_OVER_HTTP_1 = 6;

/** The protocol that the page itself came over: `h2`, `http/1.1`, or empty where unknown. */
export function protocol() {
  return performance.getEntriesByType('navigation')[0]?.nextHopProtocol ?? '';
}

export class Connections {
  #held = new Set();
  #queue = [];

  /** @param {number} most how many streams may be open at once */
  constructor(most = /^http\/1/.test(protocol()) ? MOST_OVER_HTTP_1 : Infinity) {
    this.most = most;
  }

  /** Whether a further request would have to wait. */
  get full() {
    return this.#held.size >= this.most;
  }

  /**
   * Waits for a connection.
   * @param {AbortSignal} signal gives up waiting
   * @param {{yields?: () => void, waiting?: () => void}} hooks `yields` is called
   *   when a stream that has no such hook needs the connection; `waiting` when there is none
   * @returns {Promise<() => void>} gives the connection back; harmless when called again
   */
  async acquire(signal, { yields, waiting } = {}) {
    if (this.full) {
      const turn = this.#turn(signal);
      // Whoever yields may queue again at once, so this one has to stand in line first.
      if (yields || !this.#askForOne()) waiting?.();
      await turn;
    }
    const held = { yields };
    this.#held.add(held);
    return () => {
      if (this.#held.delete(held)) this.#queue.shift()?.();
    };
  }

  #askForOne() {
    for (const held of this.#held) {
      const { yields } = held;
      if (yields) {
        held.yields = null;
        yields();
        return true;
      }
    }
    return false;
  }

  #turn(signal) {
    return new Promise((resolve, reject) => {
      this.#queue.push(resolve);
      signal.addEventListener('abort', () => {
        this.#queue = this.#queue.filter((other) => other !== resolve);
        reject(signal.reason);
      }, { once: true });
    });
  }
}
