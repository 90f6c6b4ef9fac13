// Turns what the server sends into what this client computes with. Ids stay strings, because they
// do not fit a double; positions become BigInt, so that they compare and add as numbers.

export function position(value) {
  return BigInt(value ?? 0);
}

export function entryFromWire(message) {
  return {
    ...message,
    conversation_id: String(message.conversation_id),
    sender_id: String(message.sender_id),
    seq: position(message.seq),
    change: position(message.change),
    reply_to_seq: message.reply_to_seq ? position(message.reply_to_seq) : null,
    subject_user_id: message.subject_user_id ? String(message.subject_user_id) : null,
  };
}

export function userFromWire(user) {
  return { ...user, user_id: String(user.user_id) };
}

export function contactFromWire(contact) {
  return { ...contact, user: userFromWire(contact.user) };
}

export function memberFromWire({ user, role, read_seq, delivered_seq }) {
  return {
    user: userFromWire(user),
    role,
    readSeq: position(read_seq),
    deliveredSeq: position(delivered_seq),
  };
}

export function conversationFromWire(conversation) {
  return {
    ...conversation,
    conversation_id: String(conversation.conversation_id),
    peer: conversation.peer ? userFromWire(conversation.peer) : null,
    last_seq: position(conversation.last_seq),
    last_change: position(conversation.last_change),
    my_read_seq: position(conversation.my_read_seq),
    last_message: conversation.last_message ? entryFromWire(conversation.last_message) : null,
  };
}

export function nameOf(user) {
  return user.display_name || user.username;
}
