// Port: what each member of a conversation keeps of it for themselves: how far they got it and read
// it, until when they mute it, whether they archived it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/accounts.h"
#include "server/ports/bus.h"
#include "server/ports/completion.h"
#include "server/ports/conversations.h"

namespace chat {

// How far a member is; zero is before all entries.
struct Mark {
  ConversationId conversation_id;
  UserId user_id;
  Seq delivered_seq;
  Seq read_seq;

  friend bool operator==(const Mark&, const Mark&) = default;
};

// Where `said` moves the mark `stored` of a conversation whose last entry is `head`: never back,
// and not beyond it. Who has read something has got it.
inline Mark MoveMark(const Mark& stored, const Mark& said, Seq head) {
  Mark moved = stored;
  moved.read_seq = std::max(stored.read_seq, std::min(said.read_seq, head));
  moved.delivered_seq =
      std::max({stored.delivered_seq, moved.read_seq, std::min(said.delivered_seq, head)});
  return moved;
}

struct Reader {
  User user;
  Seq read_seq;
};

struct ReaderPageRequest {
  UserId viewer;
  ConversationId conversation_id;
  Seq seq;
  UserId after;  // the last reader of the page before; zero for the first page
  int limit = 0;
};

struct MemberSettings {
  UserId user_id;
  ConversationId conversation_id;
  std::optional<UnixTime> muted_until;
  bool archived = false;
};

// Thread: called on one shard, completes on it.
class Marks {
 public:
  static constexpr std::size_t kMarksMax = 200;

  virtual ~Marks() = default;

  // Moves the marks of those who are members, by MoveMark, and answers with those that moved, in
  // the order of (conversation, user). Listeners are all members, the mover included; none where
  // there are more than kReceiptMembersMax, because nobody is told of those. A read mark that moved
  // is a change of its owner.
  // Limits: kMarksMax marks, each (conversation, user) once, all in one transaction.
  virtual void Advance(std::vector<Mark> marks,
                       Completion<std::vector<MarksMoved>, ReadError> done) = 0;

  // The other members, if they may be told that `user` types: none where `user` is no member, there
  // are more than kReceiptMembersMax, or the other side of a direct conversation is blocked or
  // blocks.
  virtual void FindListeners(UserId user, ConversationId conversation,
                             Completion<std::vector<UserId>, ReadError> done) = 0;

  // Members, other than its sender, whose read mark is at the entry or after it; ascending by id.
  virtual void ListReaders(ReaderPageRequest page,
                           Completion<std::vector<Reader>, ViewError> done) = 0;

  // Replaces the settings, and publishes a UserChange for the member.
  virtual void Set(MemberSettings settings, Completion<ConversationView, ViewError> done) = 0;
};

}  // namespace chat
