// Several shards of core in one thread and in virtual time: hubs, a bus, a store in memory, and
// devices that hold connections. Nothing runs until the test says so, so every interleaving can be
// written down.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "protocol/rates.h"
#include "protocol/websocket/close_code.h"
#include "protocol/websocket/message_reader.h"
#include "server/core/hub.h"
#include "server/local/local_bus.h"
#include "server/local/local_rate_limits.h"
#include "tests/harness/manual_executor.h"
#include "tests/harness/memory_store.h"

namespace chat::testing {

// One connection as its client sees it.
//
// Lifetime: the world's.
class Device : public Peer {
 public:
  Device(Hub& hub, SessionOwner owner, Encoding encoding);

  // Hands a frame to the hub.
  void Give(const v1::ClientFrame& frame);
  void GiveBytes(websocket::Opcode opcode, std::string_view payload);

  // The frames that are written by now, in order; the device has then read everything.
  std::vector<v1::ServerFrame> Take();

  // Take, without `welcome` and `presence`.
  std::vector<v1::ServerFrame> TakeAnswers();

  // The socket breaks, or is closed after Close.
  void Disconnect();

  std::optional<websocket::CloseCode> closed_with() const { return closed_with_; }
  Connection& connection() { return *connection_; }

  void OutputReady() override { ++wakeups_; }
  void Close(websocket::CloseCode code, std::string_view reason) override;
  int wakeups() const { return wakeups_; }

 private:
  Hub& hub_;
  Encoding encoding_;
  Connection* connection_;
  websocket::MessageReader reader_;
  std::optional<websocket::CloseCode> closed_with_;
  int wakeups_ = 0;
};

// Thread: one. Lifetime: the test's.
class HubWorld {
 public:
  // Nothing is limited without rates.
  explicit HubWorld(std::uint32_t shards = 1, HubOptions options = {},
                    std::optional<Rates> rates = std::nullopt);

  // With a new session of the user's.
  Device& Connect(UserId user, std::uint32_t shard = 0, Encoding encoding = Encoding::kProtobuf);

  Device& Connect(SessionOwner owner, std::uint32_t shard = 0,
                  Encoding encoding = Encoding::kProtobuf);

  // Runs all that was posted.
  void Settle() { executor_.RunAll(); }

  // Moves time on in steps of 100 ms, as a shard does, and settles after each.
  void Pass(std::chrono::milliseconds time);

  MemoryStore& store() { return store_; }
  Hub& hub(std::uint32_t shard = 0) { return *hubs_[shard]; }
  ManualExecutor& executor() { return executor_; }
  LocalBus& bus() { return bus_; }

 private:
  ManualExecutor executor_;
  LocalBus bus_;
  MemoryStore store_{executor_, bus_};
  Moment now_{Instant(std::chrono::hours(1)), UnixTime(std::chrono::days(20'000))};
  LocalRateLimits rate_limits_;
  std::vector<std::unique_ptr<Hub>> hubs_;
  std::deque<std::unique_ptr<Device>> devices_;
  std::int64_t last_session_ = 0;
};

// Commands, written short.
v1::ClientFrame SendFrame(ConversationId conversation, std::string client_msg_id, std::string text);
v1::ClientFrame EditFrame(ConversationId conversation, Seq seq, std::string text);
v1::ClientFrame DeleteFrame(ConversationId conversation, Seq seq);
v1::ClientFrame ReactFrame(ConversationId conversation, Seq seq, std::string emoji, bool on = true);
v1::ClientFrame SyncFrame(const std::vector<SyncCursor>& cursors);
v1::ClientFrame ReadFrame(ConversationId conversation, Seq read_seq);
v1::ClientFrame DeliveredFrame(ConversationId conversation, Seq delivered_seq);
v1::ClientFrame TypingCommandFrame(ConversationId conversation, bool active);
v1::ClientFrame WatchFrame(const std::vector<UserId>& users);

}  // namespace chat::testing
