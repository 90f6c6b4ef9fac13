// Asks the server to change an entry: edit, delete, react. What comes of it arrives as an event,
// like the changes of everybody else; here one learns whether it was accepted.

import { ApiError } from './api.js';
import { after as realAfter } from './timers.js';

const ANSWER_DEADLINE_MS = 15_000;
const REFS_FROM = 1_000_000_000;

export class Changes {
  #connection;
  #after;
  #asked = new Map();
  #ref = REFS_FROM;

  constructor({ connection, after = realAfter }) {
    this.#connection = connection;
    this.#after = after;
  }

  // Each resolves when the server has accepted it. Errors: ApiError.

  edit(conversationId, seq, text) {
    return this.#ask({ edit: { conversation_id: conversationId, seq: String(seq), text } });
  }

  delete(conversationId, seq) {
    return this.#ask({ delete: { conversation_id: conversationId, seq: String(seq) } });
  }

  react(conversationId, seq, emoji, on) {
    return this.#ask({ react: { conversation_id: conversationId, seq: String(seq), emoji, on } });
  }

  // Returns whether the ack was an answer to one of these.
  acked(ref) {
    const asked = this.#settle(ref);
    asked?.resolve();
    return asked !== null;
  }

  refused({ code, detail }, ref) {
    const asked = this.#settle(ref);
    asked?.reject(new ApiError({ status: 0, code, detail }));
    return asked !== null;
  }

  // Whether they were accepted shows when one is connected again.
  connectionLost() {
    for (const ref of [...this.#asked.keys()]) this.refused(UNREACHABLE, ref);
  }

  #ask(frame) {
    return new Promise((resolve, reject) => {
      const ref = ++this.#ref;
      if (!this.#connection.send({ ref, ...frame })) return reject(new ApiError(UNREACHABLE));
      const cancel = this.#after(ANSWER_DEADLINE_MS, () => this.refused(UNREACHABLE, ref));
      this.#asked.set(ref, { resolve, reject, cancel });
    });
  }

  #settle(ref) {
    const asked = this.#asked.get(ref) ?? null;
    asked?.cancel();
    this.#asked.delete(ref);
    return asked;
  }
}

const UNREACHABLE = { status: 0, code: 'unreachable', detail: 'The server cannot be reached.' };
