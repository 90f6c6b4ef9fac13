// All that this client knows: contacts, conversations with their timelines, presence, what was
// read. Changes come in through its methods, which may be called again with the same facts; views
// subscribe and read. Does no I/O but remembering read marks.

import { Timeline } from './timeline.js';
import {
  contactFromWire,
  conversationFromWire,
  entryFromWire,
  memberFromWire,
  position,
  userFromWire,
} from './wire.js';

export class Store {
  #listeners = new Set();
  #scheduled = false;
  #marks;
  #people = new Map();
  #blocks = new Map();
  #contacts = new Map();
  #conversations = new Map();
  #presence = new Map();
  #live = false;
  #loaded = false;

  // `marks` remembers read positions (read_marks.js).
  constructor({ me, marks }) {
    this.me = me;
    this.#marks = marks;
    // Somebody is to be shown of whom nothing is known but the id.
    this.onStranger = () => {};
    // An entry that was answered to is to be shown, and is not loaded.
    this.onUnknownEntry = () => {};
    // This user read a conversation here, up to a seq.
    this.onRead = () => {};
  }

  // Calls `listener` after changes, once for all of one turn.
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }

  // False until the first lists have arrived: an empty list then means that we do not know yet.
  get loaded() {
    return this.#loaded;
  }

  setLive(live) {
    this.#live = live;
    this.changed();
  }

  // ---- people

  // Null for somebody who has yet to be looked up.
  person(userId) {
    if (userId === this.me.user_id) return this.me;
    const person = this.#people.get(userId) ?? null;
    if (person === null) this.onStranger(userId);
    return person;
  }

  knows(userId) {
    return this.#people.has(userId);
  }

  // Also when they call themselves something else.
  putPerson(wireUser) {
    const user = userFromWire(wireUser);
    this.#note(user);
    for (const conversation of this.#conversations.values()) {
      if (conversation.peer?.user_id === user.user_id) conversation.peer = user;
      const member = conversation.members?.get(user.user_id);
      if (member) member.user = user;
    }
    this.changed();
  }

  #note(user) {
    if (user) this.#people.set(user.user_id, user);
  }

  setMe(user) {
    this.me = user;
    this.changed();
  }

  // ---- whom we block

  blocked() {
    return [...this.#blocks.values()].sort((a, b) => a.username.localeCompare(b.username));
  }

  isBlocked(userId) {
    return this.#blocks.has(userId);
  }

  replaceBlocks(wireBlocks) {
    const users = wireBlocks.map(({ user }) => userFromWire(user));
    this.#blocks = new Map(users.map((user) => [user.user_id, user]));
    this.changed();
  }

  putBlock(user) {
    this.#blocks.set(user.user_id, user);
    this.dropContact(user.user_id);
  }

  dropBlock(userId) {
    this.#blocks.delete(userId);
    this.changed();
  }

  // ---- contacts and presence

  contacts(state) {
    const found = [...this.#contacts.values()].filter((contact) => contact.state === state);
    return found.sort((a, b) => a.user.username.localeCompare(b.user.username));
  }

  contactOf(userId) {
    return this.#contacts.get(userId) ?? null;
  }

  replaceContacts(wireContacts) {
    const contacts = wireContacts.map(contactFromWire);
    this.#contacts = new Map(contacts.map((contact) => [contact.user.user_id, contact]));
    for (const { user, state, online, last_seen_at } of contacts) {
      this.#note(user);
      if (state === 'contact') this.#presence.set(user.user_id, { online, last_seen_at });
    }
    this.changed();
  }

  putContact(wireContact) {
    const contact = contactFromWire(wireContact);
    this.#contacts.set(contact.user.user_id, contact);
    this.#note(contact.user);
    this.changed();
  }

  dropContact(userId) {
    this.#contacts.delete(userId);
    this.#presence.delete(userId);
    this.changed();
  }

  applyPresence({ users }) {
    for (const { user_id, online, last_seen_at } of users ?? []) {
      this.#presence.set(String(user_id), { online, last_seen_at });
    }
    this.changed();
  }

  // `known` is false while disconnected and for strangers: better no dot than a wrong one.
  presenceOf(userId) {
    const presence = this.#presence.get(userId);
    if (!presence || !this.#live) return { known: false, online: false, last_seen_at: null };
    return { known: true, ...presence };
  }

  // ---- conversations

  // Newest activity first.
  conversations() {
    return [...this.#conversations.values()].sort(
      (a, b) => b.activeAt - a.activeAt || b.conversation_id.localeCompare(a.conversation_id),
    );
  }

  conversation(conversationId) {
    return this.#conversations.get(conversationId) ?? null;
  }

  directWith(userId) {
    for (const conversation of this.#conversations.values()) {
      if (conversation.kind === 'direct' && conversation.peer?.user_id === userId)
        return conversation;
    }
    return null;
  }

  // Those that the user wants to be told of.
  get unreadConversations() {
    const counts = (conversation) => conversation.unread > 0 && !isQuiet(conversation);
    return this.conversations().filter(counts).length;
  }

  // The whole list, as HTTP gives it: what is not in it is no longer ours.
  replaceConversations(wireConversations) {
    const ids = new Set(wireConversations.map(({ conversation_id }) => String(conversation_id)));
    for (const id of this.#conversations.keys()) if (!ids.has(id)) this.#conversations.delete(id);
    wireConversations.forEach((conversation) => this.putConversation(conversation));
    this.#loaded = true;
    this.changed();
  }

  // One conversation, as HTTP gives it, with our own part.
  putConversation(wireConversation) {
    const told = conversationFromWire(wireConversation);
    const conversation = this.#merge(told);
    conversation.noted = later(conversation.noted, told.last_seq);
    const readSeq = later(told.my_read_seq, this.#marks.get(told.conversation_id));
    conversation.readSeq = later(conversation.readSeq, readSeq);
    conversation.toldReadSeq = told.my_read_seq;
    conversation.mutedUntil = told.muted_until ?? null;
    conversation.archived = told.archived ?? false;
    conversation.unread = unreadAtMost(told, conversation.readSeq);
    for (const entry of conversation.timeline.entries()) {
      if (entry.seq > told.last_seq && this.#isUnread(conversation, entry)) ++conversation.unread;
    }
    if (told.last_message) noteLast(conversation, told.last_message);
    this.changed();
    return conversation;
  }

  // One conversation, as a frame gives it: only what all members share.
  applyConversation({ event, conversation: wireConversation }) {
    const told = conversationFromWire(wireConversation);
    if (event === 'lost') this.#conversations.delete(told.conversation_id);
    else this.#merge(told);
    this.changed();
  }

  dropConversation(conversationId) {
    this.#conversations.delete(conversationId);
    this.changed();
  }

  #merge(told) {
    const conversation = this.#conversations.get(told.conversation_id) ?? newConversation(told);
    this.#conversations.set(told.conversation_id, conversation);
    const { kind, name, peer, last_seq: lastSeq } = told;
    this.#note(peer);
    Object.assign(conversation, { kind, name, peer: peer ?? conversation.peer });
    conversation.membersCount = told.members_count ?? conversation.membersCount;
    conversation.myRole = told.my_role ?? conversation.myRole;
    conversation.lastSeq = later(conversation.lastSeq, lastSeq);
    if (conversation.timeline.head === null) conversation.change = told.last_change;
    conversation.lastChange = later(conversation.lastChange, told.last_change);
    conversation.timeline.anchor(lastSeq);
    return conversation;
  }

  // ---- members

  // Of a group, the whole list; null until it has been read.
  membersOf(conversationId) {
    const members = this.#conversations.get(conversationId)?.members;
    return members ? [...members.values()] : null;
  }

  replaceMembers(conversationId, wireMembers) {
    const conversation = this.#conversations.get(conversationId);
    if (!conversation) return;
    const members = wireMembers.map(memberFromWire);
    members.forEach(({ user }) => this.#note(user));
    conversation.members = new Map(members.map((member) => [member.user.user_id, member]));
    conversation.membersCount = members.length;
    for (const { user, readSeq, deliveredSeq } of members) {
      raiseMarks(conversation, user.user_id, { readSeq, deliveredSeq });
    }
    this.changed();
  }

  // What an entry says about who is a member and as what. Those who come are read with the list.
  #applyMembership(conversation, { kind, subject_user_id: subject, role, name }) {
    const member = conversation.members?.get(subject);
    if (kind === 'renamed') conversation.name = name;
    if (kind === 'role_changed' && subject === this.me.user_id) conversation.myRole = role;
    if (kind === 'role_changed' && member) member.role = role;
    if (kind === 'member_added') ++conversation.membersCount;
    if (kind === 'member_removed') {
      conversation.members?.delete(subject);
      --conversation.membersCount;
    }
  }

  // ---- entries

  // An entry from the live stream or a sync. Returns whether it is news: not seen before, from
  // another.
  applyEntry(entry) {
    const conversation = this.#conversations.get(entry.conversation_id);
    if (!conversation) return false;
    if (conversation.timeline.add(entry)) this.#applyMembership(conversation, entry);
    const news = entry.seq > conversation.noted && this.#isUnread(conversation, entry);
    if (news) ++conversation.unread;
    conversation.noted = later(conversation.noted, entry.seq);
    conversation.lastSeq = later(conversation.lastSeq, entry.seq);
    noteLast(conversation, entry);
    if (entry.deleted && conversation.unread > 0) this.#recount(conversation);
    // Whoever writes has read what was there.
    if (entry.sender_id === this.me.user_id) this.#advanceRead(conversation, entry.seq);
    else raiseMarks(conversation, entry.sender_id, { readSeq: entry.seq });
    this.changed();
    return news;
  }

  // What `edited`, `deleted` and `reaction` do to an entry: `become(entry)` is what is new about
  // it. One that is not loaded comes as it has become.
  applyChange({ conversation_id, seq: wireSeq, change: wireChange }, become) {
    const conversation = this.#conversations.get(String(conversation_id));
    if (!conversation) return;
    const [seq, change] = [position(wireSeq), position(wireChange)];
    if (conversation.change + 1n === change) conversation.change = change;
    const changed = (entry) =>
      entry?.seq === seq && entry.change < change ? { ...entry, ...become(entry), change } : null;
    const entry = changed(conversation.timeline.find(seq));
    if (entry) conversation.timeline.add(entry);
    const quoted = changed(conversation.quoted.get(seq));
    if (quoted) conversation.quoted.set(seq, quoted);
    conversation.last = changed(conversation.last) ?? conversation.last;
    if (entry?.deleted && conversation.unread > 0) this.#recount(conversation);
    this.changed();
  }

  // A page of history over HTTP, ascending.
  applyPage(conversationId, wireMessages) {
    const conversation = this.#conversations.get(conversationId);
    if (!conversation) return;
    conversation.timeline.addPage(wireMessages.map(entryFromWire));
    this.changed();
  }

  // An entry that another one answers; null until it is there.
  quoted(conversationId, seq) {
    const { timeline, quoted } = this.#conversations.get(conversationId);
    const entry = timeline.find(seq) ?? quoted.get(seq) ?? null;
    if (entry === null) this.onUnknownEntry(conversationId, seq);
    return entry;
  }

  putQuoted(conversationId, wireMessage) {
    const entry = entryFromWire(wireMessage);
    this.#conversations.get(conversationId)?.quoted.set(entry.seq, entry);
    this.changed();
  }

  applySyncPosition({ conversation_id, next_after_change }) {
    const conversation = this.#conversations.get(String(conversation_id));
    if (!conversation) return;
    conversation.change = later(conversation.change, position(next_after_change));
    this.changed();
  }

  // The conversations of which something is missing between what we have and what the server told.
  behind() {
    return [...this.#conversations.values()].filter(
      ({ timeline, lastSeq, change, lastChange }) =>
        timeline.isBehind(lastSeq) || (!timeline.isEmpty && change < lastChange),
    );
  }

  // ---- what was read and delivered

  // This user has seen it, here.
  markRead(conversationId, seq) {
    const conversation = this.#conversations.get(conversationId);
    if (conversation && this.#advanceRead(conversation, seq)) this.onRead(conversationId, seq);
  }

  // Marks of another, or of this user from another device.
  applyReceipt({ conversation_id: id, user_id: userId, read_seq, delivered_seq }) {
    const conversation = this.#conversations.get(String(id));
    if (!conversation) return;
    const marks = { readSeq: position(read_seq), deliveredSeq: position(delivered_seq) };
    if (String(userId) === this.me.user_id) this.#advanceRead(conversation, marks.readSeq);
    else raiseMarks(conversation, String(userId), marks);
    this.changed();
  }

  // Up to where everybody else has read, and has got, what was said; 0 where that is not known of
  // all.
  reach({ kind, peer, members, membersCount, marks }) {
    const nothing = { readSeq: 0n, deliveredSeq: 0n };
    const everybody = kind === 'direct' ? [peer?.user_id] : [...(members?.keys() ?? [])];
    const others = everybody.filter((userId) => userId !== this.me.user_id);
    const unknown = kind !== 'direct' && everybody.length < membersCount;
    if (unknown || others.length === 0) return nothing;
    const all = others.map((userId) => marks.get(userId) ?? nothing);
    return {
      readSeq: all.map(({ readSeq }) => readSeq).reduce(earlier),
      deliveredSeq: all.map(({ deliveredSeq }) => deliveredSeq).reduce(earlier),
    };
  }

  // Returns whether it was further than before.
  #advanceRead(conversation, seq) {
    if (seq <= conversation.readSeq) return false;
    conversation.readSeq = seq;
    this.#marks.set(conversation.conversation_id, seq);
    this.#recount(conversation);
    return true;
  }

  // Exact where all that is unread is loaded.
  #recount(conversation) {
    const { timeline, readSeq, noted } = conversation;
    if (readSeq >= noted) conversation.unread = 0;
    else if (timeline.floor !== null && timeline.floor <= readSeq + 1n) {
      const unread = (entry) => this.#isUnread(conversation, entry);
      conversation.unread = timeline.entries().filter(unread).length;
    } else conversation.unread = Math.min(conversation.unread, Number(noted - readSeq));
    this.changed();
  }

  #isUnread(conversation, { seq, kind, sender_id, deleted }) {
    const ofOthers = sender_id !== this.me.user_id && !this.isBlocked(sender_id);
    return kind === 'text' && !deleted && ofOthers && seq > conversation.readSeq;
  }
}

function newConversation({ conversation_id, created_at, last_change }) {
  return {
    conversation_id,
    kind: 'direct',
    name: '',
    peer: null,
    myRole: 'member',
    membersCount: 0,
    members: null,
    activeAt: Date.parse(created_at) || 0,
    last: null,
    lastSeq: 0n,
    // The highest seq that the unread count has taken into account.
    noted: 0n,
    // Up to where no change is missing, and up to where there are some.
    change: last_change,
    lastChange: last_change,
    readSeq: 0n,
    // What the server knew of it when it was asked last.
    toldReadSeq: 0n,
    // Of others, by user.
    marks: new Map(),
    mutedUntil: null,
    archived: false,
    unread: 0,
    timeline: new Timeline(),
    // Single entries from before the timeline, by seq.
    quoted: new Map(),
  };
}

// The server counts from the mark it knows; ours may be further on.
function unreadAtMost({ unread_count, last_seq }, readSeq) {
  const above = last_seq > readSeq ? Number(last_seq - readSeq) : 0;
  return Math.min(unread_count ?? 0, above);
}

function noteLast(conversation, entry) {
  if (conversation.last && conversation.last.seq > entry.seq) return;
  conversation.last = entry;
  conversation.activeAt = Math.max(conversation.activeAt, Date.parse(entry.created_at) || 0);
}

// What was read was delivered.
function raiseMarks({ marks }, userId, { readSeq, deliveredSeq = 0n }) {
  const known = marks.get(userId) ?? { readSeq: 0n, deliveredSeq: 0n };
  const read = later(known.readSeq, readSeq);
  marks.set(userId, {
    readSeq: read,
    deliveredSeq: later(later(known.deliveredSeq, deliveredSeq), read),
  });
}

export function isMuted({ mutedUntil }) {
  return mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
}

// Nothing that comes in it calls for attention.
export function isQuiet(conversation) {
  return conversation.archived || isMuted(conversation);
}

function earlier(a, b) {
  return a < b ? a : b;
}

function later(a, b) {
  return a > b ? a : b;
}
