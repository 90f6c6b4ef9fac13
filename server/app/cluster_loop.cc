#include "server/app/cluster_loop.h"

#include <boost/system/error_code.hpp>
#include <utility>

#include "server/telemetry/log.h"

namespace chat::app {
namespace {

// How often the logic gets a turn when nothing happens.
constexpr std::chrono::milliseconds kTick{50};

// How long what was said last may take to be written to a socket.
constexpr std::chrono::milliseconds kLastWords{50};

}  // namespace

ClusterLoop::ClusterLoop(const Clock& clock)
    : loop_({.number = 0, .clock = &clock}), tick_(loop_.io_context()) {}

ClusterLoop::~ClusterLoop() { Stop(); }

void ClusterLoop::Start(ClusterAdapters adapters, Epoch origin,
                        std::function<void()> on_lost_track) {
  on_lost_track_ = std::move(on_lost_track);
  adapters_.emplace(std::move(adapters));
  cluster::ClusterOptions options;
  options.follower.origin = origin;
  node_.emplace(options, cluster::ClusterPorts{.to_shards = adapters_->to_shards,
                                               .broadcast = adapters_->broadcast,
                                               .log = *adapters_->log,
                                               .nodes = *adapters_->nodes,
                                               .track = *this});
  loop_.SetTurnHooks(
      {.begin = [this](Moment now) { node_->Advance(now); }, .end = [this] { EndTurn(); }});
  ScheduleTick();
  loop_.Start();
}

void ClusterLoop::Handle(const BusMessage& message) { node_->Handle(message); }

void ClusterLoop::Heard(std::string_view message) {
  loop_.BeginTurn();
  node_->Heard(message);
}

void ClusterLoop::Joined() {
  loop_.BeginTurn();
  node_->Joined();
}

void ClusterLoop::Lost() {
  loop_.BeginTurn();
  node_->Lost();
}

void ClusterLoop::LostTrack() {
  telemetry::Log(telemetry::Severity::kError, "lost_track",
                 {{"reason", "the log of what others committed does not reach back far enough"}});
  on_lost_track_();
}

void ClusterLoop::EndTurn() {
  node_->Advance(loop_.now());
  adapters_->after_turn();
  const std::lock_guard lock(mutex_);
  report_ = {
      .at = std::chrono::steady_clock::now(), .state = node_->state(), .counts = node_->counts()};
}

void ClusterLoop::ScheduleTick() {
  tick_.expires_after(kTick);
  tick_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    loop_.BeginTurn();
    ScheduleTick();
  });
}

// Tasks run in the order posted, so all that was published is handled before the wait begins.
void ClusterLoop::Stop() {
  loop_.Post([this] {
    tick_.expires_after(kLastWords);
    tick_.async_wait([this](const boost::system::error_code&) { loop_.Stop(); });
  });
  loop_.Join();
}

ClusterReport ClusterLoop::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

}  // namespace chat::app
