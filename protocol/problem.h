// How a refusal is said: a problem in HTTP, an `error` frame on a WebSocket.
#pragma once

#include "protocol/chat.pb.h"
#include "protocol/errors.h"

namespace chat {

// Source: RFC 9457 §3.1.
v1::Problem MakeProblem(const Refusal& refusal);

v1::ErrorEvent MakeErrorEvent(const Refusal& refusal);

}  // namespace chat
