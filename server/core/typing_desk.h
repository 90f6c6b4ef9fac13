// Who types on one shard: told to the other members who are connected, ended after a while when the
// client does not say that it ended, stored nowhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "server/core/connection.h"
#include "server/core/moment.h"
#include "server/core/roster.h"
#include "server/ports/bus.h"
#include "server/ports/marks.h"

namespace chat {

struct TypingPorts {
  Marks& marks;
  Bus& bus;
};

// Thread: the shard's. Lifetime: the hub's; completions that come later than it are ignored.
// Limits: kEpisodesMax beginnings are remembered; those beyond are told to nobody.
class TypingDesk {
 public:
  // For how long an answer of who listens is taken for true.
  static constexpr std::chrono::seconds kListenersLifetime{10};

  static constexpr std::size_t kEpisodesMax = 10'000;

  // The ports and the roster outlive it.
  TypingDesk(TypingPorts ports, Roster& roster);
  TypingDesk(const TypingDesk&) = delete;
  TypingDesk& operator=(const TypingDesk&) = delete;

  void Receive(Connection& connection, const v1::TypingCommand& command, Instant now);

  // Whoever typed on this connection does no more.
  void Disconnected(const Connection& connection);

  // Ends what was not said again for kTypingLifetime.
  void Advance(Instant now);

  // Who types on this shard or another.
  void Heard(const std::vector<TypingChanged>& all) const;

 private:
  using Key = std::pair<ConnectionHandle, ConversationId>;
  // From the first `active` to the end.
  struct Episode {
    UserId user_id;
    Instant ends_at;
    Instant listeners_until{};
    std::optional<std::vector<UserId>> listeners;  // empty until they were read
    bool reading = false;
  };

  void Start(const Key& key, UserId user, Instant now);
  void End(const Key& key);
  void ListenersRead(const Key& key, Result<std::vector<UserId>, ReadError> listeners);
  void Tell(const Key& key, const Episode& episode, bool active);

  TypingPorts ports_;
  Roster& roster_;
  std::map<Key, Episode> episodes_;
  Instant now_{};
  Instant next_sweep_{};
  std::shared_ptr<TypingDesk*> self_;
};

}  // namespace chat
