// A listener for tests that keeps what it is told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/ports/broadcast.h"

namespace chat::redis {

// Thread: the loop's. Lifetime: longer than whoever tells it.
class RecordingListener final : public BroadcastListener {
 public:
  void Heard(std::string_view message) override { heard_.emplace_back(message); }
  void Joined() override { ++joined_; }
  void Lost() override { ++lost_; }

  const std::vector<std::string>& heard() const { return heard_; }
  int joined() const { return joined_; }
  int lost() const { return lost_; }
  bool is_joined() const { return joined_ > lost_; }

 private:
  std::vector<std::string> heard_;
  int joined_ = 0;
  int lost_ = 0;
};

}  // namespace chat::redis
