// The hub's answers to what clients send. Which frame is legal when stands here and nowhere else.
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "protocol/reserved_fields.h"
#include "protocol/text.h"
#include "server/core/hub.h"

namespace chat {
namespace {

Refusal Unsupported(std::string detail) {
  return {.code = ErrorCode::kUnsupported, .detail = std::move(detail), .retry_after = {}};
}

Refusal ToRefusal(AppendError error) {
  switch (error) {
    case AppendError::kNotFound:
      return {ErrorCode::kNotFound, "no such conversation", {}};
    case AppendError::kClosed:
      return {ErrorCode::kNotContacts, "one of you blocks the other", {}};
    case AppendError::kClientMsgIdReused:
      return {ErrorCode::kClientMsgIdReused, "client_msg_id was used for another message", {}};
    case AppendError::kReplyNotFound:
      return {ErrorCode::kInvalidArgument, "reply_to_seq names no entry of this conversation", {}};
    case AppendError::kUnavailable:
      return {ErrorCode::kUnavailable, "the message could not be stored; send it again",
              kRetryAfter};
  }
  return {ErrorCode::kInternal, "", {}};
}

std::expected<void, Refusal> CheckSend(const v1::SendCommand& command) {
  if (auto legal = CheckReservedFields(command); !legal) return legal;
  if (auto legal = CheckClientMsgId(command.client_msg_id()); !legal) return legal;
  return CheckText(command.text());
}

// Heartbeats and receipts cost next to nothing, and their number follows from something else.
std::optional<RateOperation> OperationOf(v1::ClientFrame::BodyCase body) {
  switch (body) {
    case v1::ClientFrame::kHeartbeat:
    case v1::ClientFrame::kReceipt:
      return std::nullopt;
    case v1::ClientFrame::kSend:
      return RateOperation::kSend;
    case v1::ClientFrame::kTyping:
      return RateOperation::kTyping;
    case v1::ClientFrame::kSync:
    case v1::ClientFrame::kWatchPresence:
    case v1::ClientFrame::kEdit:
    case v1::ClientFrame::kDelete:
    case v1::ClientFrame::kReact:
    case v1::ClientFrame::BODY_NOT_SET:
      break;
  }
  return RateOperation::kOther;
}

Ref RefOf(const v1::ClientFrame& frame) { return frame.has_ref() ? Ref(frame.ref()) : Ref(); }

}  // namespace

void Hub::Receive(Connection& connection, websocket::Opcode opcode, std::string_view payload) {
  if (connection.closing()) return;
  ++counters_.frames_received;
  Touch(connection);
  const auto expected = connection.encoding() == Encoding::kJson ? websocket::Opcode::kText
                                                                 : websocket::Opcode::kBinary;
  if (opcode != expected) {
    return connection.Close(websocket::CloseCode::kWrongFrameType,
                            "not this subprotocol's frame type");
  }
  const auto frame = DecodeClientFrame(connection.encoding(), payload);
  if (!frame) return RefuseUndecodable(connection, frame.error());
  Dispatch(connection, *frame);
}

void Hub::RefuseUndecodable(Connection& connection, const DecodeError& error) {
  Refuse(connection, error.ref, error.refusal);
  if (error.refusal.code != ErrorCode::kInvalidFrame) return;
  ++counters_.invalid_frames;
  if (connection.CountInvalidFrame(now_.steady)) {
    connection.Close(websocket::CloseCode::kPolicyViolation, "too many invalid frames");
  }
}

void Hub::Dispatch(Connection& connection, const v1::ClientFrame& frame) {
  const Ref ref = RefOf(frame);
  if (IsTooOften(connection, ref, frame)) return;
  switch (frame.body_case()) {
    case v1::ClientFrame::kHeartbeat:
      return connection.Send(HeartbeatAckFrame(ref));
    case v1::ClientFrame::kSend:
      return HandleSend(connection, ref, frame.send());
    case v1::ClientFrame::kSync:
      return syncs_.Start(connection, ref, frame.sync());
    case v1::ClientFrame::kWatchPresence:
      return presence_.Watch(connection, ref, frame.watch_presence());
    case v1::ClientFrame::kEdit:
      return HandleEdit(connection, ref, frame.edit());
    case v1::ClientFrame::kDelete:
      return HandleDelete(connection, ref, frame.delete_());
    case v1::ClientFrame::kReact:
      return HandleReact(connection, ref, frame.react());
    case v1::ClientFrame::kReceipt:
      return receipts_.Receive(connection, ref, frame.receipt());
    case v1::ClientFrame::kTyping:
      return typing_.Receive(connection, frame.typing(), now_.steady);
    case v1::ClientFrame::BODY_NOT_SET:
      break;
  }
  Refuse(connection, ref, Unsupported("this server does not know this frame yet"));
}

void Hub::Refuse(Connection& connection, Ref ref, Refusal refusal) {
  connection.Send(ErrorFrame(ref, refusal));
}

bool Hub::IsTooOften(Connection& connection, Ref ref, const v1::ClientFrame& frame) {
  const std::optional<RateOperation> operation = OperationOf(frame.body_case());
  if (!operation) return false;
  const RateWait wait =
      ports_.rate_limits.TryTake(RateKey::OfUser(*operation, connection.owner().user_id));
  if (!wait) return false;
  Refuse(connection, ref, {ErrorCode::kRateLimited, "too many of these frames", wait});
  if (connection.CountFrameTooOften(now_.steady)) {
    connection.Close(websocket::CloseCode::kPolicyViolation, "too many frames over the rate");
  }
  return true;
}

// Counts one more that the connection waits for, or says that it waits for too many.
bool Hub::AdmitSend(Connection& connection, Ref ref) {
  if (connection.sends_in_flight >= PendingSends::kSendsInFlightMax) {
    Refuse(connection, ref, {ErrorCode::kRateLimited, "too many unanswered sends", kRetryAfter});
    return false;
  }
  ++connection.sends_in_flight;
  return true;
}

void Hub::HandleSend(Connection& connection, Ref ref, const v1::SendCommand& command) {
  if (auto legal = CheckSend(command); !legal) return Refuse(connection, ref, legal.error());
  if (!AdmitSend(connection, ref)) return;
  ++counters_.sends;
  const ConversationId conversation(command.conversation_id());
  const std::uint64_t number = sends_.Add({.connection = connection.handle(),
                                           .ref = ref,
                                           .conversation_id = conversation,
                                           .client_msg_id = command.client_msg_id(),
                                           .sent_at = now_.steady});
  ports_.messages.Append(
      {.conversation_id = conversation,
       .sender_id = connection.owner().user_id,
       .client_msg_id = command.client_msg_id(),
       .text = command.text(),
       .reply_to_seq =
           command.has_reply_to_seq() ? std::optional(Seq(command.reply_to_seq())) : std::nullopt,
       .origin = {.shard = options_.shard, .send = number}},
      [self = std::weak_ptr(self_), number](Result<Appended, AppendError> answer) {
        if (const auto hub = self.lock()) (*hub)->SendAnswered(number, std::move(answer));
      });
}

// A stored entry is normally acked when its turn comes in Deliver; here are refusals, repeats, and
// entries that never come through this shard's delivery. A repeat may be answered while others are
// held.
void Hub::SendAnswered(std::uint64_t number, Result<Appended, AppendError> answer) {
  if (answer) {
    const PendingSend* send = sends_.Find(number);
    const SendOrigin origin{.shard = options_.shard, .send = number};
    if (send != nullptr && !delivery_.HoldsSend(send->conversation_id, origin)) {
      AckSend(number, *answer);
    }
    return;
  }
  const std::optional<PendingSend> send = sends_.Take(number);
  if (!send) return;
  ++counters_.sends_refused;
  if (Connection* connection = roster_.Find(send->connection)) {
    --connection->sends_in_flight;
    Refuse(*connection, send->ref, ToRefusal(answer.error()));
  }
}

void Hub::AckSend(std::uint64_t number, const Appended& appended) {
  const std::optional<PendingSend> send = sends_.Take(number);
  if (!send) return;
  Connection* connection = roster_.Find(send->connection);
  if (connection == nullptr) return;
  --connection->sends_in_flight;
  ++counters_.acks;
  counters_.send_ack_seconds.Add(now_.steady - send->sent_at);
  connection->Send(AckFrame(send->ref, {.conversation_id = send->conversation_id,
                                        .client_msg_id = send->client_msg_id,
                                        .message_id = appended.message_id,
                                        .seq = appended.seq,
                                        .created_at = appended.created_at}));
}

}  // namespace chat
