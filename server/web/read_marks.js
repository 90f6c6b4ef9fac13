// How far this user has read each conversation on this device, across reloads. The server's own
// marks take over what they know; the higher one counts.

const KEY_PREFIX = 'chat.read';

export class ReadMarks {
  #storage;
  #key;
  #marks;

  constructor({ userId, storage = localStorage }) {
    this.#storage = storage;
    this.#key = `${KEY_PREFIX}/${userId}`;
    this.#marks = this.#read();
  }

  get(conversationId) {
    return BigInt(this.#marks[conversationId] ?? 0);
  }

  set(conversationId, seq) {
    // Another tab may have written since.
    this.#marks = { ...this.#read(), [conversationId]: String(seq) };
    try {
      this.#storage.setItem(this.#key, JSON.stringify(this.#marks));
    } catch (error) {
      console.warn('A read mark could not be stored.', error.name);
    }
  }

  #read() {
    try {
      return JSON.parse(this.#storage.getItem(this.#key)) ?? {};
    } catch {
      return {};
    }
  }
}
