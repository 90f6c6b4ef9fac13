#include "protocol/ids.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>

namespace chat {
namespace {

using std::chrono::milliseconds;

constexpr UnixTime kEpoch = std::chrono::sys_days(std::chrono::January / 1 / 2024);
constexpr int kSequenceBits = 12;
constexpr int kNodeBits = 10;
constexpr int kTimeBits = 41;
constexpr std::int64_t kTickMax = (std::int64_t{1} << (kTimeBits + kSequenceBits)) - 1;
constexpr std::int64_t kSequenceMask = (std::int64_t{1} << kSequenceBits) - 1;

static_assert(1 + kTimeBits + kNodeBits + kSequenceBits == 64);
static_assert(NodeNumber::kMax == (1 << kNodeBits) - 1);

// The first tick of a millisecond; a time outside of the 41 bits becomes the nearest one inside.
std::int64_t FirstTick(UnixTime time) {
  constexpr UnixTime kLast = kEpoch + milliseconds(kTickMax >> kSequenceBits);
  return (std::clamp(time, kEpoch, kLast) - kEpoch).count() << kSequenceBits;
}

}  // namespace

IdGenerator::IdGenerator(NodeNumber node, UnixTime floor)
    : node_bits_(std::int64_t{node.number()} << kSequenceBits), last_tick_(FirstTick(floor)) {}

std::int64_t IdGenerator::NextNumber(UnixTime now) {
  last_tick_ = std::max(last_tick_ + 1, FirstTick(now));
  if (last_tick_ > kTickMax) std::abort();
  const std::int64_t time = last_tick_ >> kSequenceBits;
  return (time << (kNodeBits + kSequenceBits)) | node_bits_ | (last_tick_ & kSequenceMask);
}

UnixTime IdGenerator::last_time() const {
  return kEpoch + milliseconds(last_tick_ >> kSequenceBits);
}

UnixTime IdTime(std::int64_t id_number) {
  return kEpoch + milliseconds(id_number >> (kNodeBits + kSequenceBits));
}

}  // namespace chat
