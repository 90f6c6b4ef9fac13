// Sends what stands in the outbox: the oldest first and one at a time, so that a refusal of one
// cannot let a later one overtake it. A message leaves the outbox when the server acks it, and not
// before.

import { after as realAfter } from './timers.js';

const ACK_DEADLINE_MS = 15_000;
const RETRY_MS = 2000;
const RETRYABLE = new Set(['rate_limited', 'unavailable', 'internal']);
const REASONS = {
  not_contacts: 'You are not contacts.',
  not_found: 'This conversation is gone.',
  forbidden: 'You may not write here.',
  too_large: 'The message is too long.',
};

export class Sender {
  #connection;
  #outbox;
  #onAcked;
  #ready = false;
  #underWay = null;
  #after;
  #cancelTimer = null;
  #ref = 0;

  // `onAcked(entry)` gets the acked message as an entry, without `sender_id`.
  constructor({ connection, outbox, onAcked, after = realAfter }) {
    this.#after = after;
    this.#connection = connection;
    this.#outbox = outbox;
    this.#onAcked = onAcked;
    this.onChanged = () => {};
  }

  waitingIn(conversationId) {
    return this.#outbox.of(conversationId);
  }

  // `replyToSeq`: which entry it answers, if any.
  send(conversationId, text, replyToSeq = null) {
    this.#outbox.add(conversationId, text, replyToSeq);
    this.#changed();
  }

  retry(clientMsgId) {
    this.#outbox.setFailure(clientMsgId, null);
    this.#changed();
  }

  discard(clientMsgId) {
    this.#outbox.remove(clientMsgId);
    this.#changed();
  }

  // Live, and everything we missed has been asked for. Another tab may have left messages behind.
  connected() {
    this.#outbox.reload();
    this.#ready = true;
    this.#changed();
  }

  connectionLost() {
    this.#ready = false;
    this.#settle();
  }

  acked({ conversation_id, client_msg_id, message_id, seq, created_at }) {
    const item = client_msg_id ? this.#outbox.remove(client_msg_id) : null;
    if (!item) return;
    this.#settleIf(item);
    const { text, reply_to_seq } = item;
    const entry = {
      conversation_id,
      client_msg_id,
      message_id,
      seq,
      created_at,
      text,
      reply_to_seq,
    };
    this.#onAcked({ ...entry, kind: 'text', deleted: false });
    this.#changed();
  }

  // The message itself arrived: sent by another tab, or its ack was lost.
  seen(clientMsgId) {
    const item = clientMsgId ? this.#outbox.remove(clientMsgId) : null;
    if (!item) return;
    this.#settleIf(item);
    this.#changed();
  }

  // Returns whether the error was the answer to a send.
  refused({ code, detail, retry_after_ms }, ref) {
    if (this.#underWay === null || ref !== this.#ref) return false;
    const item = this.#underWay;
    this.#settle();
    if (RETRYABLE.has(code)) {
      this.#schedule(retry_after_ms ?? RETRY_MS, () => this.#pump());
    } else {
      this.#outbox.setFailure(item.client_msg_id, REASONS[code] ?? (detail || code));
      this.#changed();
    }
    return true;
  }

  #changed() {
    this.#pump();
    this.onChanged();
  }

  #pump() {
    if (!this.#ready || this.#underWay !== null || this.#cancelTimer !== null) return;
    const item = this.#outbox.next();
    if (!item) return;
    const { conversation_id, client_msg_id, text, reply_to_seq } = item;
    const send = { conversation_id, client_msg_id, text };
    if (reply_to_seq) send.reply_to_seq = reply_to_seq;
    if (!this.#connection.send({ ref: ++this.#ref, send })) return;
    this.#underWay = item;
    this.#schedule(ACK_DEADLINE_MS, () => this.#connection.reconnect());
  }

  #settleIf(item) {
    if (this.#underWay?.client_msg_id === item.client_msg_id) this.#settle();
  }

  #settle() {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#underWay = null;
  }

  #schedule(ms, work) {
    this.#cancelTimer = this.#after(ms, () => {
      this.#cancelTimer = null;
      work();
    });
  }
}
