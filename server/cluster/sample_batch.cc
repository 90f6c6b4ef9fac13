#include "server/cluster/sample_batch.h"

#include <chrono>
#include <optional>
#include <sstream>
#include <variant>

namespace chat::cluster {
namespace {

UnixTime At(std::int64_t milliseconds) { return UnixTime(std::chrono::milliseconds(milliseconds)); }

User SampleUser(std::int64_t id) {
  return {.user_id = UserId(id),
          .username = "name" + std::to_string(id),
          .display_name = "Nàme " + std::to_string(id),
          .created_at = At(1'700'000'000'000 + id),
          .bot = id % 2 == 0};
}

CommittedEntry FullEntry() {
  Entry entry{.conversation_id = ConversationId(11),
              .seq = Seq(12),
              .message_id = MessageId(13),
              .kind = EntryKind::kRoleChanged,
              .sender_id = UserId(14),
              .client_msg_id = "cid",
              .text = std::string("zero\0inside", 11),
              .created_at = At(1'700'000'000'001),
              .edited_at = At(1'700'000'000'002),
              .deleted = true,
              .reply_to_seq = Seq(3),
              .subject_user_id = UserId(15),
              .name = "a name",
              .role = "admin",
              .change = Change(16)};
  return {.entry = entry, .origin = {}, .members_seq = Seq(9)};
}

CommittedEntry PlainEntry(EntryKind kind) {
  Entry entry;
  entry.conversation_id = ConversationId(21);
  entry.seq = Seq(1);
  entry.message_id = MessageId(22);
  entry.kind = kind;
  entry.sender_id = UserId(23);
  entry.created_at = At(0);
  return {.entry = entry, .origin = {}, .members_seq = Seq(1)};
}

UserChange ContactStep(ContactEvent event) {
  return {UserId(31), Change(32), ContactChanged{event, SampleUser(33)}};
}

UserChange ConversationStep(ConversationEvent event, ConversationKind kind,
                            std::optional<User> peer) {
  const Conversation conversation{.conversation_id = ConversationId(41),
                                  .kind = kind,
                                  .name = "group",
                                  .members_count = 3,
                                  .last_seq = Seq(42),
                                  .last_change = Change(43),
                                  .created_at = At(44)};
  return {UserId(45), Change(46), ConversationChanged{event, conversation, std::move(peer)}};
}

CommittedChange ChangeStep(std::int64_t change, decltype(EntryChange::what) what) {
  return {.change = {.conversation_id = ConversationId(61),
                     .seq = Seq(62),
                     .change = Change(change),
                     .user_id = UserId(63),
                     .what = std::move(what)},
          .head_seq = Seq(64),
          .members_seq = Seq(9)};
}

void Print(std::ostream& out, const User& user) {
  out << " user(" << user.user_id.number() << user.username << '/' << user.display_name << '/'
      << user.created_at.time_since_epoch().count() << user.bot << ')';
}

void Print(std::ostream& out, const ContactChanged& changed) {
  out << " contact " << static_cast<int>(changed.event);
  Print(out, changed.other);
}

void Print(std::ostream& out, const ConversationChanged& changed) {
  const Conversation& conversation = changed.conversation;
  out << " conversation " << static_cast<int>(changed.event) << '/'
      << conversation.conversation_id.number() << '/' << static_cast<int>(conversation.kind) << '/'
      << conversation.name << '/' << conversation.members_count << '/'
      << conversation.last_seq.number() << '/' << conversation.last_change.number() << '/'
      << conversation.created_at.time_since_epoch().count();
  if (changed.peer) Print(out, *changed.peer);
}

void Print(std::ostream& out, const BlockChanged& changed) {
  out << " block " << static_cast<int>(changed.event) << '/' << changed.other.number();
}

void Print(std::ostream& out, const CommittedEntry& committed) {
  const Entry& entry = committed.entry;
  const auto number = [](const auto& position) { return position ? position->number() : -1; };
  out << "\nentry " << entry.conversation_id.number() << '/' << entry.seq.number() << '/'
      << entry.message_id.number() << '/' << static_cast<int>(entry.kind) << '/'
      << entry.sender_id.number() << '/' << entry.client_msg_id << '/' << entry.text << '/'
      << entry.created_at.time_since_epoch().count() << '/'
      << (entry.edited_at ? entry.edited_at->time_since_epoch().count() : -1) << '/'
      << entry.deleted << '/' << number(entry.reply_to_seq) << '/' << number(entry.subject_user_id)
      << '/' << entry.name.value_or("-") << '/' << entry.role.value_or("-") << '/'
      << entry.change.number() << '/' << committed.members_seq.number();
}

void Print(std::ostream& out, const EntryEdited& edited) {
  out << " edited " << edited.text << '/' << edited.edited_at.time_since_epoch().count();
}

void Print(std::ostream& out, const EntryDeleted&) { out << " deleted"; }

void Print(std::ostream& out, const EntryReaction& reaction) {
  out << " reaction " << reaction.emoji << '/' << reaction.on;
}

void Print(std::ostream& out, const CommittedChange& committed) {
  const EntryChange& change = committed.change;
  out << "\nentry change " << change.conversation_id.number() << '/' << change.seq.number() << '/'
      << change.change.number() << '/' << change.user_id.number() << '/'
      << committed.head_seq.number() << '/' << committed.members_seq.number();
  std::visit([&](const auto& what) { Print(out, what); }, change.what);
}

}  // namespace

CommitBatch SampleBatch() {
  CommitBatch batch;
  batch.position = {Epoch(7), 2, 8};
  batch.entries.push_back(FullEntry());
  for (const EntryKind kind : {EntryKind::kText, EntryKind::kCreated, EntryKind::kRenamed,
                               EntryKind::kMemberAdded, EntryKind::kMemberRemoved}) {
    batch.entries.push_back(PlainEntry(kind));
  }
  batch.changes.push_back(ChangeStep(65, EntryEdited{"edited", At(1'700'000'000'003)}));
  batch.changes.push_back(ChangeStep(66, EntryDeleted{}));
  batch.changes.push_back(ChangeStep(67, EntryReaction{"+1", true}));
  for (const ContactEvent event : {ContactEvent::kRequested, ContactEvent::kAccepted,
                                   ContactEvent::kRemoved, ContactEvent::kChanged}) {
    batch.user_changes.push_back(ContactStep(event));
  }
  batch.user_changes.push_back(
      ConversationStep(ConversationEvent::kGained, ConversationKind::kDirect, SampleUser(47)));
  batch.user_changes.push_back(
      ConversationStep(ConversationEvent::kLost, ConversationKind::kGroup, std::nullopt));
  batch.user_changes.push_back(
      ConversationStep(ConversationEvent::kChanged, ConversationKind::kGroup, SampleUser(48)));
  for (const BlockEvent event : {BlockEvent::kBlocked, BlockEvent::kUnblocked}) {
    batch.user_changes.push_back({UserId(53), Change(54), BlockChanged{event, UserId(55)}});
  }
  batch.revoked_sessions.push_back({SessionId(51), UserId(52)});
  batch.disabled_users.emplace_back(56);
  return batch;
}

std::string Describe(const CommitBatch& batch) {
  std::ostringstream out;
  out << batch.position.origin.number() << '/' << batch.position.lane << '/'
      << batch.position.batch;
  for (const CommittedEntry& entry : batch.entries) Print(out, entry);
  for (const CommittedChange& change : batch.changes) Print(out, change);
  for (const UserChange& change : batch.user_changes) {
    out << "\nchange " << change.user_id.number() << '/' << change.change.number();
    std::visit([&](const auto& what) { Print(out, what); }, change.what);
  }
  for (const SessionOwner& owner : batch.revoked_sessions) {
    out << "\nrevoked " << owner.session_id.number() << '/' << owner.user_id.number();
  }
  for (const UserId user : batch.disabled_users) out << "\ndisabled " << user.number();
  return out.str();
}

}  // namespace chat::cluster
