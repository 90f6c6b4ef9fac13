// The conductor: what happens when a connection is welcomed, a frame arrives, or the user does
// something. Connects session, connection, store and outbox; draws nothing.

import { Account } from './account.js';
import { cursorParameter, readPages } from './api.js';
import { Changes } from './changes.js';
import { Groups } from './groups.js';
import { Lookups } from './lookups.js';
import { withReaction } from './reactions.js';
import { Receipts } from './receipts.js';
import { Search } from './search.js';
import { Sender } from './sender.js';
import { Sync } from './sync.js';
import { after as realAfter } from './timers.js';
import { Typing } from './typing.js';
import { entryFromWire } from './wire.js';

const PAGE_ENTRIES = 50;
const PAGE_ENTRIES_MAX = 200;
const LIST_ITEMS = 200;
// How far back an answer leads; further, one has to scroll.
const PAGES_BACK_MAX = 25;
// A seq was skipped: usually the missing one is right behind.
const HOLE_PATIENCE_MS = 1000;

export class Client {
  #session;
  #connection;
  #limits = null;
  #listsWanted = new Set();
  #listsReading = null;
  #loadingPages = new Map();
  #holeTimers = new Map();
  #after;

  constructor({ session, connection, store, outbox, after = realAfter }) {
    this.#session = session;
    this.#connection = connection;
    this.store = store;
    this.#after = after;
    this.sync = new Sync({ connection, store, after });
    const call = (method, path, body) => this.#call(method, path, body);
    this.groups = new Groups({ call, store });
    this.search = new Search({ call, after });
    this.account = new Account({ session, store });
    const people = new Lookups((userId) => this.#lookUpPerson(userId));
    store.onStranger = (userId) => people.want(userId);
    const entries = new Lookups((id, seq) => this.#lookUpEntry(id, seq));
    store.onUnknownEntry = (id, seq) => entries.want(id, seq);
    const onAcked = (entry) => this.#acked(entry);
    this.changes = new Changes({ connection, after });
    this.receipts = new Receipts({ connection, after });
    store.onRead = (id, seq) => this.receipts.read(id, seq);
    this.typing = new Typing({ connection, after });
    this.typing.onChanged = () => store.changed();
    this.sender = new Sender({ connection, outbox, onAcked, after });
    // A live entry of somebody else arrived; for announcements.
    this.onNews = () => {};
    this.onPhase = () => {};
    connection.onPhase = (phase) => this.#phaseChanged(phase);
    connection.onWelcome = (welcome) => this.#welcomed(welcome);
    connection.onFrame = (body, content, ref) => this.#frame(body, content, ref);
  }

  start() {
    this.#connection.start();
  }

  stop() {
    this.#connection.stop();
    for (const cancel of this.#holeTimers.values()) cancel();
    this.#holeTimers.clear();
  }

  // What one message may hold; null before the first welcome.
  get limits() {
    return this.#limits;
  }

  #phaseChanged(phase) {
    this.store.setLive(phase === 'live');
    if (phase !== 'live') {
      this.sync.connectionLost();
      this.sender.connectionLost();
      this.changes.connectionLost();
      this.receipts.connectionLost();
      this.typing.connectionLost();
    }
    this.onPhase(phase);
  }

  // ---- from the server

  // Live entries flow from here on, so what the lists say is complete together with them.
  async #welcomed(welcome) {
    this.#limits = welcome.limits;
    if (!(await this.#readLists(['contacts', 'blocks', 'conversations']))) return;
    this.sync.request(this.store.behind().map(({ conversation_id: id }) => id));
    this.sender.connected();
    this.#repeatReceipts();
  }

  // What the server may not have heard: from before, or from while there was no connection.
  #repeatReceipts() {
    for (const conversation of this.store.conversations()) {
      const { conversation_id: id, unread, lastSeq, readSeq, toldReadSeq } = conversation;
      if (unread > 0) this.receipts.delivered(id, lastSeq);
      if (readSeq > toldReadSeq) this.receipts.read(id, readSeq);
    }
    this.receipts.connected();
  }

  #frame(body, content, ref) {
    const handlers = {
      message: () => this.#entryArrived(entryFromWire(content)),
      ack: () => this.changes.acked(ref) || this.sender.acked(content),
      edited: () => this.store.applyChange(content, () => editOf(content)),
      deleted: () => this.store.applyChange(content, () => DELETED),
      reaction: () => this.store.applyChange(content, (entry) => this.#reacted(entry, content)),
      receipt: () => this.store.applyReceipt(content),
      typing: () => this.typing.heard(content),
      presence: () => this.store.applyPresence(content),
      contact: () => this.#contactChanged(content),
      conversation: () => this.#conversationChanged(content),
      sync_done: () => this.sync.done(content),
      gap: () => this.sync.request([String(content.conversation_id)]),
      error: () =>
        this.changes.refused(content, ref) ||
        this.sender.refused(content, ref) ||
        this.sync.refused(content, ref),
    };
    // A body or kind that this client does not know is not for it.
    handlers[body]?.();
  }

  #reacted({ reactions }, { user_id, emoji, on }) {
    const mine = String(user_id) === this.store.me.user_id;
    return { reactions: withReaction(reactions ?? [], { emoji, on, mine }) };
  }

  #entryArrived(entry) {
    if (entry.sender_id === this.store.me.user_id) this.sender.seen(entry.client_msg_id);
    const conversation = this.store.conversation(entry.conversation_id);
    if (!conversation) {
      this.#readLists(['conversations']);
      return;
    }
    const { conversation_id: id, sender_id: senderId } = entry;
    this.typing.ended(id, senderId);
    if (this.store.applyEntry(entry)) this.onNews(conversation, entry);
    const { head } = conversation.timeline;
    if (senderId !== this.store.me.user_id && head !== null) this.receipts.delivered(id, head);
    if (entry.kind === 'member_added' && conversation.members) this.#readMembers(conversation);
    this.#watchHole(conversation);
  }

  // The ack is the only notice of one's own message on the connection that sent it.
  #acked(entry) {
    const mine = { ...entry, sender_id: this.store.me.user_id };
    this.store.applyEntry(entryFromWire(mine));
    const conversation = this.store.conversation(mine.conversation_id);
    if (conversation) this.#watchHole(conversation);
  }

  #watchHole({ conversation_id: id, timeline }) {
    if (!timeline.hasHole || this.#holeTimers.has(id)) return;
    const cancel = this.#after(HOLE_PATIENCE_MS, () => {
      this.#holeTimers.delete(id);
      if (timeline.hasHole) this.sync.request([id]);
    });
    this.#holeTimers.set(id, cancel);
  }

  #contactChanged({ user }) {
    this.store.putPerson(user);
    // A block ends a contact, perhaps on another device of ours.
    this.#readLists(['contacts', 'blocks']);
  }

  #conversationChanged(content) {
    this.store.applyConversation(content);
    // Frames carry what all members share; what was said before we heard of it comes with the list.
    if (content.event === 'gained' && BigInt(content.conversation.last_seq) > 0n) {
      this.#readLists(['conversations']);
    }
  }

  // ---- lists

  // Several wishes at once become one reading; wishes during a reading become one more. Resolves to
  // whether all were read; otherwise the connection starts over, with its back-off.
  #readLists(names) {
    names.forEach((name) => this.#listsWanted.add(name));
    this.#listsReading ??= this.#readWantedLists().finally(() => (this.#listsReading = null));
    return this.#listsReading;
  }

  async #readWantedLists() {
    // The wishes of one turn are gathered before the first request.
    await Promise.resolve();
    try {
      while (this.#listsWanted.size > 0) {
        const wanted = [...this.#listsWanted];
        this.#listsWanted.clear();
        await Promise.all(wanted.map((name) => this.#readList(name)));
      }
      return true;
    } catch (error) {
      this.#listsWanted.clear();
      if (error.status === 401) this.#session.end();
      else this.#connection.reconnect();
      return false;
    }
  }

  async #readList(name) {
    const items = await readPages(
      (cursor) => this.#call('GET', `/v1/${name}?limit=${LIST_ITEMS}${cursorParameter(cursor)}`),
      name,
    );
    if (name === 'conversations') this.store.replaceConversations(items);
    else if (name === 'blocks') this.store.replaceBlocks(items);
    else {
      this.store.replaceContacts(items);
      this.#watchPeople();
    }
  }

  // Contacts first: where there are more than the server watches, they matter more.
  #watchPeople() {
    const ids = this.store.contacts('contact').map(({ user }) => user.user_id);
    for (const { conversation_id: id } of this.store.conversations()) {
      for (const { user } of this.store.membersOf(id) ?? []) ids.push(user.user_id);
    }
    const others = [...new Set(ids)].filter((id) => id !== this.store.me.user_id);
    const watched = others.slice(0, this.#limits?.watch_users ?? others.length);
    this.#connection.send({ watch_presence: { user_ids: watched } });
  }

  // ---- from the user. Errors: ApiError, for the view to show.

  async addContact(username) {
    const answer = await this.#call('POST', '/v1/contacts', { username });
    this.#contactBecame(answer.contact);
    return answer.contact;
  }

  async acceptContact(userId) {
    await this.#call('POST', `/v1/contacts/${userId}/accept`);
    await this.#readLists(['contacts']);
  }

  // Refuses a request, takes one's own back, or ends a contact.
  async removeContact(userId) {
    await this.#call('DELETE', `/v1/contacts/${userId}`);
    this.store.dropContact(userId);
  }

  #contactBecame(contact) {
    this.store.putContact(contact);
    this.#readLists(['contacts']);
  }

  // The account is no more. The server ends the connection as it does so, which is no news then.
  async erase() {
    this.stop();
    try {
      await this.account.erase();
    } catch (error) {
      this.start();
      throw error;
    }
  }

  // The id of the conversation with a contact; it is made when there is none yet.
  async openDirect(userId) {
    const known = this.store.directWith(userId);
    if (known) return known.conversation_id;
    const body = { kind: 'direct', user_id: userId };
    const { conversation } = await this.#call('POST', '/v1/conversations', body);
    return this.store.putConversation(conversation).conversation_id;
  }

  // Who is in a conversation that is looked at, and how far they have read. What cannot be read now
  // is read when it is opened again.
  open(conversationId) {
    const conversation = this.store.conversation(conversationId);
    if (conversation) this.#readMembers(conversation);
  }

  // How this user wants to have a conversation; `mutedUntil` is a Date or null.
  async arrange(conversationId, { mutedUntil, archived }) {
    const body = { archived };
    if (mutedUntil !== null) body.muted_until = mutedUntil.toISOString();
    const path = `/v1/conversations/${conversationId}/me`;
    const { conversation } = await this.#call('PUT', path, body);
    this.store.putConversation(conversation);
  }

  async #readMembers({ conversation_id: id }) {
    try {
      await this.groups.readMembers(id);
      this.#watchPeople();
    } catch (error) {
      console.warn('The members of a conversation could not be read.', error.code);
    }
  }

  // Makes sure that the newest page is there.
  loadNewest(conversationId) {
    const timeline = this.store.conversation(conversationId)?.timeline;
    const enough = !timeline || timeline.reachesStart || timeline.entries().length >= PAGE_ENTRIES;
    return enough ? Promise.resolve() : this.#loadPage(conversationId, '');
  }

  loadOlder(conversationId) {
    const timeline = this.store.conversation(conversationId)?.timeline;
    if (!timeline || timeline.reachesStart || timeline.floor === null) return Promise.resolve();
    return this.#loadPage(conversationId, `&before_seq=${timeline.floor}`);
  }

  // Everything from `seq` on, without holes, so that one can go there.
  async loadBackTo(conversationId, seq) {
    for (let page = 0; page < PAGES_BACK_MAX; ++page) {
      const timeline = this.store.conversation(conversationId)?.timeline;
      if (!timeline || timeline.reachesStart || timeline.floor === null) return;
      if (timeline.floor <= seq) return;
      await this.#loadPage(conversationId, `&before_seq=${timeline.floor}`, PAGE_ENTRIES_MAX);
    }
  }

  // One page at a time per conversation.
  #loadPage(conversationId, where, limit = PAGE_ENTRIES) {
    if (this.#loadingPages.has(conversationId)) return this.#loadingPages.get(conversationId);
    const path = `/v1/conversations/${conversationId}/messages?limit=${limit}${where}`;
    const loading = this.#call('GET', path)
      .then((answer) => this.store.applyPage(conversationId, answer.messages ?? []))
      .finally(() => this.#loadingPages.delete(conversationId));
    this.#loadingPages.set(conversationId, loading);
    return loading;
  }

  async #lookUpPerson(userId) {
    if (this.store.knows(userId)) return;
    const { user } = await this.#call('GET', `/v1/users/${userId}`);
    this.store.putPerson(user);
  }

  async #lookUpEntry(conversationId, seq) {
    const path = `/v1/conversations/${conversationId}/messages?limit=1&after_seq=${seq - 1n}`;
    const { messages } = await this.#call('GET', path);
    if (messages?.length > 0) this.store.putQuoted(conversationId, messages[0]);
  }

  #call(method, path, body) {
    return this.#session.call(method, path, body);
  }
}

// The server has erased the rest, too.
const DELETED = { text: '', deleted: true, reactions: [] };

function editOf({ text, edited_at }) {
  return { text, edited_at };
}
