// The figures of a stream: how many events, how fast, how regular.

const WINDOW = 5000;
const GAPS = 1000;

export class Meter {
  #recent = [];
  #gaps = [];
  #batch = null;
  #batchAt = 0;

  constructor() {
    this.events = 0;
    this.bytes = 0;
    this.batches = 0;
    this.started = 0;
  }

  /** An event arrived at `now`, in milliseconds. */
  event(now) {
    this.started ||= now;
    this.events += 1;
    this.#recent.push(now);
    if (this.#recent.length > 2000) this.#forget(now);
  }

  /** An event of batch `number` arrived; the first of each counts. */
  batch(number, now) {
    if (number === this.#batch) return;
    if (this.#batch !== null) {
      this.#gaps.push(now - this.#batchAt);
      if (this.#gaps.length > GAPS) this.#gaps.shift();
    }
    this.#batch = number;
    this.#batchAt = now;
    this.batches += 1;
  }

  /** A new connection: the time until its first batch is no gap. */
  reconnected() {
    this.#batch = null;
  }

  /** Events a second over the last seconds. */
  rate(now) {
    this.#forget(now);
    const span = Math.min(WINDOW, now - this.started);
    return span > 500 ? this.#recent.length / (span / 1000) : 0;
  }

  #forget(now) {
    const first = this.#recent.findIndex((at) => at > now - WINDOW);
    this.#recent.splice(0, first < 0 ? this.#recent.length : first);
  }

  /** The gap between batches that `share` of them stay below, in milliseconds, or null. */
  gap(share) {
    if (!this.#gaps.length) return null;
    const sorted = [...this.#gaps].sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
