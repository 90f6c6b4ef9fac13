#include "server/core/evacuation.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "protocol/websocket/close_code.h"
#include "server/core/events.h"

namespace chat {
namespace {

// Who was told is looked at in steps, however often the hub's time moves on.
constexpr std::chrono::milliseconds kStep{10};

// Spreads numbers that follow each other over all of 32 bits (Knuth's multiplicative hash).
std::uint32_t Scatter(ConnectionHandle handle) {
  return std::to_underlying(handle) * 2'654'435'761u;
}

}  // namespace

void Evacuation::Begin(EvacuationPace pace, Instant now) {
  waiting_.clear();
  told_.clear();
  next_ = 0;
  roster_.ForEach([&](Connection& connection) {
    if (!connection.closing()) waiting_.push_back(connection.handle());
  });
  pace_ = pace;
  window_ = std::min<std::chrono::milliseconds>(
      pace.window_max, kWindowPerConnection * static_cast<std::int64_t>(waiting_.size()));
  spread_ = std::min(window_, kReconnectSpreadMax);
  begin_ = now;
  next_step_ = now;
}

void Evacuation::Hurry() {
  window_ = std::chrono::milliseconds(0);
  spread_ = std::chrono::milliseconds(0);
  pace_.stay = std::chrono::milliseconds(0);
  for (Told& told : told_) told.leave_at = std::min(told.leave_at, next_step_);
}

void Evacuation::Advance(Instant now) {
  if (is_over() || now < next_step_) return;
  next_step_ = now + kStep;
  TellDue(now);
  std::erase_if(told_, [&](const Told& told) { return HasLeft(told, now); });
}

// The first is told at the beginning of the window, the last right before its end.
void Evacuation::TellDue(Instant now) {
  const auto count = static_cast<std::int64_t>(waiting_.size());
  for (; next_ < waiting_.size(); ++next_) {
    if (now - begin_ < window_ * static_cast<std::int64_t>(next_) / count) return;
    Tell(waiting_[next_], now);
  }
}

void Evacuation::Tell(ConnectionHandle handle, Instant now) {
  Connection* connection = roster_.Find(handle);
  if (connection == nullptr || connection->closing()) return;
  const std::chrono::milliseconds wait(Scatter(handle) % (spread_.count() + 1));
  connection->Send(GoAwayFrame(wait));
  told_.push_back({.handle = handle, .leave_at = now + wait + pace_.stay});
}

bool Evacuation::HasLeft(const Told& told, Instant now) const {
  Connection* connection = roster_.Find(told.handle);
  if (connection == nullptr || connection->closing()) return true;
  const bool settled = connection->sends_in_flight == 0 && connection->outbox().empty();
  if (now < told.leave_at || (!settled && now < told.leave_at + kUnsettledMax)) return false;
  connection->Close(websocket::CloseCode::kServerRestart, "the server restarts");
  return true;
}

}  // namespace chat
