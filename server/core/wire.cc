#include "server/core/wire.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "protocol/timestamp.h"

namespace chat {

std::string_view ToWire(EntryKind kind) {
  switch (kind) {
    case EntryKind::kText:
      return "text";
    case EntryKind::kCreated:
      return "created";
    case EntryKind::kRenamed:
      return "renamed";
    case EntryKind::kMemberAdded:
      return "member_added";
    case EntryKind::kMemberRemoved:
      return "member_removed";
    case EntryKind::kRoleChanged:
      return "role_changed";
  }
  std::abort();
}

std::string_view ToWire(ConversationKind kind) {
  switch (kind) {
    case ConversationKind::kDirect:
      return "direct";
    case ConversationKind::kGroup:
      return "group";
  }
  std::abort();
}

std::string_view ToWire(Role role) {
  switch (role) {
    case Role::kOwner:
      return "owner";
    case Role::kAdmin:
      return "admin";
    case Role::kMember:
      return "member";
  }
  std::abort();
}

std::string_view ToWire(ContactState state) {
  switch (state) {
    case ContactState::kContact:
      return "contact";
    case ContactState::kRequested:
      return "requested";
    case ContactState::kRequesting:
      return "requesting";
  }
  std::abort();
}

v1::User ToWire(const User& user) {
  v1::User wire;
  wire.set_user_id(user.user_id.number());
  wire.set_username(user.username);
  wire.set_display_name(user.display_name);
  *wire.mutable_created_at() = ToProtoTimestamp(user.created_at);
  wire.set_bot(user.bot);
  return wire;
}

v1::User ToWire(const Account& account) {
  v1::User wire = ToWire(account.user);
  wire.set_email(account.email);
  return wire;
}

v1::Contact ToWire(const Contact& contact, OnlineState online) {
  v1::Contact wire;
  *wire.mutable_user() = ToWire(contact.user);
  wire.set_state(std::string(ToWire(contact.state)));
  if (contact.state != ContactState::kContact) return wire;
  wire.set_online(online == OnlineState::kOnline);
  if (!wire.online() && contact.last_seen_at) {
    *wire.mutable_last_seen_at() = ToProtoTimestamp(*contact.last_seen_at);
  }
  return wire;
}

v1::Presence ToWire(const LastSeen& seen, OnlineState online) {
  v1::Presence wire;
  wire.set_user_id(seen.user_id.number());
  wire.set_online(online == OnlineState::kOnline);
  if (!wire.online() && seen.last_seen_at) {
    *wire.mutable_last_seen_at() = ToProtoTimestamp(*seen.last_seen_at);
  }
  return wire;
}

v1::Member ToWire(const Member& member) {
  v1::Member wire;
  *wire.mutable_user() = ToWire(member.user);
  wire.set_role(std::string(ToWire(member.role)));
  wire.set_joined_seq(member.joined_seq.number());
  wire.set_read_seq(member.read_seq.number());
  wire.set_delivered_seq(member.delivered_seq.number());
  return wire;
}

v1::Message ToWire(Entry entry) {
  v1::Message wire;
  wire.set_conversation_id(entry.conversation_id.number());
  wire.set_seq(entry.seq.number());
  wire.set_message_id(entry.message_id.number());
  wire.set_kind(std::string(ToWire(entry.kind)));
  wire.set_sender_id(entry.sender_id.number());
  wire.set_client_msg_id(std::move(entry.client_msg_id));
  wire.set_text(std::move(entry.text));
  *wire.mutable_created_at() = ToProtoTimestamp(entry.created_at);
  if (entry.edited_at) *wire.mutable_edited_at() = ToProtoTimestamp(*entry.edited_at);
  wire.set_deleted(entry.deleted);
  if (entry.reply_to_seq) wire.set_reply_to_seq(entry.reply_to_seq->number());
  if (entry.subject_user_id) wire.set_subject_user_id(entry.subject_user_id->number());
  if (entry.name) wire.set_name(std::move(*entry.name));
  if (entry.role) wire.set_role(std::move(*entry.role));
  for (Reaction& reaction : entry.reactions) {
    v1::Reaction& shown = *wire.add_reactions();
    shown.set_emoji(std::move(reaction.emoji));
    shown.set_count(static_cast<std::uint32_t>(reaction.count));
    shown.set_mine(reaction.mine);
  }
  if (entry.change != Change()) wire.set_change(entry.change.number());
  return wire;
}

v1::Conversation ToWire(const Conversation& conversation, const std::optional<User>& peer) {
  v1::Conversation wire;
  wire.set_conversation_id(conversation.conversation_id.number());
  wire.set_kind(std::string(ToWire(conversation.kind)));
  wire.set_name(conversation.name);
  if (peer) *wire.mutable_peer() = ToWire(*peer);
  wire.set_members_count(static_cast<std::uint32_t>(conversation.members_count));
  wire.set_last_seq(conversation.last_seq.number());
  wire.set_last_change(conversation.last_change.number());
  *wire.mutable_created_at() = ToProtoTimestamp(conversation.created_at);
  return wire;
}

v1::Conversation ToWire(const ConversationView& view) {
  v1::Conversation wire = ToWire(view.conversation, view.peer);
  wire.set_my_role(std::string(ToWire(view.my_role)));
  wire.set_my_read_seq(view.my_read_seq.number());
  wire.set_unread_count(static_cast<std::uint32_t>(view.unread_count));
  if (view.last_message) *wire.mutable_last_message() = ToWire(*view.last_message);
  if (view.muted_until) *wire.mutable_muted_until() = ToProtoTimestamp(*view.muted_until);
  wire.set_archived(view.archived);
  return wire;
}

}  // namespace chat
