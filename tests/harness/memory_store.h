// The part of the store that core needs, in memory and without threads: for tests of core in
// virtual time. It keeps the promises of the ports (dedupe, dense seq, batch before completion) and
// can be told to fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/bus.h"
#include "server/ports/conversations.h"
#include "server/ports/executor.h"
#include "server/ports/marks.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"
#include "server/ports/sessions.h"

namespace chat::testing {

// A conversation with its entries; entry i has seq i + 1.
struct MemoryConversation {
  std::vector<UserId> members;
  std::vector<FormerMember> former;
  Seq members_seq;
  Change last_change;
  std::vector<Entry> entries;
  std::map<UserId, Mark> marks;
};

// Thread: one. Lifetime: the test's. Completions and batches are posted to `home`.
class MemoryStore : public Messages,
                    public MessageChanges,
                    public Conversations,
                    public Marks,
                    public PresenceRecords,
                    public EndedSessions {
 public:
  MemoryStore(Executor& home, Bus& bus) : home_(home), bus_(bus) {}

  ConversationId AddConversation(std::vector<UserId> members);

  // Commit a change of the membership, made by the subject themselves, and tell the bus of it.
  Entry AddMember(ConversationId conversation, UserId subject);
  Entry RemoveMember(ConversationId conversation, UserId subject);

  // The same without telling the bus.
  Entry RemoveMemberSilently(ConversationId conversation, UserId subject);

  // Commits an entry without telling the bus: a hint that was lost.
  Entry AppendSilently(ConversationId conversation, UserId sender, std::string text);

  // Makes every call answer "unavailable" until called again with kUp.
  enum class State { kUp, kDown };
  void SetState(State state) { state_ = state; }

  // Ends a session without telling the bus, as when it expires.
  void EndSession(SessionId session) { ended_.insert(session); }
  std::size_t most_sessions_asked() const { return most_sessions_asked_; }

  // Who may see whose presence, in this direction.
  void AllowPresence(UserId viewer, UserId seen) { visible_.insert({viewer, seen}); }
  void ForbidPresence(UserId viewer, UserId seen) { visible_.erase({viewer, seen}); }
  const std::vector<LastSeen>& recorded() const { return recorded_; }

  void Append(NewMessage message, Completion<Appended, AppendError> done) override;
  void ReadPage(EntryPageRequest page, Completion<EntryPage, ViewError> done) override;
  void ReadRange(ConversationId conversation, Seq after, Seq through,
                 Completion<std::vector<Entry>, ReadError> done) override;

  // Only what core can tell apart: who is a member, and which entry there is. What an edit says is
  // always news; reactions are told of, but not kept.
  void Edit(EditRequest edit, Completion<EntryChanged, ChangeError> done) override;
  void Delete(DeleteRequest request, Completion<EntryChanged, ChangeError> done) override;
  void React(ReactRequest reaction, Completion<EntryChanged, ChangeError> done) override;

  void OpenDirect(UserId opener, UserId peer,
                  Completion<OpenedConversation, OpenConversationError> done) override;
  void Find(UserId viewer, ConversationId conversation,
            Completion<ConversationView, ViewError> done) override;
  void List(ConversationPageRequest page,
            Completion<std::vector<ConversationView>, ReadError> done) override;
  void ListMembers(ConversationId conversation, Seq after,
                   Completion<MemberList, ViewError> done) override;

  void Advance(std::vector<Mark> marks,
               Completion<std::vector<MarksMoved>, ReadError> done) override;
  void FindListeners(UserId user, ConversationId conversation,
                     Completion<std::vector<UserId>, ReadError> done) override;
  void ListReaders(ReaderPageRequest page,
                   Completion<std::vector<Reader>, ViewError> done) override;
  void Set(MemberSettings settings, Completion<ConversationView, ViewError> done) override;

  // What was asked of Marks, one after the other, also while the store was down.
  const std::vector<std::vector<Mark>>& advances() const { return advances_; }
  int listener_reads() const { return listener_reads_; }

  void RecordLastSeen(std::vector<LastSeen> seen) override;
  void FindVisible(UserId viewer, std::vector<UserId> users,
                   Completion<std::vector<LastSeen>, ReadError> done) override;

  void FindEnded(std::vector<SessionId> sessions,
                 Completion<std::vector<SessionId>, ReadError> done) override;

 private:
  Result<Appended, AppendError> Store(const NewMessage& message);
  Entry& Add(ConversationId conversation, UserId sender, std::string client_msg_id,
             std::string text);
  Entry& AddMembershipEntry(ConversationId conversation, UserId subject, EntryKind kind);
  void PublishMembership(const Entry& entry, ConversationEvent event);
  Result<EntryChanged, ChangeError> Commit(EntryChange change);
  bool IsMember(UserId user, ConversationId conversation) const;

  template <typename T, typename E>
  void Answer(Completion<T, E> done, Result<T, E> result) {
    home_.Post([done = std::move(done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  }

  Executor& home_;
  Bus& bus_;
  State state_ = State::kUp;
  std::map<ConversationId, MemoryConversation> conversations_;
  std::set<std::pair<UserId, UserId>> visible_;
  std::vector<LastSeen> recorded_;
  std::vector<std::vector<Mark>> advances_;
  int listener_reads_ = 0;
  std::set<SessionId> ended_;
  std::size_t most_sessions_asked_ = 0;
  CommitNumber commits_ = 0;
  std::int64_t last_id_ = 0;
};

}  // namespace chat::testing
