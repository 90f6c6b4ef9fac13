#include "tests/harness/hub_world.h"

#include <array>
#include <stdexcept>
#include <utility>
#include <variant>

namespace chat::testing {

Device::Device(Hub& hub, SessionOwner owner, Encoding encoding)
    : hub_(hub),
      encoding_(encoding),
      connection_(&hub.Connect({.owner = owner, .encoding = encoding, .peer = this})),
      reader_(websocket::Role::kClient, {}) {}

void Device::Give(const v1::ClientFrame& frame) {
  const auto opcode =
      encoding_ == Encoding::kJson ? websocket::Opcode::kText : websocket::Opcode::kBinary;
  GiveBytes(opcode, EncodeClientFrame(encoding_, frame));
}

void Device::GiveBytes(websocket::Opcode opcode, std::string_view payload) {
  hub_.Receive(*connection_, opcode, payload);
}

std::vector<v1::ServerFrame> Device::Take() {
  std::vector<v1::ServerFrame> frames;
  while (!connection_->outbox().empty()) {
    std::array<std::string_view, 4> parts;
    std::string bytes;
    const std::size_t filled = connection_->outbox().Gather(parts);
    for (std::size_t i = 0; i < filled; ++i) bytes += parts[i];
    hub_.Written(*connection_, bytes.size());
    std::span<char> unread(bytes);
    while (const auto event = reader_.Next(unread)) {
      const auto* message = std::get_if<websocket::Message>(&*event);
      if (message == nullptr) throw std::logic_error("the outbox holds no whole messages");
      frames.push_back(*DecodeServerFrame(encoding_, message->payload));
    }
  }
  return frames;
}

std::vector<v1::ServerFrame> Device::TakeAnswers() {
  std::vector<v1::ServerFrame> frames = Take();
  std::erase_if(frames, [](const v1::ServerFrame& frame) {
    return frame.has_welcome() || (frame.has_presence() && !frame.has_ref());
  });
  return frames;
}

void Device::Disconnect() { hub_.Disconnect(*std::exchange(connection_, nullptr)); }

void Device::Close(websocket::CloseCode code, std::string_view) { closed_with_ = code; }

HubWorld::HubWorld(std::uint32_t shards, HubOptions options, std::optional<Rates> rates)
    : rate_limits_(rates, [this] { return now_.steady; }) {
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    options.shard = shard;
    options.node = "test";
    hubs_.push_back(std::make_unique<Hub>(options,
                                          HubPorts{.home = executor_,
                                                   .bus = bus_,
                                                   .messages = store_,
                                                   .message_changes = store_,
                                                   .conversations = store_,
                                                   .marks = store_,
                                                   .presence_records = store_,
                                                   .rate_limits = rate_limits_,
                                                   .ended_sessions = store_},
                                          now_));
    bus_.Subscribe({executor_, [hub = hubs_.back().get()](const BusMessage& message) {
                      hub->Handle(message);
                    }});
  }
}

Device& HubWorld::Connect(UserId user, std::uint32_t shard, Encoding encoding) {
  return Connect(SessionOwner{SessionId(++last_session_), user}, shard, encoding);
}

Device& HubWorld::Connect(SessionOwner owner, std::uint32_t shard, Encoding encoding) {
  devices_.push_back(std::make_unique<Device>(*hubs_[shard], owner, encoding));
  return *devices_.back();
}

void HubWorld::Pass(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kStep{100};
  for (auto passed = std::chrono::milliseconds(0); passed < time; passed += kStep) {
    now_.steady += kStep;
    now_.wall += kStep;
    for (const auto& hub : hubs_) hub->Advance(now_);
    Settle();
  }
}

v1::ClientFrame SendFrame(ConversationId conversation, std::string client_msg_id,
                          std::string text) {
  v1::ClientFrame frame;
  frame.set_ref(7);
  frame.mutable_send()->set_conversation_id(conversation.number());
  frame.mutable_send()->set_client_msg_id(std::move(client_msg_id));
  frame.mutable_send()->set_text(std::move(text));
  return frame;
}

v1::ClientFrame EditFrame(ConversationId conversation, Seq seq, std::string text) {
  v1::ClientFrame frame;
  frame.set_ref(10);
  frame.mutable_edit()->set_conversation_id(conversation.number());
  frame.mutable_edit()->set_seq(seq.number());
  frame.mutable_edit()->set_text(std::move(text));
  return frame;
}

v1::ClientFrame DeleteFrame(ConversationId conversation, Seq seq) {
  v1::ClientFrame frame;
  frame.set_ref(11);
  frame.mutable_delete_()->set_conversation_id(conversation.number());
  frame.mutable_delete_()->set_seq(seq.number());
  return frame;
}

v1::ClientFrame ReactFrame(ConversationId conversation, Seq seq, std::string emoji, bool on) {
  v1::ClientFrame frame;
  frame.set_ref(12);
  frame.mutable_react()->set_conversation_id(conversation.number());
  frame.mutable_react()->set_seq(seq.number());
  frame.mutable_react()->set_emoji(std::move(emoji));
  frame.mutable_react()->set_on(on);
  return frame;
}

v1::ClientFrame SyncFrame(const std::vector<SyncCursor>& cursors) {
  v1::ClientFrame frame;
  frame.set_ref(8);
  frame.mutable_sync();
  for (const SyncCursor& cursor : cursors) {
    v1::SyncCursor& wire = *frame.mutable_sync()->add_cursors();
    wire.set_conversation_id(cursor.conversation_id.number());
    wire.set_after_seq(cursor.after_seq.number());
    wire.set_after_change(cursor.after_change.number());
  }
  return frame;
}

v1::ClientFrame ReadFrame(ConversationId conversation, Seq read_seq) {
  v1::ClientFrame frame;
  frame.mutable_receipt()->set_conversation_id(conversation.number());
  frame.mutable_receipt()->set_read_seq(read_seq.number());
  return frame;
}

v1::ClientFrame DeliveredFrame(ConversationId conversation, Seq delivered_seq) {
  v1::ClientFrame frame;
  frame.mutable_receipt()->set_conversation_id(conversation.number());
  frame.mutable_receipt()->set_delivered_seq(delivered_seq.number());
  return frame;
}

v1::ClientFrame TypingCommandFrame(ConversationId conversation, bool active) {
  v1::ClientFrame frame;
  frame.mutable_typing()->set_conversation_id(conversation.number());
  frame.mutable_typing()->set_active(active);
  return frame;
}

v1::ClientFrame WatchFrame(const std::vector<UserId>& users) {
  v1::ClientFrame frame;
  frame.set_ref(9);
  frame.mutable_watch_presence();
  for (const UserId user : users) frame.mutable_watch_presence()->add_user_ids(user.number());
  return frame;
}

}  // namespace chat::testing
