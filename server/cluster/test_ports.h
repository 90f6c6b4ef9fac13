// Ports of the cluster that a test answers by hand. For the tests of this folder.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "server/cluster/log_follower.h"
#include "server/cluster/wire.h"
#include "server/ports/broadcast.h"
#include "server/ports/bus.h"
#include "server/ports/commit_log.h"
#include "server/ports/nodes.h"

namespace chat::cluster {

// What the shards were told, apart by kind.
class ShardsBus final : public Bus {
 public:
  void Publish(BusMessage message) override {
    if (const auto* batch = std::get_if<std::shared_ptr<const CommitBatch>>(&message)) {
      if ((*batch)->number != 0) horizons.push_back((*batch)->number);
      if ((*batch)->position.batch != 0) batches.push_back((*batch)->position);
      return;
    }
    if (const auto* said = std::get_if<std::shared_ptr<const Signals>>(&message)) {
      signals.push_back(*said);
      return;
    }
    const auto& news = std::get<std::shared_ptr<const std::vector<PresenceTransition>>>(message);
    transitions.insert(transitions.end(), news->begin(), news->end());
  }

  std::vector<LogPosition> TakeBatches() { return std::exchange(batches, {}); }
  std::vector<PresenceTransition> TakeTransitions() { return std::exchange(transitions, {}); }

  std::vector<LogPosition> batches;
  std::vector<CommitNumber> horizons;
  std::vector<PresenceTransition> transitions;
  std::vector<std::shared_ptr<const Signals>> signals;
};

class SaidMessages final : public Broadcast {
 public:
  void Say(std::string message) override { said.push_back(std::move(message)); }

  // Those of one kind said since the last call; the others are forgotten.
  template <typename Kind>
  std::vector<Kind> Take() {
    std::vector<Kind> taken;
    for (const std::string& bytes : std::exchange(said, {})) {
      std::optional<ClusterMessage> message = Decode(bytes);
      if (message && std::holds_alternative<Kind>(*message)) {
        taken.push_back(std::get<Kind>(std::move(*message)));
      }
    }
    return taken;
  }

  std::vector<std::string> said;
};

inline std::shared_ptr<const CommitBatch> EmptyBatch(LogPosition position) {
  auto batch = std::make_shared<CommitBatch>();
  batch->position = position;
  return batch;
}

// A log whose answers are given when the test says so, as the log is then.
class HandLog final : public CommitLog {
 public:
  using Batches = std::vector<std::shared_ptr<const CommitBatch>>;

  struct ReadCall {
    LogPosition after;
    Completion<Batches, ReadError> done;
  };

  void ReadHeads(Completion<std::vector<LogPosition>, ReadError> done) override {
    head_calls.push_back(std::move(done));
  }
  void ReadAfter(LogPosition after, Completion<Batches, ReadError> done) override {
    read_calls.push_back({after, std::move(done)});
  }

  void Commit(const LogPosition& position) { rows.push_back(position); }

  void Forget(Epoch origin, std::uint64_t through) {
    std::erase_if(
        rows, [&](const LogPosition& row) { return row.origin == origin && row.batch <= through; });
  }

  bool AnswerHeads() {
    if (head_calls.empty()) return false;
    auto done = std::move(head_calls.front());
    head_calls.pop_front();
    std::map<std::pair<Epoch, std::uint32_t>, LogPosition> heads;
    for (const LogPosition& row : rows) heads[{row.origin, row.lane}] = row;
    std::vector<LogPosition> answer;
    for (const auto& [lane, head] : heads) answer.push_back(head);
    if (available) {
      done(std::move(answer));
    } else {
      done(std::unexpected(ReadError::kUnavailable));
    }
    return true;
  }

  bool AnswerRead() {
    if (read_calls.empty()) return false;
    ReadCall call = std::move(read_calls.front());
    read_calls.pop_front();
    if (!available) {
      call.done(std::unexpected(ReadError::kUnavailable));
      return true;
    }
    Batches answer;
    for (const LogPosition& row : rows) {
      if (row.origin != call.after.origin || row.lane != call.after.lane) continue;
      if (row.batch > call.after.batch && answer.size() < page) answer.push_back(EmptyBatch(row));
    }
    call.done(std::move(answer));
    return true;
  }

  std::vector<LogPosition> rows;  // those of one lane ascending
  std::deque<Completion<std::vector<LogPosition>, ReadError>> head_calls;
  std::deque<ReadCall> read_calls;
  std::size_t page = 100;
  bool available = true;
};

// Leases whose answers are given when the test says so.
class HandNodes final : public Nodes {
 public:
  struct EndCall {
    NodeLease seen;
    std::vector<UserId> online;
    Completion<bool, ReadError> done;
  };

  void Renew(Completion<NodeLeases, ReadError> done) override {
    renew_calls.push_back(std::move(done));
  }
  void End(NodeLease seen, std::vector<UserId> online, Completion<bool, ReadError> done) override {
    end_calls.push_back({std::move(seen), std::move(online), std::move(done)});
  }

  // False when there was none to answer.
  bool AnswerRenew() {
    if (renew_calls.empty()) return false;
    auto done = std::move(renew_calls.front());
    renew_calls.pop_front();
    if (available) {
      done(leases);
    } else {
      done(std::unexpected(ReadError::kUnavailable));
    }
    return true;
  }

  NodeLeases leases;
  std::deque<Completion<NodeLeases, ReadError>> renew_calls;
  std::deque<EndCall> end_calls;
  bool available = true;
};

class CountingTrack final : public TrackSink {
 public:
  void LostTrack() override { ++lost; }
  int lost = 0;
};

}  // namespace chat::cluster
