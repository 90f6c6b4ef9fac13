#include "server/core/session_sweep.h"

#include <algorithm>
#include <utility>

namespace chat {

SessionSweep::SessionSweep(EndedSessions& sessions, const Roster& roster, Instant start, End end)
    : sessions_(sessions),
      roster_(roster),
      end_(std::move(end)),
      next_round_(start + kPeriod),
      self_(std::make_shared<SessionSweep*>(this)) {}

void SessionSweep::Advance(Instant now) {
  if (!asked_.empty()) return;
  if (waiting_.empty()) {
    if (now < next_round_) return;
    next_round_ = now + kPeriod;
    roster_.ForEach([this](Connection& connection) { waiting_.push_back(connection.handle()); });
  }
  std::vector<SessionId> sessions = TakeNext();
  if (sessions.empty()) return;
  sessions_.FindEnded(std::move(sessions), [self = std::weak_ptr(self_)](auto ended) {
    const auto sweep = self.lock();
    if (!sweep) return;
    (*sweep)->Answered(ended.value_or(std::vector<SessionId>()));
    (*sweep)->asked_.clear();
  });
}

// Those who have left meanwhile are passed over.
std::vector<SessionId> SessionSweep::TakeNext() {
  std::vector<SessionId> sessions;
  while (!waiting_.empty() && sessions.size() < kAskedAtOnceMax) {
    const ConnectionHandle handle = waiting_.back();
    waiting_.pop_back();
    const Connection* connection = roster_.Find(handle);
    if (connection == nullptr || connection->closing()) continue;
    sessions.push_back(connection->owner().session_id);
    asked_.push_back(handle);
  }
  return sessions;
}

void SessionSweep::Answered(const std::vector<SessionId>& ended) {
  if (ended.empty()) return;
  for (const ConnectionHandle handle : asked_) {
    Connection* connection = roster_.Find(handle);
    if (connection == nullptr) continue;
    const SessionId session = connection->owner().session_id;
    if (std::ranges::find(ended, session) != ended.end()) end_(*connection);
  }
}

}  // namespace chat
