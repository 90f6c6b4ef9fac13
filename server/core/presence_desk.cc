#include "server/core/presence_desk.h"

#include <algorithm>
#include <utility>

#include "protocol/limits.h"
#include "server/core/wire.h"

namespace chat {

PresenceDesk::PresenceDesk(PresenceOptions options, PresencePorts ports, Roster& roster)
    : options_(options),
      ports_(ports),
      roster_(roster),
      tracker_(options.shard, options.grace),
      self_(std::make_shared<PresenceDesk*>(this)) {}

void PresenceDesk::Connected(Connection& connection, Moment now) {
  now_ = now.steady;
  connection.counted_present = true;
  tracker_.Connected(connection.owner().user_id, now);
  PublishLater();
}

void PresenceDesk::Disconnected(Connection& connection, Departure how, Moment now) {
  now_ = now.steady;
  watches_.Remove(connection.handle());
  if (!std::exchange(connection.counted_present, false)) return;
  const auto silence = how == Departure::kSilent ? now.steady - connection.last_activity()
                                                 : ShardTime::duration::zero();
  tracker_.Disconnected({connection.owner(), how, now.wall - silence}, now.steady);
  PublishLater();
}

void PresenceDesk::SessionEnded(const SessionOwner& session) {
  tracker_.SessionEnded(session);
  PublishLater();
}

void PresenceDesk::Advance(Moment now) {
  now_ = now.steady;
  Publish();
}

// What a turn of the loop brings goes out as one message.
void PresenceDesk::PublishLater() {
  if (std::exchange(publishing_, true)) return;
  ports_.home.Post([self = std::weak_ptr(self_)] {
    const auto desk = self.lock();
    if (!desk) return;
    (*desk)->publishing_ = false;
    (*desk)->Publish();
  });
}

void PresenceDesk::Publish() {
  std::vector<PresenceTransition> transitions = tracker_.Advance(now_);
  if (transitions.empty()) return;
  ports_.bus.Publish(
      std::make_shared<const std::vector<PresenceTransition>>(std::move(transitions)));
}

void PresenceDesk::EndAllGraces() {
  tracker_.EndAllGraces();
  Publish();
}

void PresenceDesk::Heard(const std::vector<PresenceTransition>& transitions) {
  std::vector<LastSeen> left;
  for (const PresenceTransition& transition : transitions) {
    const bool ours = transition.node == Epoch() && transition.shard == options_.shard;
    if (!ours && !transition.online && !transition.after_grace) {
      tracker_.LeftElsewhere(transition.user_id);
      PublishLater();
    }
    const std::optional<PresenceChange> change = map_.Apply(transition);
    // Every place that is left writes it down, and the store keeps the latest: two that are left at
    // the same time each see the other as the last one.
    if (ours && !transition.online) left.push_back({transition.user_id, transition.at});
    if (!change) continue;
    for (const ConnectionHandle watcher : watches_.WatchersOf(transition.user_id)) {
      if (Connection* connection = roster_.Find(watcher)) connection->SendPresence(*change);
    }
  }
  if (!left.empty()) ports_.records.RecordLastSeen(std::move(left));
}

void PresenceDesk::Watch(Connection& connection, Ref ref, const v1::WatchPresenceCommand& command) {
  if (static_cast<std::size_t>(command.user_ids_size()) > kWatchUsersMax) {
    return connection.Send(
        ErrorFrame(ref, {ErrorCode::kInvalidArgument, "user_ids has more than 500 items", {}}));
  }
  std::vector<UserId> users;
  users.reserve(static_cast<std::size_t>(command.user_ids_size()));
  for (const std::int64_t user : command.user_ids()) users.emplace_back(user);
  FindVisible(connection, std::move(users),
              {.connection = connection.handle(),
               .generation = ++connection.watch_generation,
               .ref = ref,
               .answering = Answering::kSnapshot});
}

void PresenceDesk::Recheck(UserId user) {
  roster_.ForEachOf(user, [&](Connection& connection) {
    const std::span<const UserId> watched = watches_.WatchedBy(connection.handle());
    if (watched.empty()) return;
    FindVisible(connection, {watched.begin(), watched.end()},
                {.connection = connection.handle(),
                 .generation = connection.watch_generation,
                 .ref = {},
                 .answering = Answering::kNothing});
  });
}

void PresenceDesk::FindVisible(Connection& connection, std::vector<UserId> users,
                               WatchRequest request) {
  ports_.records.FindVisible(
      connection.owner().user_id, std::move(users),
      [self = std::weak_ptr(self_), request](Result<std::vector<LastSeen>, ReadError> visible) {
        if (const auto desk = self.lock()) (*desk)->VisibleFound(request, std::move(visible));
      });
}

void PresenceDesk::VisibleFound(const WatchRequest& request,
                                Result<std::vector<LastSeen>, ReadError> visible) {
  Connection* connection = roster_.Find(request.connection);
  if (connection == nullptr || connection->watch_generation != request.generation) return;
  if (!connection->counted_present) return;
  if (!visible) {
    // Nobody is watched whose permission is not known.
    watches_.Remove(request.connection);
    return connection->Send(ErrorFrame(
        request.ref, {ErrorCode::kUnavailable, "presence cannot be watched now", kRetryAfter}));
  }
  std::vector<UserId> users;
  users.reserve(visible->size());
  for (const LastSeen& seen : *visible) users.push_back(seen.user_id);
  watches_.Set(request.connection, std::move(users));
  if (request.answering == Answering::kSnapshot) SendSnapshot(*connection, request.ref, *visible);
}

void PresenceDesk::SendSnapshot(Connection& connection, Ref ref,
                                const std::vector<LastSeen>& visible) {
  v1::ServerFrame frame;
  if (ref) frame.set_ref(*ref);
  v1::PresenceEvent& presence = *frame.mutable_presence();
  for (LastSeen seen : visible) {
    const OnlineState online =
        IsOnline(seen.user_id) ? OnlineState::kOnline : OnlineState::kOffline;
    if (const auto recent = map_.RecentlySeen(seen.user_id)) {
      seen.last_seen_at = std::max(seen.last_seen_at.value_or(*recent), *recent);
    }
    *presence.add_users() = ToWire(seen, online);
  }
  connection.SendPresenceSnapshot(frame);
}

}  // namespace chat
