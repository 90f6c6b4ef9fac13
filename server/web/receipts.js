// Tells the server what arrived here and what was read. Positions only rise, so what is told in one
// go is the last of each; a lost one is made up for by the next, or after a reconnect.

import { after as realAfter } from './timers.js';

// The server tells others at most once a second.
const GATHER_MS = 500;

export class Receipts {
  #connection;
  #after;
  #due = new Map();
  // What was told on this connection.
  #told = new Map();
  #cancel = null;

  constructor({ connection, after = realAfter }) {
    this.#connection = connection;
    this.#after = after;
  }

  delivered(conversationId, seq) {
    this.#raise(conversationId, 'delivered_seq', seq);
  }

  // What is read was delivered.
  read(conversationId, seq) {
    this.#raise(conversationId, 'delivered_seq', seq);
    this.#raise(conversationId, 'read_seq', seq);
  }

  connectionLost() {
    this.#told.clear();
  }

  // What could not be told meanwhile.
  connected() {
    this.#schedule();
  }

  #raise(id, mark, seq) {
    const told = this.#told.get(id)?.[mark] ?? 0n;
    const due = this.#due.get(id)?.[mark] ?? 0n;
    if (seq <= told || seq <= due) return;
    this.#due.set(id, { ...this.#due.get(id), [mark]: seq });
    this.#schedule();
  }

  #schedule() {
    if (this.#due.size > 0) this.#cancel ??= this.#after(GATHER_MS, () => this.#tell());
  }

  #tell() {
    this.#cancel = null;
    for (const [id, marks] of this.#due) {
      const receipt = { conversation_id: id };
      for (const [mark, seq] of Object.entries(marks)) receipt[mark] = String(seq);
      // Not live: it stays due.
      if (!this.#connection.send({ receipt })) return;
      this.#due.delete(id);
      this.#told.set(id, { ...this.#told.get(id), ...marks });
    }
  }
}
