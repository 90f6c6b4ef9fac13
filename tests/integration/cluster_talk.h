// Four devices of two people who talk through everything that a test does to their cluster, two of
// them at each of two nodes; and what has to be true of their conversation in the end.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

#include "tests/harness/chatter.h"
#include "tests/harness/cluster_world.h"
#include "tests/harness/deadline.h"

namespace chat::testing {

// Thread: one. Lifetime: the test's.
class ClusterTalk {
 public:
  explicit ClusterTalk(ClusterWorld& world);

  // Talks for this long, whatever happens.
  void Talk(std::chrono::milliseconds duration);
  // Talks until it holds; false at the deadline.
  bool TalkUntil(const std::function<bool()>& holds, const Deadline& deadline);
  // Talks until each device was acked `count` times more; how long that took, or fails the test
  // when it took longer than `limit`.
  void ExpectAcksWithin(std::chrono::milliseconds limit, std::size_t count = 1);

  // Where a device goes that lost its connection; all nodes at first.
  void ComeBackTo(std::vector<int> nodes);

  // Stops talking, waits for what is due, and judges all that was said.
  void Judge();

  std::vector<Chatter>& chatters() { return chatters_; }
  std::size_t acks() const;

 private:
  void Turn(std::size_t in_flight_max);

  ClusterWorld& world_;
  std::vector<Endpoint> places_;
  std::vector<Chatter> chatters_;
};

}  // namespace chat::testing
