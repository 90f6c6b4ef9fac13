// What this user wrote and the server has not acked yet, in order. Kept in localStorage under a key
// per message, so that it survives a reload and two tabs do not overwrite each other; a message
// sent by both still arrives once, because it keeps its client_msg_id.

const KEY_PREFIX = 'chat.outbox';

export class Outbox {
  #storage;
  #prefix;
  #items = [];

  constructor({ userId, storage = localStorage }) {
    this.#storage = storage;
    this.#prefix = `${KEY_PREFIX}/${userId}/`;
    this.reload();
  }

  // Reads what is stored, in the order of writing.
  reload() {
    const keys = Array.from({ length: this.#storage.length }, (_, i) => this.#storage.key(i));
    this.#items = keys
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => parseItem(this.#storage.getItem(key)))
      .filter((item) => item !== null)
      .sort((a, b) => a.order - b.order);
  }

  // Returns the new item: `{client_msg_id, conversation_id, text, reply_to_seq, written_at, order,
  // failure}`.
  add(conversationId, text, replyToSeq = null) {
    const last = this.#items.at(-1)?.order ?? 0;
    const item = {
      client_msg_id: randomId(),
      conversation_id: conversationId,
      text,
      // As a string, as it is stored.
      reply_to_seq: replyToSeq === null ? null : String(replyToSeq),
      written_at: Date.now(),
      order: Math.max(Date.now(), last + 1),
      failure: null,
    };
    this.#items.push(item);
    this.#save(item);
    return item;
  }

  // The item that was there, or null.
  remove(clientMsgId) {
    const item = this.find(clientMsgId);
    if (!item) return null;
    this.#items = this.#items.filter((other) => other !== item);
    this.#storage.removeItem(this.#prefix + clientMsgId);
    return item;
  }

  find(clientMsgId) {
    return this.#items.find((item) => item.client_msg_id === clientMsgId) ?? null;
  }

  // `reason` is what to tell the user; null makes it waiting again.
  setFailure(clientMsgId, reason) {
    const item = this.find(clientMsgId);
    if (!item) return;
    item.failure = reason;
    this.#save(item);
  }

  of(conversationId) {
    return this.#items.filter((item) => item.conversation_id === conversationId);
  }

  // The oldest that may be sent; null when there is none.
  next() {
    return this.#items.find((item) => item.failure === null) ?? null;
  }

  clear() {
    for (const item of [...this.#items]) this.remove(item.client_msg_id);
  }

  // A full or forbidden storage costs the survival of a reload, not the message.
  #save(item) {
    try {
      this.#storage.setItem(this.#prefix + item.client_msg_id, JSON.stringify(item));
    } catch (error) {
      console.warn('An unsent message could not be stored.', error.name);
    }
  }
}

function parseItem(text) {
  try {
    const item = JSON.parse(text);
    return typeof item?.client_msg_id === 'string' ? item : null;
  } catch {
    return null;
  }
}

// crypto.randomUUID exists on https and localhost only; this page may be served elsewhere on a LAN.
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
