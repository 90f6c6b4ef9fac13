#include "server/cluster/proto_values.h"

#include <array>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

namespace chat::cluster {
namespace {

// Pairs of our enumerator and the schema's, for both directions.
template <typename Ours, typename Theirs, std::size_t kSize>
using EnumTable = std::array<std::pair<Ours, Theirs>, kSize>;

constexpr EnumTable<EntryKind, v1::EntryKind, 6> kEntryKinds{{
    {EntryKind::kText, v1::ENTRY_KIND_TEXT},
    {EntryKind::kCreated, v1::ENTRY_KIND_CREATED},
    {EntryKind::kRenamed, v1::ENTRY_KIND_RENAMED},
    {EntryKind::kMemberAdded, v1::ENTRY_KIND_MEMBER_ADDED},
    {EntryKind::kMemberRemoved, v1::ENTRY_KIND_MEMBER_REMOVED},
    {EntryKind::kRoleChanged, v1::ENTRY_KIND_ROLE_CHANGED},
}};
constexpr EnumTable<ConversationKind, v1::ConversationKind, 2> kConversationKinds{{
    {ConversationKind::kDirect, v1::CONVERSATION_KIND_DIRECT},
    {ConversationKind::kGroup, v1::CONVERSATION_KIND_GROUP},
}};
constexpr EnumTable<ContactEvent, v1::ContactEvent, 4> kContactEvents{{
    {ContactEvent::kRequested, v1::CONTACT_EVENT_REQUESTED},
    {ContactEvent::kAccepted, v1::CONTACT_EVENT_ACCEPTED},
    {ContactEvent::kRemoved, v1::CONTACT_EVENT_REMOVED},
    {ContactEvent::kChanged, v1::CONTACT_EVENT_CHANGED},
}};
constexpr EnumTable<ConversationEvent, v1::ConversationEvent, 3> kConversationEvents{{
    {ConversationEvent::kGained, v1::CONVERSATION_EVENT_GAINED},
    {ConversationEvent::kLost, v1::CONVERSATION_EVENT_LOST},
    {ConversationEvent::kChanged, v1::CONVERSATION_EVENT_CHANGED},
}};
constexpr EnumTable<BlockEvent, v1::BlockEvent, 2> kBlockEvents{{
    {BlockEvent::kBlocked, v1::BLOCK_EVENT_BLOCKED},
    {BlockEvent::kUnblocked, v1::BLOCK_EVENT_UNBLOCKED},
}};

template <typename Ours, typename Theirs, std::size_t kSize>
Theirs WriteEnum(const EnumTable<Ours, Theirs, kSize>& table, Ours ours) {
  for (const auto& [mine, theirs] : table) {
    if (mine == ours) return theirs;
  }
  return Theirs{};
}

template <typename Ours, typename Theirs, std::size_t kSize>
bool ReadEnum(const EnumTable<Ours, Theirs, kSize>& table, Theirs theirs, Ours& ours) {
  for (const auto& [mine, value] : table) {
    if (value != theirs) continue;
    ours = mine;
    return true;
  }
  return false;
}

// An id or a position.
template <typename Number>
bool ReadNumber(std::int64_t in, Number& out) {
  out = Number(in);
  return in >= 0;
}

bool ReadTimeInto(std::int64_t milliseconds, UnixTime& out) {
  const std::optional<UnixTime> time = ReadTime(milliseconds);
  if (time) out = *time;
  return time.has_value();
}

void WriteUser(const User& user, v1::User& out) {
  out.set_user_id(user.user_id.number());
  out.set_username(user.username);
  out.set_display_name(user.display_name);
  out.set_created_at_ms(WriteTime(user.created_at));
  out.set_bot(user.bot);
}

bool ReadUser(v1::User& in, User& user) {
  user.username = std::move(*in.mutable_username());
  user.display_name = std::move(*in.mutable_display_name());
  user.bot = in.bot();
  return ReadNumber(in.user_id(), user.user_id) &&
         ReadTimeInto(in.created_at_ms(), user.created_at);
}

void WriteConversation(const Conversation& conversation, v1::Conversation& out) {
  out.set_conversation_id(conversation.conversation_id.number());
  out.set_kind(WriteEnum(kConversationKinds, conversation.kind));
  out.set_name(conversation.name);
  out.set_members_count(conversation.members_count);
  out.set_last_seq(conversation.last_seq.number());
  out.set_last_change(conversation.last_change.number());
  out.set_created_at_ms(WriteTime(conversation.created_at));
}

bool ReadConversation(v1::Conversation& in, Conversation& conversation) {
  conversation.name = std::move(*in.mutable_name());
  conversation.members_count = in.members_count();
  return in.members_count() >= 0 && ReadEnum(kConversationKinds, in.kind(), conversation.kind) &&
         ReadNumber(in.conversation_id(), conversation.conversation_id) &&
         ReadNumber(in.last_seq(), conversation.last_seq) &&
         ReadNumber(in.last_change(), conversation.last_change) &&
         ReadTimeInto(in.created_at_ms(), conversation.created_at);
}

void Write(const ContactChanged& changed, v1::UserChange& out) {
  out.mutable_contact()->set_event(WriteEnum(kContactEvents, changed.event));
  WriteUser(changed.other, *out.mutable_contact()->mutable_other());
}

void Write(const ConversationChanged& changed, v1::UserChange& out) {
  v1::ConversationChanged& conversation = *out.mutable_conversation();
  conversation.set_event(WriteEnum(kConversationEvents, changed.event));
  WriteConversation(changed.conversation, *conversation.mutable_conversation());
  if (changed.peer) WriteUser(*changed.peer, *conversation.mutable_peer());
}

void Write(const BlockChanged& changed, v1::UserChange& out) {
  out.mutable_block()->set_event(WriteEnum(kBlockEvents, changed.event));
  out.mutable_block()->set_other(changed.other.number());
}

bool ReadContactChanged(v1::ContactChanged& in, UserChange& out) {
  ContactChanged& changed = out.what.emplace<ContactChanged>();
  return in.has_other() && ReadEnum(kContactEvents, in.event(), changed.event) &&
         ReadUser(*in.mutable_other(), changed.other);
}

bool ReadConversationChanged(v1::ConversationChanged& in, UserChange& out) {
  ConversationChanged& changed = out.what.emplace<ConversationChanged>();
  if (in.has_peer() && !ReadUser(*in.mutable_peer(), changed.peer.emplace())) return false;
  return in.has_conversation() && ReadEnum(kConversationEvents, in.event(), changed.event) &&
         ReadConversation(*in.mutable_conversation(), changed.conversation);
}

bool ReadBlockChanged(const v1::BlockChanged& in, UserChange& out) {
  BlockChanged& changed = out.what.emplace<BlockChanged>();
  return ReadEnum(kBlockEvents, in.event(), changed.event) && ReadNumber(in.other(), changed.other);
}

bool ReadUserChange(v1::UserChange& in, UserChange& out) {
  if (!ReadNumber(in.user_id(), out.user_id) || !ReadNumber(in.change(), out.change)) return false;
  switch (in.what_case()) {
    case v1::UserChange::kContact:
      return ReadContactChanged(*in.mutable_contact(), out);
    case v1::UserChange::kConversation:
      return ReadConversationChanged(*in.mutable_conversation(), out);
    case v1::UserChange::kBlock:
      return ReadBlockChanged(in.block(), out);
    case v1::UserChange::WHAT_NOT_SET:
      return false;
  }
  return false;
}

void Write(const EntryEdited& edited, v1::EntryChange& out) {
  out.mutable_edited()->set_text(edited.text);
  out.mutable_edited()->set_edited_at_ms(WriteTime(edited.edited_at));
}

void Write(const EntryDeleted&, v1::EntryChange& out) { out.mutable_deleted(); }

void Write(const EntryReaction& reaction, v1::EntryChange& out) {
  out.mutable_reaction()->set_emoji(reaction.emoji);
  out.mutable_reaction()->set_on(reaction.on);
}

bool ReadWhat(v1::EntryChange& in, EntryChange& out) {
  switch (in.what_case()) {
    case v1::EntryChange::kEdited: {
      EntryEdited& edited = out.what.emplace<EntryEdited>();
      edited.text = std::move(*in.mutable_edited()->mutable_text());
      return ReadTimeInto(in.edited().edited_at_ms(), edited.edited_at);
    }
    case v1::EntryChange::kDeleted:
      out.what.emplace<EntryDeleted>();
      return true;
    case v1::EntryChange::kReaction:
      out.what.emplace<EntryReaction>(std::move(*in.mutable_reaction()->mutable_emoji()),
                                      in.reaction().on());
      return true;
    case v1::EntryChange::WHAT_NOT_SET:
      return false;
  }
  return false;
}

void WriteEntryChange(const CommittedChange& committed, v1::EntryChange& out) {
  const EntryChange& change = committed.change;
  out.set_conversation_id(change.conversation_id.number());
  out.set_seq(change.seq.number());
  out.set_change(change.change.number());
  out.set_user_id(change.user_id.number());
  out.set_head_seq(committed.head_seq.number());
  out.set_members_seq(committed.members_seq.number());
  std::visit([&](const auto& what) { Write(what, out); }, change.what);
}

bool ReadEntryChange(v1::EntryChange& in, CommittedChange& committed) {
  EntryChange& change = committed.change;
  return ReadNumber(in.conversation_id(), change.conversation_id) &&
         ReadNumber(in.seq(), change.seq) && change.seq > Seq() &&
         ReadNumber(in.change(), change.change) && change.change > Change() &&
         ReadNumber(in.user_id(), change.user_id) &&
         ReadNumber(in.head_seq(), committed.head_seq) && committed.head_seq >= change.seq &&
         ReadNumber(in.members_seq(), committed.members_seq) && ReadWhat(in, change);
}

void WriteEntryOptions(const Entry& entry, v1::Entry& out) {
  if (entry.edited_at) out.set_edited_at_ms(WriteTime(*entry.edited_at));
  if (entry.reply_to_seq) out.set_reply_to_seq(entry.reply_to_seq->number());
  if (entry.subject_user_id) out.set_subject_user_id(entry.subject_user_id->number());
  if (entry.name) out.set_name(*entry.name);
  if (entry.role) out.set_role(*entry.role);
}

bool ReadEntryOptions(v1::Entry& in, Entry& entry) {
  if (in.has_name()) entry.name = std::move(*in.mutable_name());
  if (in.has_role()) entry.role = std::move(*in.mutable_role());
  if (in.has_edited_at_ms() && !ReadTimeInto(in.edited_at_ms(), entry.edited_at.emplace())) {
    return false;
  }
  if (in.has_reply_to_seq() && !ReadNumber(in.reply_to_seq(), entry.reply_to_seq.emplace())) {
    return false;
  }
  return !in.has_subject_user_id() ||
         ReadNumber(in.subject_user_id(), entry.subject_user_id.emplace());
}

}  // namespace

std::optional<UnixTime> ReadTime(std::int64_t milliseconds) {
  const UnixTime time{std::chrono::milliseconds(milliseconds)};
  if (time < kFirstTime || time > kLastTime) return std::nullopt;
  return time;
}

std::int64_t WriteTime(UnixTime time) { return time.time_since_epoch().count(); }

std::optional<Epoch> ReadEpoch(std::uint64_t number) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (number == 0 || number > kMax) return std::nullopt;
  return Epoch(static_cast<std::int64_t>(number));
}

std::uint64_t WriteEpoch(Epoch epoch) { return static_cast<std::uint64_t>(epoch.number()); }

void WriteEntry(const CommittedEntry& committed, v1::CommittedEntry& out) {
  const Entry& entry = committed.entry;
  v1::Entry& wire = *out.mutable_entry();
  wire.set_conversation_id(entry.conversation_id.number());
  wire.set_seq(entry.seq.number());
  wire.set_message_id(entry.message_id.number());
  wire.set_kind(WriteEnum(kEntryKinds, entry.kind));
  wire.set_sender_id(entry.sender_id.number());
  wire.set_client_msg_id(entry.client_msg_id);
  wire.set_text(entry.text);
  wire.set_created_at_ms(WriteTime(entry.created_at));
  wire.set_deleted(entry.deleted);
  wire.set_change(entry.change.number());
  WriteEntryOptions(entry, wire);
  out.set_members_seq(committed.members_seq.number());
}

std::optional<CommittedEntry> ReadEntry(v1::CommittedEntry& in) {
  CommittedEntry committed;
  Entry& entry = committed.entry;
  v1::Entry& wire = *in.mutable_entry();
  const bool valid =
      ReadNumber(wire.conversation_id(), entry.conversation_id) &&
      ReadNumber(wire.seq(), entry.seq) && entry.seq > Seq() &&
      ReadNumber(wire.message_id(), entry.message_id) &&
      ReadEnum(kEntryKinds, wire.kind(), entry.kind) &&
      ReadNumber(wire.sender_id(), entry.sender_id) && ReadNumber(wire.change(), entry.change) &&
      ReadTimeInto(wire.created_at_ms(), entry.created_at) && ReadEntryOptions(wire, entry) &&
      ReadNumber(in.members_seq(), committed.members_seq);
  if (!valid) return std::nullopt;
  entry.client_msg_id = std::move(*wire.mutable_client_msg_id());
  entry.text = std::move(*wire.mutable_text());
  entry.deleted = wire.deleted();
  return committed;
}

void WriteChanges(const CommitBatch& batch, v1::Changes& out) {
  for (const UserChange& change : batch.user_changes) {
    v1::UserChange& wire = *out.add_user_changes();
    wire.set_user_id(change.user_id.number());
    wire.set_change(change.change.number());
    std::visit([&](const auto& what) { Write(what, wire); }, change.what);
  }
  for (const CommittedChange& change : batch.changes) {
    WriteEntryChange(change, *out.add_entry_changes());
  }
  for (const SessionOwner& owner : batch.revoked_sessions) {
    v1::SessionOwner& wire = *out.add_revoked_sessions();
    wire.set_session_id(owner.session_id.number());
    wire.set_user_id(owner.user_id.number());
  }
  for (const UserId user : batch.disabled_users) out.add_disabled_users(user.number());
}

bool ReadChanges(v1::Changes& in, CommitBatch& batch) {
  for (v1::UserChange& wire : *in.mutable_user_changes()) {
    if (!ReadUserChange(wire, batch.user_changes.emplace_back())) return false;
  }
  for (v1::EntryChange& wire : *in.mutable_entry_changes()) {
    if (!ReadEntryChange(wire, batch.changes.emplace_back())) return false;
  }
  for (const v1::SessionOwner& wire : in.revoked_sessions()) {
    SessionOwner& owner = batch.revoked_sessions.emplace_back();
    if (!ReadNumber(wire.session_id(), owner.session_id)) return false;
    if (!ReadNumber(wire.user_id(), owner.user_id)) return false;
  }
  for (const std::int64_t user : in.disabled_users()) {
    if (!ReadNumber(user, batch.disabled_users.emplace_back())) return false;
  }
  return true;
}

}  // namespace chat::cluster
