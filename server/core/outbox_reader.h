// The client at the other end of an outbox, in tests: takes bytes as slowly as the test wants, and
// tells which frames came in words that a test can compare.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "protocol/envelope.h"
#include "server/core/outbox.h"

namespace chat {

// Thread: the test's. Lifetime: the test's.
class OutboxReader {
 public:
  explicit OutboxReader(Encoding encoding = Encoding::kJson) : encoding_(encoding) {}

  // One write of at most `bytes_max` bytes in at most `parts_max` pieces; returns how many bytes.
  std::size_t Read(Outbox& outbox, std::size_t bytes_max = std::numeric_limits<std::size_t>::max(),
                   std::size_t parts_max = 64);

  // Writes until nothing waits.
  void ReadAll(Outbox& outbox);

  // The whole frames that came since the last call, one word each: "ack 3", "body 7/12"
  // (conversation and seq), "gap 7 at 12/3" (heads), "presence +1 -2" and "typing 7/1"
  // (conversation and user). A frame that does not decode fails the test.
  std::vector<std::string> TakeFrames();

 private:
  Encoding encoding_;
  std::string bytes_;
};

// Frames for the lanes. `padding` bytes of text make a body longer.
v1::ServerFrame AckOf(Seq seq);
v1::ServerFrame BodyOf(ConversationId conversation, Seq seq, std::size_t padding = 0);
v1::ServerFrame TypingOf(ConversationId conversation, UserId user);

}  // namespace chat
