// Who is writing something: tells that this user is, and knows of others, until they stop, say what
// they wrote, or are not heard of for a while.

import { after as realAfter } from './timers.js';

// The server and other clients forget after six seconds.
const EXPIRES_MS = 6000;
const REPEAT_MS = 3000;

export class Typing {
  #connection;
  #after;
  // Our own, by conversation: cancels the pause until it is told again.
  #told = new Map();
  // Others: conversation, then user, to the cancelling of their expiry.
  #heard = new Map();

  // `onChanged()` is called when somebody began or stopped.
  constructor({ connection, after = realAfter }) {
    this.#connection = connection;
    this.#after = after;
    this.onChanged = () => {};
  }

  // ---- this user

  writing(conversationId) {
    if (this.#told.has(conversationId)) return;
    if (!this.#tell(conversationId, true)) return;
    const again = () => this.#told.delete(conversationId);
    this.#told.set(conversationId, this.#after(REPEAT_MS, again));
  }

  // Nothing is written any more. A message that is sent says so by itself.
  stopped(conversationId, { sent = false } = {}) {
    const cancel = this.#told.get(conversationId);
    if (!cancel) return;
    cancel();
    this.#told.delete(conversationId);
    if (!sent) this.#tell(conversationId, false);
  }

  #tell(conversationId, active) {
    return this.#connection.send({ typing: { conversation_id: conversationId, active } });
  }

  // ---- others

  // The ids of those who are writing.
  whoIn(conversationId) {
    return [...(this.#heard.get(conversationId)?.keys() ?? [])];
  }

  heard({ conversation_id: conversationId, user_id: userId, active }) {
    const id = String(conversationId);
    if (active) this.#began(id, String(userId));
    else this.ended(id, String(userId));
  }

  ended(conversationId, userId) {
    const cancel = this.#heard.get(conversationId)?.get(userId);
    if (!cancel) return;
    cancel();
    this.#heard.get(conversationId).delete(userId);
    this.onChanged();
  }

  connectionLost() {
    for (const users of this.#heard.values()) for (const cancel of users.values()) cancel();
    this.#heard.clear();
    for (const cancel of this.#told.values()) cancel();
    this.#told.clear();
    this.onChanged();
  }

  #began(conversationId, userId) {
    if (!this.#heard.has(conversationId)) this.#heard.set(conversationId, new Map());
    const users = this.#heard.get(conversationId);
    users.get(userId)?.();
    users.set(
      userId,
      this.#after(EXPIRES_MS, () => this.ended(conversationId, userId)),
    );
    this.onChanged();
  }
}
