// Watches one connection from outside for the promise that per conversation `seq` rises by exactly
// 1, except across a gap or the client's own sync. Every client of the tests runs it over
// everything that comes, whatever its scenario is about.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "protocol/chat.pb.h"

namespace chat::testing {

// Thread: one. Lifetime: the connection's.
class EntryOrder {
 public:
  // The client sends a frame.
  void Sent(const v1::ClientFrame& frame);

  // The server's next frame. What breaks the promise, if it does.
  std::optional<std::string> Received(const v1::ServerFrame& frame);

 private:
  enum class Flow : std::uint8_t {
    // The message that comes first says where it starts; also after a gap.
    kUnknown,
    kLive,
    // Between the client's sync and a sync_done without more.
    kPulled,
  };

  struct Conversation {
    Flow flow = Flow::kUnknown;
    std::int64_t last_seq = 0;
    // While pulled: the cursor, the last entry of the page, and whether the page began a second
    // time: what looked like its beginning was still live.
    std::int64_t after_seq = 0;
    std::int64_t pulled_seq = 0;
    bool begun_again = false;
    // Own entries that did not come as messages. An ack stands in the entry's place; one that came
    // before its turn is followed by the message, in its place.
    std::set<std::int64_t> acked;
  };

  std::optional<std::string> Message(const v1::Message& message);
  static void Gap(Conversation& conversation);
  static std::optional<std::string> Pulled(Conversation& conversation, std::int64_t seq);
  std::optional<std::string> Ack(const v1::AckEvent& ack);
  std::optional<std::string> SyncDone(const v1::SyncDoneEvent& done);
  static void Resume(Conversation& conversation, std::int64_t after_seq);

  std::map<std::int64_t, Conversation> conversations_;
};

}  // namespace chat::testing
