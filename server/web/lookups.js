// Reads single things that turn out to be needed while something is shown: who wrote, what was
// answered to. One at a time, each once while the page is open.

export class Lookups {
  #lookUp;
  #asked = new Set();
  #queue = Promise.resolve();

  // `lookUp(...what)` reads one and puts it where it is looked for. Errors: ApiError.
  constructor(lookUp) {
    this.#lookUp = lookUp;
  }

  want(...what) {
    const key = what.join(' ');
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    this.#queue = this.#queue.then(() => this.#attempt(key, what));
  }

  async #attempt(key, what) {
    try {
      await this.#lookUp(...what);
    } catch (error) {
      // Another attempt when it is shown again; not for what does not exist.
      if (error.status !== 404) this.#asked.delete(key);
    }
  }
}
