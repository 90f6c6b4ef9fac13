// Looks up people who are to be shown and of whom only the id is known: who wrote in a group and
// left it since. One at a time, each once while the page is open.

export class Strangers {
  #call;
  #store;
  #asked = new Set();
  #queue = Promise.resolve();

  constructor({ call, store }) {
    this.#call = call;
    this.#store = store;
    store.onStranger = (userId) => this.#want(userId);
  }

  #want(userId) {
    if (this.#asked.has(userId)) return;
    this.#asked.add(userId);
    this.#queue = this.#queue.then(() => this.#lookUp(userId));
  }

  async #lookUp(userId) {
    if (this.#store.knows(userId)) return;
    try {
      const { user } = await this.#call('GET', `/v1/users/${userId}`);
      this.#store.putPerson(user);
    } catch (error) {
      // Another attempt when they are shown again; not for somebody who does not exist.
      if (error.status !== 404) this.#asked.delete(userId);
    }
  }
}
