#include "server/core/outbox_reader.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/websocket/frame_header.h"

namespace chat {
namespace {

std::string Number(std::int64_t number) { return std::to_string(number); }

std::string Describe(const v1::PresenceEvent& event) {
  std::string words = "presence";
  for (const v1::Presence& user : event.users()) {
    words += (user.online() ? " +" : " -") + Number(user.user_id());
  }
  return words;
}

std::string Describe(const v1::ServerFrame& frame) {
  switch (frame.body_case()) {
    case v1::ServerFrame::kAck:
      return "ack " + Number(frame.ack().seq());
    case v1::ServerFrame::kMessage:
      return "body " + Number(frame.message().conversation_id()) + "/" +
             Number(frame.message().seq());
    case v1::ServerFrame::kGap:
      return "gap " + Number(frame.gap().conversation_id()) + " at " +
             Number(frame.gap().head_seq()) + "/" + Number(frame.gap().head_change());
    case v1::ServerFrame::kPresence:
      return Describe(frame.presence());
    case v1::ServerFrame::kTyping:
      return "typing " + Number(frame.typing().conversation_id()) + "/" +
             Number(frame.typing().user_id());
    default:
      return "unexpected";
  }
}

std::string DescribePayload(Encoding encoding, std::string_view payload) {
  const auto frame = DecodeServerFrame(encoding, payload);
  if (frame) return Describe(*frame);
  ADD_FAILURE() << "does not decode: " << payload;
  return "undecodable";
}

}  // namespace

std::size_t OutboxReader::Read(Outbox& outbox, std::size_t bytes_max, std::size_t parts_max) {
  std::vector<std::string_view> parts(parts_max);
  const std::size_t shown = outbox.Gather(parts);
  std::size_t taken = 0;
  for (const std::string_view part : std::span(parts).first(shown)) {
    const std::string_view taken_part = part.substr(0, bytes_max - taken);
    bytes_ += taken_part;
    taken += taken_part.size();
  }
  outbox.Consume(taken);
  return taken;
}

void OutboxReader::ReadAll(Outbox& outbox) {
  while (Read(outbox) > 0) {
  }
}

std::vector<std::string> OutboxReader::TakeFrames() {
  std::vector<std::string> frames;
  for (;;) {
    const auto header = websocket::ParseFrameHeader(bytes_, websocket::Role::kClient);
    EXPECT_TRUE(header.has_value());
    if (!header || !*header) return frames;
    const std::size_t head = (*header)->header_bytes();
    const std::size_t size = head + (*header)->payload_bytes;
    if (bytes_.size() < size) return frames;
    frames.push_back(
        DescribePayload(encoding_, std::string_view(bytes_).substr(head, size - head)));
    bytes_.erase(0, size);
  }
}

v1::ServerFrame AckOf(Seq seq) {
  v1::ServerFrame frame;
  frame.mutable_ack()->set_seq(seq.number());
  return frame;
}

v1::ServerFrame BodyOf(ConversationId conversation, Seq seq, std::size_t padding) {
  v1::ServerFrame frame;
  frame.mutable_message()->set_conversation_id(conversation.number());
  frame.mutable_message()->set_seq(seq.number());
  frame.mutable_message()->set_text(std::string(padding, 'x'));
  return frame;
}

v1::ServerFrame TypingOf(ConversationId conversation, UserId user) {
  v1::ServerFrame frame;
  frame.mutable_typing()->set_conversation_id(conversation.number());
  frame.mutable_typing()->set_user_id(user.number());
  return frame;
}

}  // namespace chat
