// The server's frames that are no things of the domain, written out: one function each, values in,
// frame out. Things (messages, users …) are mapped in wire.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/core/sync_state.h"
#include "server/ports/bus.h"

namespace chat {

// The `ref` of the client's frame, which its answer carries.
using Ref = std::optional<std::uint32_t>;

// After how long a client may try again what failed because a store could not answer.
inline constexpr std::chrono::milliseconds kRetryAfter{1000};

struct WelcomeContent {
  SessionOwner owner;
  std::string_view node;
  std::chrono::milliseconds heartbeat_interval;
  std::chrono::milliseconds heartbeat_timeout;
  UnixTime server_time;
};

struct SendAck {
  ConversationId conversation_id;
  std::string_view client_msg_id;
  MessageId message_id;
  Seq seq;
  UnixTime created_at;
};

struct ChangeAck {
  ConversationId conversation_id;
  Seq seq;
  Change change;
};

v1::ServerFrame WelcomeFrame(const WelcomeContent& content);
v1::ServerFrame HeartbeatAckFrame(Ref ref);
v1::ServerFrame AckFrame(Ref ref, const SendAck& ack);
v1::ServerFrame AckFrame(Ref ref, const ChangeAck& ack);
v1::ServerFrame ErrorFrame(Ref ref, const Refusal& refusal);
v1::ServerFrame MessageFrame(const Entry& entry);
// `edited`, `deleted` or `reaction`.
v1::ServerFrame ChangeFrame(const EntryChange& change);
v1::ServerFrame GapFrame(ConversationId conversation, Seq head_seq, Change head_change);
v1::ServerFrame SyncDoneFrame(Ref ref, const std::vector<SyncPosition>& positions);
v1::ServerFrame ContactFrame(const ContactChanged& changed);
v1::ServerFrame ConversationFrame(const ConversationChanged& changed);
v1::ServerFrame ReceiptFrame(const MarksMoved& moved);
v1::ServerFrame TypingFrame(const TypingChanged& changed);
v1::ServerFrame GoAwayFrame(std::chrono::milliseconds reconnect_after);

}  // namespace chat
