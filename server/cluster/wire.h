// What nodes say to each other over the broadcast, as bytes. Whoever can write to the broadcast can
// send anything, so reading is strict and bounded. Used by the parts of ClusterNode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/bus.h"

namespace chat::cluster {

// Batches whose encoded form is longer travel as their position only.
inline constexpr std::size_t kHintBytesMax = 64 * 1024;

// No message is longer; a longer one is not even read.
inline constexpr std::size_t kMessageBytesMax = 256 * 1024;

// Items in one message: they fit into kMessageBytesMax whatever their numbers are.
inline constexpr std::size_t kNewsTransitionsMax = 2'000;
inline constexpr std::size_t kChunkPlacesMax = 10'000;
inline constexpr std::uint32_t kChunksMax = 1'000;

// A batch was committed.
struct Hint {
  LogPosition position;
  std::shared_ptr<const CommitBatch> batch;  // null when it has to be read from the log
};

// Who came to and left a node. Each message has the next number of its node.
struct PresenceNews {
  Epoch node;
  std::uint64_t number = 0;
  std::vector<PresenceTransition> transitions;  // `node` of each is set
};

// A user on one shard of a node.
struct OnlinePlace {
  UserId user_id;
  std::uint32_t shard = 0;
  friend bool operator==(const OnlinePlace&, const OnlinePlace&) = default;
};

// A part of all who are online on a node after its news `number`.
struct PresenceChunk {
  Epoch node;
  std::uint64_t number = 0;
  std::uint64_t serial = 0;  // chunks of one serial belong together; a later snapshot has a greater
  std::uint32_t chunk = 0;   // of `chunks`, from 0
  std::uint32_t chunks = 0;
  std::vector<OnlinePlace> places;
};

// Asks a node for its snapshot.
struct PresenceAsk {
  Epoch node;
};

// The number of a node's last news.
struct PresenceMark {
  Epoch node;
  std::uint64_t number = 0;
};

// What a node's shards told each other, for the shards of the others.
struct NodeSignals {
  Epoch node;
  std::shared_ptr<const Signals> signals;
};

using ClusterMessage =
    std::variant<Hint, PresenceNews, PresenceChunk, PresenceAsk, PresenceMark, NodeSignals>;

// With the whole batch where that is short.
std::string EncodeHint(const CommitBatch& batch);

std::string Encode(const PresenceNews& news);
std::string Encode(const PresenceChunk& chunk);
std::string Encode(const PresenceAsk& ask);
std::string Encode(const PresenceMark& mark);
std::string Encode(const NodeSignals& said);

// Errors: nullopt for another format, for a kind of message that is not known, and for what none of
// the functions above makes.
std::optional<ClusterMessage> Decode(std::string_view bytes);

}  // namespace chat::cluster
