// What Outbox promises, written down without a thought for speed: a list of strings, everything
// worked out anew each time. For tests that compare the two.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "protocol/envelope.h"
#include "protocol/ids.h"
#include "server/core/outbox.h"

namespace chat {

// Thread: the test's. Lifetime: the test's.
class NaiveOutbox {
 public:
  NaiveOutbox(Encoding encoding, OutboxLimits limits) : encoding_(encoding), limits_(limits) {}

  void Push(const std::string& bytes);
  void PushBody(const std::string& bytes, ConversationId conversation, Seq seq, Change change);
  void PushPresence(const PresenceChange& change);
  void PushPresenceSnapshot(const std::string& bytes);
  void PushTyping(const std::string& bytes, ConversationId conversation, UserId user);

  // All bytes that a write of `parts_max` pieces is shown.
  std::string Gather(std::size_t parts_max);
  void Consume(std::size_t bytes);

  std::size_t bytes() const;
  bool empty() const { return frames_.empty() && presence_.empty() && typing_.empty(); }
  bool overflowed() const { return overflowed_; }

 private:
  enum class Kind { kKept, kBody, kGap, kSignal };

  struct Frame {
    Kind kind = Kind::kKept;
    std::string bytes = {};  // what is left of it; none of a gap that has not been shown
    ConversationId conversation = {};
    Seq seq = {};
    Change change = {};
    bool begun = false;
  };

  bool Over(std::size_t more, std::size_t limit) const { return bytes() + more > limit; }
  bool Overflow(std::size_t more);
  void ReplaceBodies();
  bool RaiseGap(const Frame& body);
  void AddGap(const Frame& body);
  std::string EncodeGap(const Frame& gap) const;
  void EncodePending();

  Encoding encoding_;
  OutboxLimits limits_;
  std::list<Frame> frames_;
  std::map<UserId, PresenceChange> presence_;
  std::map<std::pair<ConversationId, UserId>, std::string> typing_;
  bool overflowed_ = false;
};

}  // namespace chat
