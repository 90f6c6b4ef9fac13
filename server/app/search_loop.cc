#include "server/app/search_loop.h"

#include <boost/system/error_code.hpp>
#include <chrono>
#include <utility>
#include <variant>

namespace chat::app {
namespace {

// How long commits are gathered. What is found is at most this, and the time of one update, behind.
constexpr std::chrono::milliseconds kTick{100};

}  // namespace

SearchLoop::SearchLoop(const Clock& clock)
    : loop_({.number = 0, .clock = &clock}), tick_(loop_.io_context()) {}

SearchLoop::~SearchLoop() { Stop(); }

BusSubscriber SearchLoop::subscriber() {
  return {loop_, [this](const BusMessage& message) { Hear(message); }};
}

void SearchLoop::Start(std::unique_ptr<SearchIndex> index) {
  index_ = std::move(index);
  reader_.emplace(*index_);
  loop_.Post([this] { Tick(); });
  loop_.Start();
}

void SearchLoop::LookAtAll() {
  loop_.Post([this] { reader_->LookAtAll(); });
}

void SearchLoop::Stop() {
  loop_.Stop();
  loop_.Join();
}

void SearchLoop::Hear(const BusMessage& message) {
  if (const auto* batch = std::get_if<std::shared_ptr<const CommitBatch>>(&message)) {
    reader_->Hear(**batch, loop_.now());
  }
}

void SearchLoop::Tick() {
  reader_->Advance(loop_.now());
  {
    const std::lock_guard lock(mutex_);
    state_ = reader_->state(loop_.now());
  }
  tick_.expires_after(kTick);
  tick_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    loop_.BeginTurn();
    Tick();
  });
}

std::vector<telemetry::PartNumber> SearchLoop::numbers() const {
  using Kind = telemetry::PartNumber::Kind;
  const std::lock_guard lock(mutex_);
  const double behind =
      state_.behind ? std::chrono::duration<double>(*state_.behind).count() : -1.0;
  return {
      {"chat_search_behind_seconds",
       "How long the oldest message that cannot be found yet has waited; -1 before that is known.",
       Kind::kGauge, behind},
      {"chat_search_conversations_waiting", "Conversations with messages to be indexed.",
       Kind::kGauge, static_cast<double>(state_.conversations_waiting)},
      {"chat_search_indexed_total", "Entries and changes put into the index by this node.",
       Kind::kCounter, static_cast<double>(state_.entries_indexed)},
      {"chat_search_failures_total", "Calls to the index that failed; they are tried again.",
       Kind::kCounter, static_cast<double>(state_.failures)}};
}

}  // namespace chat::app
