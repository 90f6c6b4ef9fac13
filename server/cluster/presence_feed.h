// Who is online on which node. Each node tells the others who came and went, in numbered news; a
// lost one is noticed by the number of the next, or by a mark each second, and made good by a
// snapshot. Nothing is stored: what every node says of itself is the truth while its lease lives.
// Used by ClusterNode.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/cluster/wire.h"
#include "server/core/moment.h"
#include "server/ports/broadcast.h"
#include "server/ports/bus.h"

namespace chat::cluster {

struct PresenceFeedPorts {
  Bus& to_shards;  // reaches the shards only
  Broadcast& broadcast;
};

struct PresenceFeedOptions {
  std::chrono::milliseconds interval{1'000};  // of marks, of asking one node, of answering
  std::size_t chunk_places_max = kChunkPlacesMax;
};

struct PresenceFeedCounts {
  std::uint64_t news_said = 0;
  std::uint64_t news_heard = 0;
  std::uint64_t holes = 0;
  std::uint64_t snapshots_asked = 0;
  std::uint64_t snapshots_said = 0;
  std::uint64_t snapshots_applied = 0;
};

// A node is heard from when its lease is known until it is gone: its epoch never comes again, so
// nothing late can bring its users back.
//
// Thread: the cluster's loop. Lifetime: the ClusterNode's.
// Limits: one entry per user and shard who is online, on whichever node, and one more per user.
class PresenceFeed {
 public:
  // The ports outlive it.
  PresenceFeed(PresenceFeedOptions options, PresenceFeedPorts ports);
  PresenceFeed(const PresenceFeed&) = delete;
  PresenceFeed& operator=(const PresenceFeed&) = delete;

  // Says what the turn brought, and what is due.
  void Advance(Moment now);

  // What this node's own shards said; said to the others by the next Advance.
  void Collect(const std::vector<PresenceTransition>& transitions);

  // From now on this node speaks as `own`, and begins with all it knows of itself.
  void SetOwn(Epoch own);

  void NodeCame(Epoch node);

  // Its users go offline, wherever they are not online elsewhere.
  void NodeGone(Epoch node, UnixTime last_seen);

  void Heard(const PresenceNews& news);
  void Heard(const PresenceChunk& chunk);
  void Heard(const PresenceAsk& ask);
  void Heard(const PresenceMark& mark);

  std::vector<UserId> OnlineOnlyOn(Epoch node) const;

  // How many nodes' presence is not known as a whole.
  std::size_t unknown_count() const;

  const PresenceFeedCounts& counts() const { return counts_; }

 private:
  struct PlaceHash {
    std::size_t operator()(const OnlinePlace& place) const {
      return std::hash<UserId>()(place.user_id) + place.shard * 0x9E3779B97F4A7C15u;
    }
  };
  using Places = boost::unordered_flat_set<OnlinePlace, PlaceHash>;

  // A snapshot of which some chunks have come.
  struct Assembly {
    std::uint64_t number = 0;
    std::uint64_t serial = 0;
    std::vector<bool> come;
    std::size_t missing = 0;
    Places places;
    Instant heard{};  // the last chunk
  };

  struct Remote {
    std::uint64_t number = 0;  // of the last news that was applied
    bool whole = false;        // nothing is missing up to there
    Places online;
    std::optional<Assembly> assembly;
    Instant next_ask{};
  };

  using Transitions = std::vector<PresenceTransition>;

  Remote* Find(Epoch node);
  void Miss(Remote& remote);
  void AskForMissing();
  void Apply(Remote& remote, const PresenceTransition& transition, Transitions& out);
  void ApplySnapshot(Epoch node, Remote& remote);
  void Publish(Transitions transitions);
  void Count(UserId user, bool came);

  void SayNews();
  void SayMark();
  void SaySnapshot();

  PresenceFeedOptions options_;
  PresenceFeedPorts ports_;
  Moment now_{};
  std::map<Epoch, Remote> remotes_;
  // In how many places each user is online, this node's included.
  boost::unordered_flat_map<UserId, std::uint32_t, std::hash<UserId>> places_of_;

  Epoch own_;
  std::uint64_t own_number_ = 0;
  Places own_online_;
  Transitions own_pending_;
  bool snapshot_wanted_ = false;
  std::uint64_t last_serial_ = 0;
  Instant next_snapshot_{};
  Instant next_mark_{};
  PresenceFeedCounts counts_;
};

}  // namespace chat::cluster
