// Finds messages while one types: waits for a pause, asks the server, and lets only the answer to
// the last question count.

import { after as realAfter } from './timers.js';
import { entryFromWire } from './wire.js';

const PAUSE_MS = 250;
const RESULTS = 30;
const BYTES_MAX = 256;

export class Search {
  #call;
  #after;
  #cancel = null;
  #question = 0;

  // `entries` are what was found, newest first; null while that is not known. `failure` is the
  // ApiError, if there was one.
  constructor({ call, after = realAfter }) {
    this.#call = call;
    this.#after = after;
    this.entries = null;
    this.failure = null;
    this.onChanged = () => {};
  }

  // Empty: nothing is looked for any more.
  lookFor(words) {
    this.#cancel?.();
    const question = ++this.#question;
    this.#found(null, null);
    const query = words.trim();
    if (query === '' || new TextEncoder().encode(query).length > BYTES_MAX) return;
    this.#cancel = this.#after(PAUSE_MS, () => this.#ask(question, query));
  }

  async #ask(question, query) {
    const path = `/v1/search?limit=${RESULTS}&q=${encodeURIComponent(query)}`;
    let entries = [];
    let failure = null;
    try {
      entries = ((await this.#call('GET', path)).messages ?? []).map(entryFromWire);
    } catch (error) {
      failure = error;
    }
    if (question === this.#question) this.#found(entries, failure);
  }

  #found(entries, failure) {
    this.entries = entries;
    this.failure = failure;
    this.onChanged();
  }
}
