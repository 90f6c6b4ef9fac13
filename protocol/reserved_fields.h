// Refuses what the schema reserves for later, so that no client believes it was understood.
#pragma once

#include <expected>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"

namespace chat {

// Errors: kUnsupported if `payload`, `payload_type`, `attachments` or `mentions` is set.
std::expected<void, Refusal> CheckReservedFields(const v1::SendCommand& send);
std::expected<void, Refusal> CheckReservedFields(const v1::SendMessageRequest& request);

// Errors: kUnsupported if `push` is set.
std::expected<void, Refusal> CheckReservedFields(const v1::LoginRequest& request);

}  // namespace chat
