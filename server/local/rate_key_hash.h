// Spreads the keys of rate limits over a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "server/ports/rate_limits.h"

namespace chat {

struct RateKeyHash {
  using is_avalanching = void;

  // Source: the finalizer of SplitMix64.
  std::size_t operator()(const RateKey& key) const {
    const std::uint64_t tag =
        std::uint64_t{std::to_underlying(key.operation)} << 8 | std::to_underlying(key.kind);
    std::uint64_t hash = key.subject + (tag + 1) * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
    return hash ^ hash >> 31;
  }
};

}  // namespace chat
