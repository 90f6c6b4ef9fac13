#include "server/net/connection_table.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <cassert>
#include <utility>

namespace chat::net {
namespace {

constexpr std::chrono::milliseconds kSweepInterval{100};

}  // namespace

ConnectionTable::ConnectionTable(runtime::Shard& shard, Hub& hub, ConnectionTableOptions options)
    : shard_(shard),
      options_(std::move(options)),
      poller_(shard.io_context().get_executor(),
              [this](std::span<const Ready> batch) { HandleReady(batch); }),
      shared_{
          .hub = hub, .poller = poller_, .on_ended = options_.on_ended, .now = shard.now().steady},
      sweep_timer_(shard.io_context()),
      empty_(shard.io_context()) {}

ConnectionTable::~ConnectionTable() {
  shard_.SetTurnHooks({});
  for (const auto& connection : connections_) connection->Abandon();
}

void ConnectionTable::Start() {
  shard_.SetTurnHooks(
      {.begin = [this](Moment now) { BeginTurn(now); }, .end = [this] { EndTurn(); }});
  poller_.WatchNext();
  ScheduleSweep();
}

void ConnectionTable::Add(NewWebSocket made) {
  shard_.BeginTurn();
  connections_.push_back(std::make_unique<WebSocketConnection>(std::move(made.transport),
                                                               made.client_address, shared_));
  WebSocketConnection& connection = *connections_.back();
  connection.index = static_cast<std::uint32_t>(connections_.size() - 1);
  connection.Open(std::move(made));
}

void ConnectionTable::CloseAll(websocket::CloseCode code, std::string_view reason) {
  shard_.BeginTurn();
  for (const auto& connection : connections_) connection->EndWith(code, reason);
}

asio::awaitable<bool> ConnectionTable::WaitUntilEmpty(std::chrono::milliseconds timeout) {
  if (!connections_.empty()) {
    empty_.expires_after(timeout);
    co_await empty_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return connections_.empty();
}

void ConnectionTable::BeginTurn(Moment now) {
  shared_.now = now.steady;
  shared_.hub.Advance(now);
}

void ConnectionTable::EndTurn() {
  FlushAll();
  DestroyEnded();
  poller_.WatchNext();
}

void ConnectionTable::HandleReady(std::span<const Ready> batch) {
  shard_.BeginTurn();
  for (const Ready& ready : batch) {
    static_cast<WebSocketConnection*>(ready.token)->HandleReady(ready);
  }
}

void ConnectionTable::Sweep() {
  shard_.BeginTurn();
  std::swap(sweeping_, shared_.to_check);
  for (WebSocketConnection* const connection : sweeping_) {
    if (connection->CheckDeadlines()) shared_.to_check.push_back(connection);
  }
  sweeping_.clear();
}

// Flushing one may give others something to write: they join the list while it is walked.
void ConnectionTable::FlushAll() {
  for (std::size_t i = 0; i < shared_.to_flush.size(); ++i) shared_.to_flush[i]->Flush();
  shared_.to_flush.clear();
}

void ConnectionTable::DestroyEnded() {
  if (shared_.to_destroy.empty()) return;
  std::erase_if(shared_.to_check, [](const WebSocketConnection* c) { return c->has_ended(); });
  for (WebSocketConnection* const connection : shared_.to_destroy) Remove(connection);
  shared_.to_destroy.clear();
  if (connections_.empty()) empty_.cancel();
}

void ConnectionTable::Remove(WebSocketConnection* connection) {
  const std::uint32_t index = connection->index;
  assert(connections_[index].get() == connection);
  std::swap(connections_[index], connections_.back());
  connections_[index]->index = index;
  connections_.pop_back();
}

void ConnectionTable::ScheduleSweep() {
  sweep_timer_.expires_after(kSweepInterval);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // the table is gone
    Sweep();
    ScheduleSweep();
  });
}

}  // namespace chat::net
