#include "server/core/typing_desk.h"

#include <limits>

#include "protocol/limits.h"
#include "server/core/events.h"

namespace chat {
namespace {

// How late an end may be told.
constexpr std::chrono::milliseconds kSweepInterval{100};

// Before every id, also of those that a client made up.
constexpr ConversationId kFirst{std::numeric_limits<std::int64_t>::min()};

}  // namespace

TypingDesk::TypingDesk(TypingPorts ports, Roster& roster)
    : ports_(ports), roster_(roster), self_(std::make_shared<TypingDesk*>(this)) {}

void TypingDesk::Receive(Connection& connection, const v1::TypingCommand& command, Instant now) {
  now_ = now;
  const Key key(connection.handle(), ConversationId(command.conversation_id()));
  if (!command.active()) return End(key);
  Start(key, connection.owner().user_id, now);
}

void TypingDesk::Start(const Key& key, UserId user, Instant now) {
  if (episodes_.size() == kEpisodesMax && !episodes_.contains(key)) return;
  Episode& episode = episodes_[key];
  episode.user_id = user;
  episode.ends_at = now + kTypingLifetime;
  if (episode.listeners && now < episode.listeners_until) return Tell(key, episode, true);
  if (std::exchange(episode.reading, true)) return;
  ports_.marks.FindListeners(user, key.second, [self = std::weak_ptr(self_), key](auto listeners) {
    if (const auto desk = self.lock()) (*desk)->ListenersRead(key, std::move(listeners));
  });
}

// Nobody is told of somebody of whom it is not known who may hear it.
void TypingDesk::ListenersRead(const Key& key, Result<std::vector<UserId>, ReadError> listeners) {
  const auto at = episodes_.find(key);
  if (at == episodes_.end()) return;
  if (!listeners) {
    episodes_.erase(at);
    return;
  }
  Episode& episode = at->second;
  episode.reading = false;
  episode.listeners = *std::move(listeners);
  episode.listeners_until = now_ + kListenersLifetime;
  Tell(key, episode, true);
}

void TypingDesk::End(const Key& key) {
  const auto at = episodes_.find(key);
  if (at == episodes_.end()) return;
  Tell(key, at->second, false);
  episodes_.erase(at);
}

void TypingDesk::Tell(const Key& key, const Episode& episode, bool active) {
  if (!episode.listeners || episode.listeners->empty()) return;
  auto signals = std::make_shared<Signals>();
  signals->typing.push_back({.conversation_id = key.second,
                             .user_id = episode.user_id,
                             .active = active,
                             .listeners = *episode.listeners});
  ports_.bus.Publish(std::shared_ptr<const Signals>(std::move(signals)));
}

void TypingDesk::Disconnected(const Connection& connection) {
  auto at = episodes_.lower_bound(Key(connection.handle(), kFirst));
  while (at != episodes_.end() && at->first.first == connection.handle()) {
    Tell(at->first, at->second, false);
    at = episodes_.erase(at);
  }
}

void TypingDesk::Advance(Instant now) {
  now_ = now;
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepInterval;
  for (auto at = episodes_.begin(); at != episodes_.end();) {
    if (now < at->second.ends_at) {
      ++at;
      continue;
    }
    Tell(at->first, at->second, false);
    at = episodes_.erase(at);
  }
}

void TypingDesk::Heard(const std::vector<TypingChanged>& all) const {
  for (const TypingChanged& changed : all) {
    std::optional<SharedFrame> frame;  // made for the first who is here
    for (const UserId listener : changed.listeners) {
      roster_.ForEachOf(listener, [&](Connection& connection) {
        if (!frame) frame.emplace(TypingFrame(changed));
        connection.SendTyping(frame->wire(connection.encoding()), changed.conversation_id,
                              changed.user_id);
      });
    }
  }
}

}  // namespace chat
