#include "protocol/reserved_fields.h"

#include <expected>
#include <string>
#include <string_view>

namespace chat {
namespace {

std::unexpected<Refusal> Unsupported(std::string_view field) {
  std::string detail = "This server does not know \"" + std::string(field) + "\" yet.";
  return std::unexpected(Refusal{ErrorCode::kUnsupported, std::move(detail), {}});
}

template <typename Send>
std::expected<void, Refusal> CheckSend(const Send& send) {
  if (send.has_payload()) return Unsupported("payload");
  if (send.has_payload_type()) return Unsupported("payload_type");
  if (send.attachments_size() > 0) return Unsupported("attachments");
  if (send.mentions_size() > 0) return Unsupported("mentions");
  return {};
}

}  // namespace

std::expected<void, Refusal> CheckReservedFields(const v1::SendCommand& send) {
  return CheckSend(send);
}

std::expected<void, Refusal> CheckReservedFields(const v1::SendMessageRequest& request) {
  return CheckSend(request);
}

std::expected<void, Refusal> CheckReservedFields(const v1::LoginRequest& request) {
  if (request.has_push()) return Unsupported("push");
  return {};
}

}  // namespace chat
