// Pulls missing entries over the WebSocket. One `sync` is under way at a time; what is asked for
// meanwhile goes into the next. Entries arrive as ordinary `message` frames.

import { after as realAfter } from './timers.js';

const ANSWER_DEADLINE_MS = 30_000;
// Well below what any server allows in one frame; the rest follows in the next.
const CURSORS_MAX = 200;
const REFS_FROM = 2_000_000_000;

export class Sync {
  #connection;
  #store;
  #wanted = new Set();
  #asked = null;
  #after;
  #cancelDeadline = null;
  #ref = REFS_FROM;

  constructor({ connection, store, after = realAfter }) {
    this.#after = after;
    this.#connection = connection;
    this.#store = store;
  }

  request(conversationIds) {
    conversationIds.forEach((id) => this.#wanted.add(id));
    this.#pump();
  }

  done({ conversations }) {
    this.#settle();
    for (const told of conversations ?? []) {
      this.#store.applySyncPosition(told);
      if (told.more) this.#wanted.add(String(told.conversation_id));
    }
    this.#pump();
  }

  // Returns whether the error was the answer to a sync. Starting over is all that can be done about
  // it.
  refused(_error, ref) {
    if (this.#asked === null || ref !== this.#ref) return false;
    this.#connection.reconnect();
    return true;
  }

  connectionLost() {
    this.#settle();
    this.#wanted.clear();
  }

  #pump() {
    if (this.#asked !== null || this.#wanted.size === 0) return;
    const asked = [...this.#wanted].slice(0, CURSORS_MAX);
    asked.forEach((id) => this.#wanted.delete(id));
    const cursors = asked
      .map((id) => this.#store.conversation(id))
      .filter((conversation) => conversation && conversation.timeline.head !== null)
      .map(({ conversation_id, timeline, change }) => ({
        conversation_id,
        after_seq: String(timeline.head),
        after_change: String(change),
      }));
    if (cursors.length === 0) return this.#pump();
    if (!this.#connection.send({ ref: ++this.#ref, sync: { cursors } })) return;
    this.#asked = asked;
    this.#cancelDeadline = this.#after(ANSWER_DEADLINE_MS, () => this.#connection.reconnect());
  }

  #settle() {
    this.#cancelDeadline?.();
    this.#cancelDeadline = null;
    this.#asked = null;
  }
}
