#include "tests/harness/memory_store.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "protocol/limits.h"

namespace chat::testing {

ConversationId MemoryStore::AddConversation(std::vector<UserId> members) {
  const ConversationId id(++last_id_);
  std::ranges::sort(members);
  conversations_[id].members = std::move(members);
  return id;
}

bool MemoryStore::IsMember(UserId user, ConversationId conversation) const {
  const auto at = conversations_.find(conversation);
  return at != conversations_.end() && std::ranges::binary_search(at->second.members, user);
}

Entry& MemoryStore::Add(ConversationId conversation, UserId sender, std::string client_msg_id,
                        std::string text) {
  std::vector<Entry>& entries = conversations_[conversation].entries;
  Entry& entry = entries.emplace_back();
  entry.conversation_id = conversation;
  entry.seq = Seq(std::ssize(entries));
  entry.message_id = MessageId(++last_id_);
  entry.sender_id = sender;
  entry.client_msg_id = std::move(client_msg_id);
  entry.text = std::move(text);
  return entry;
}

Entry& MemoryStore::AddMembershipEntry(ConversationId conversation, UserId subject,
                                       EntryKind kind) {
  Entry& entry = Add(conversation, subject, "", "");
  entry.kind = kind;
  entry.subject_user_id = subject;
  conversations_[conversation].members_seq = entry.seq;
  ++commits_;
  return entry;
}

void MemoryStore::PublishMembership(const Entry& entry, ConversationEvent event) {
  auto batch = std::make_shared<CommitBatch>();
  batch->number = commits_;
  batch->entries.push_back({entry, {}, entry.seq});
  Conversation conversation;
  conversation.conversation_id = entry.conversation_id;
  conversation.kind = ConversationKind::kGroup;
  batch->user_changes.push_back(
      {.user_id = *entry.subject_user_id,
       .change = {},
       .what = ConversationChanged{.event = event, .conversation = conversation, .peer = {}}});
  bus_.Publish(std::shared_ptr<const CommitBatch>(std::move(batch)));
}

Entry MemoryStore::AddMember(ConversationId conversation, UserId subject) {
  MemoryConversation& of = conversations_[conversation];
  of.members.insert(std::ranges::upper_bound(of.members, subject), subject);
  std::erase_if(of.former, [&](const FormerMember& former) { return former.user_id == subject; });
  const Entry entry = AddMembershipEntry(conversation, subject, EntryKind::kMemberAdded);
  PublishMembership(entry, ConversationEvent::kGained);
  return entry;
}

Entry MemoryStore::RemoveMemberSilently(ConversationId conversation, UserId subject) {
  std::erase(conversations_[conversation].members, subject);
  const Entry entry = AddMembershipEntry(conversation, subject, EntryKind::kMemberRemoved);
  conversations_[conversation].former.push_back({subject, entry.seq});
  return entry;
}

Entry MemoryStore::RemoveMember(ConversationId conversation, UserId subject) {
  const Entry entry = RemoveMemberSilently(conversation, subject);
  PublishMembership(entry, ConversationEvent::kLost);
  return entry;
}

Entry MemoryStore::AppendSilently(ConversationId conversation, UserId sender, std::string text) {
  ++commits_;
  return Add(conversation, sender, std::to_string(last_id_), std::move(text));
}

Result<Appended, AppendError> MemoryStore::Store(const NewMessage& message) {
  if (state_ == State::kDown) return std::unexpected(AppendError::kUnavailable);
  if (!IsMember(message.sender_id, message.conversation_id)) {
    return std::unexpected(AppendError::kNotFound);
  }
  MemoryConversation& conversation = conversations_[message.conversation_id];
  const auto same = std::ranges::find_if(conversation.entries, [&](const Entry& entry) {
    return entry.sender_id == message.sender_id && entry.client_msg_id == message.client_msg_id;
  });
  if (same != conversation.entries.end()) {
    if (same->text != message.text) return std::unexpected(AppendError::kClientMsgIdReused);
    return Appended{same->message_id, same->seq, same->created_at};
  }
  const Entry& entry =
      Add(message.conversation_id, message.sender_id, message.client_msg_id, message.text);
  auto batch = std::make_shared<CommitBatch>();
  batch->number = ++commits_;
  batch->entries.push_back({entry, message.origin, conversation.members_seq});
  bus_.Publish(std::shared_ptr<const CommitBatch>(std::move(batch)));
  return Appended{entry.message_id, entry.seq, entry.created_at};
}

void MemoryStore::Append(NewMessage message, Completion<Appended, AppendError> done) {
  Answer(std::move(done), Store(message));
}

void MemoryStore::ReadPage(EntryPageRequest page, Completion<EntryPage, ViewError> done) {
  if (state_ == State::kDown) {
    return Answer(std::move(done),
                  Result<EntryPage, ViewError>(std::unexpected(ViewError::kUnavailable)));
  }
  if (!IsMember(page.viewer, page.conversation_id)) {
    return Answer(std::move(done),
                  Result<EntryPage, ViewError>(std::unexpected(ViewError::kNotFound)));
  }
  const std::vector<Entry>& all = conversations_[page.conversation_id].entries;
  const Change head_change = conversations_[page.conversation_id].last_change;
  EntryPage answer{.entries = {},
                   .head_seq = Seq(std::ssize(all)),
                   .head_change = head_change,
                   .next_after_change = head_change,
                   .as_of = commits_};
  for (const Entry& entry : all) {
    if (page.after_change && entry.change > *page.after_change && entry.seq <= *page.after_seq) {
      answer.changed.push_back(entry);
    }
  }
  std::ranges::sort(answer.changed, {}, &Entry::change);
  for (const Entry& entry : all) {
    if (std::ssize(answer.entries) == page.limit) break;
    if (entry.seq > page.after_seq.value_or(Seq())) answer.entries.push_back(entry);
  }
  Answer(std::move(done), Result<EntryPage, ViewError>(std::move(answer)));
}

void MemoryStore::ReadRange(ConversationId conversation, Seq after, Seq through,
                            Completion<std::vector<Entry>, ReadError> done) {
  using Answered = Result<std::vector<Entry>, ReadError>;
  if (state_ == State::kDown) {
    return Answer(std::move(done), Answered(std::unexpected(ReadError::kUnavailable)));
  }
  std::vector<Entry> range;
  for (const Entry& entry : conversations_[conversation].entries) {
    if (entry.seq > after && entry.seq <= through) range.push_back(entry);
  }
  Answer(std::move(done), Answered(std::move(range)));
}

Result<EntryChanged, ChangeError> MemoryStore::Commit(EntryChange change) {
  if (state_ == State::kDown) return std::unexpected(ChangeError::kUnavailable);
  MemoryConversation& conversation = conversations_[change.conversation_id];
  const auto entry = std::ranges::find(conversation.entries, change.seq, &Entry::seq);
  if (!IsMember(change.user_id, change.conversation_id) || entry == conversation.entries.end()) {
    return std::unexpected(ChangeError::kNotFound);
  }
  conversation.last_change = conversation.last_change.Next();
  change.change = conversation.last_change;
  entry->change = change.change;
  if (const auto* edited = std::get_if<EntryEdited>(&change.what)) entry->text = edited->text;
  if (std::holds_alternative<EntryDeleted>(change.what)) {
    entry->deleted = true;
    entry->text.clear();
  }
  auto batch = std::make_shared<CommitBatch>();
  batch->number = ++commits_;
  batch->changes.push_back(
      {change, Seq(std::ssize(conversation.entries)), conversation.members_seq});
  bus_.Publish(std::shared_ptr<const CommitBatch>(std::move(batch)));
  return EntryChanged{change.change};
}

void MemoryStore::Edit(EditRequest edit, Completion<EntryChanged, ChangeError> done) {
  Answer(std::move(done), Commit({edit.conversation_id, edit.seq, Change(), edit.editor,
                                  EntryEdited{std::move(edit.text), UnixTime()}}));
}

void MemoryStore::Delete(DeleteRequest request, Completion<EntryChanged, ChangeError> done) {
  Answer(std::move(done),
         Commit({request.conversation_id, request.seq, Change(), request.deleter, EntryDeleted{}}));
}

void MemoryStore::React(ReactRequest reaction, Completion<EntryChanged, ChangeError> done) {
  Answer(std::move(done),
         Commit({reaction.conversation_id, reaction.seq, Change(), reaction.reactor,
                 EntryReaction{std::move(reaction.emoji), reaction.on}}));
}

// Core asks for conversations by member list only; the rest belongs to the HTTP handlers.
void MemoryStore::OpenDirect(UserId, UserId,
                             Completion<OpenedConversation, OpenConversationError> done) {
  using Answered = Result<OpenedConversation, OpenConversationError>;
  Answer(std::move(done), Answered(std::unexpected(OpenConversationError::kUnavailable)));
}

void MemoryStore::Find(UserId, ConversationId, Completion<ConversationView, ViewError> done) {
  Answer(std::move(done),
         Result<ConversationView, ViewError>(std::unexpected(ViewError::kUnavailable)));
}

void MemoryStore::List(ConversationPageRequest,
                       Completion<std::vector<ConversationView>, ReadError> done) {
  using Answered = Result<std::vector<ConversationView>, ReadError>;
  Answer(std::move(done), Answered(std::unexpected(ReadError::kUnavailable)));
}

void MemoryStore::ListMembers(ConversationId conversation, Seq after,
                              Completion<MemberList, ViewError> done) {
  using Answered = Result<MemberList, ViewError>;
  if (state_ == State::kDown) {
    return Answer(std::move(done), Answered(std::unexpected(ViewError::kUnavailable)));
  }
  const auto at = conversations_.find(conversation);
  if (at == conversations_.end()) {
    return Answer(std::move(done), Answered(std::unexpected(ViewError::kNotFound)));
  }
  MemberList list{at->second.members_seq, at->second.members, at->second.former};
  std::erase_if(list.former, [&](const FormerMember& former) { return former.left_seq <= after; });
  Answer(std::move(done), Answered(std::move(list)));
}

void MemoryStore::Advance(std::vector<Mark> marks,
                          Completion<std::vector<MarksMoved>, ReadError> done) {
  using Answered = Result<std::vector<MarksMoved>, ReadError>;
  advances_.push_back(marks);
  if (state_ == State::kDown) {
    return Answer(std::move(done), Answered(std::unexpected(ReadError::kUnavailable)));
  }
  std::vector<MarksMoved> all;
  for (const Mark& said : marks) {
    if (!IsMember(said.user_id, said.conversation_id)) continue;
    MemoryConversation& conversation = conversations_[said.conversation_id];
    Mark& mark = conversation.marks[said.user_id];
    const Mark from = mark;
    mark = MoveMark(from, said, Seq(std::ssize(conversation.entries)));
    if (mark == from) continue;
    const bool small = conversation.members.size() <= kReceiptMembersMax;
    all.push_back({.conversation_id = said.conversation_id,
                   .user_id = said.user_id,
                   .delivered_seq = mark.delivered_seq,
                   .read_seq = mark.read_seq,
                   .listeners = small ? conversation.members : std::vector<UserId>(),
                   .origin = {}});
  }
  Answer(std::move(done), Answered(std::move(all)));
}

void MemoryStore::FindListeners(UserId user, ConversationId conversation,
                                Completion<std::vector<UserId>, ReadError> done) {
  using Answered = Result<std::vector<UserId>, ReadError>;
  ++listener_reads_;
  if (state_ == State::kDown) {
    return Answer(std::move(done), Answered(std::unexpected(ReadError::kUnavailable)));
  }
  if (!IsMember(user, conversation)) return Answer(std::move(done), Answered());
  std::vector<UserId> others = conversations_[conversation].members;
  std::erase(others, user);
  Answer(std::move(done), Answered(std::move(others)));
}

// Core asks for marks and listeners only; the rest belongs to the HTTP handlers.
void MemoryStore::ListReaders(ReaderPageRequest, Completion<std::vector<Reader>, ViewError> done) {
  using Answered = Result<std::vector<Reader>, ViewError>;
  Answer(std::move(done), Answered(std::unexpected(ViewError::kUnavailable)));
}

void MemoryStore::Set(MemberSettings, Completion<ConversationView, ViewError> done) {
  Answer(std::move(done),
         Result<ConversationView, ViewError>(std::unexpected(ViewError::kUnavailable)));
}

void MemoryStore::RecordLastSeen(std::vector<LastSeen> seen) {
  recorded_.insert(recorded_.end(), seen.begin(), seen.end());
}

void MemoryStore::FindVisible(UserId viewer, std::vector<UserId> users,
                              Completion<std::vector<LastSeen>, ReadError> done) {
  using Answered = Result<std::vector<LastSeen>, ReadError>;
  if (state_ == State::kDown) {
    return Answer(std::move(done), Answered(std::unexpected(ReadError::kUnavailable)));
  }
  std::vector<LastSeen> seen;
  for (const UserId user : users) {
    if (visible_.contains({viewer, user})) seen.push_back({user, {}});
  }
  Answer(std::move(done), Answered(std::move(seen)));
}

void MemoryStore::FindEnded(std::vector<SessionId> sessions,
                            Completion<std::vector<SessionId>, ReadError> done) {
  using Answered = Result<std::vector<SessionId>, ReadError>;
  if (state_ == State::kDown) {
    return Answer(std::move(done), Answered(std::unexpected(ReadError::kUnavailable)));
  }
  most_sessions_asked_ = std::max(most_sessions_asked_, sessions.size());
  std::erase_if(sessions, [this](SessionId session) { return !ended_.contains(session); });
  Answer(std::move(done), Answered(std::move(sessions)));
}

}  // namespace chat::testing
