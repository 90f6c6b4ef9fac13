// Sentences that more than one view says: what an entry that is no text tells, and why the server
// refused.

import { nameOf } from '../wire.js';

const REFUSALS = {
  not_contacts: 'You can only do this with your contacts.',
  forbidden: 'Your role does not allow this.',
  owner_must_transfer: 'Make somebody else the owner first.',
  not_found: 'This is gone.',
  conflict: 'This does not fit any more. Look again, then try once more.',
  rate_limited: 'Too many attempts. Wait a moment, then try again.',
};

// `own` are words of a view for codes that mean something particular there.
export function reasonOf(error, own = {}) {
  return own[error.code] ?? REFUSALS[error.code] ?? error.message;
}

export const ROLES = { owner: 'Owner', admin: 'Admin', member: 'Member' };

// "typing…", "Ann is typing…", or nothing.
export function typingInWords(userIds, { kind }, store) {
  const shown = userIds.filter((userId) => !store.isBlocked(userId));
  if (shown.length === 0) return '';
  if (kind === 'direct') return 'typing…';
  if (shown.length > 2) return `${shown.length} people are typing…`;
  const names = shown.map((userId) => called(store, userId)).join(' and ');
  return `${names} ${shown.length === 1 ? 'is' : 'are'} typing…`;
}

const BECOMES = { owner: 'an owner', admin: 'an admin', member: 'a member' };

// What a text shows as where one line of it is shown.
export function textInWords({ text, deleted, sender_id: senderId }, store) {
  if (deleted) return 'Message deleted';
  return store.isBlocked(senderId) ? 'Message of somebody you block' : text;
}

// "You", a name, or a word until somebody is known. `store` knows people.
export function called(store, userId) {
  if (userId === store.me.user_id) return 'You';
  const person = store.person(userId);
  return person ? nameOf(person) : 'Someone';
}

// Null for kinds that are not told, among them those that this client does not know.
export function entryInWords(entry, store) {
  const who = called(store, entry.sender_id);
  const whom = entry.subject_user_id ? called(store, entry.subject_user_id) : '';
  const object = whom === 'You' ? 'you' : whom;
  const alone = entry.subject_user_id === entry.sender_id;
  switch (entry.kind) {
    case 'created':
      return `${who} created the group “${entry.name}”`;
    case 'renamed':
      return `${who} renamed the group to “${entry.name}”`;
    case 'member_added':
      return `${who} added ${object}`;
    case 'member_removed':
      return alone ? `${who} left` : `${who} removed ${object}`;
    case 'role_changed':
      if (alone) return `${who} became ${BECOMES[entry.role] ?? entry.role}`;
      return `${who} made ${object} ${BECOMES[entry.role] ?? entry.role}`;
    default:
      return null;
  }
}
