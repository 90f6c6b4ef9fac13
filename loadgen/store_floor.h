// What the store floors have in common: messages of one size, in batches, each item of a batch in
// another conversation as far as there are enough, and the same report.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace chat::loadgen {

inline constexpr std::size_t kFloorBodyBytes = 100;
// As large as real ids, which have a time in their high bits.
inline constexpr std::int64_t kFloorFirstId = 390'000'000'000'000'000;

struct StoreFloorOptions {
  std::size_t conversations = 20'000;
  // Messages in a transaction.
  std::size_t batch = 256;
  std::chrono::seconds seconds{10};
  std::chrono::seconds warmup{1};
};

struct StoreFloorReport {
  std::size_t conversations = 0;
  std::uint64_t rows = 0;
  double seconds = 0;
  double client_cpu_seconds = 0;
  // Zero where the store is part of the client.
  double database_cpu_seconds = 0;
};

std::string ToText(const StoreFloorReport& report);

}  // namespace chat::loadgen
