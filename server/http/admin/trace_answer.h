// How the trace of a message is answered.
#pragma once

#include <functional>

#include "protocol/ids.h"
#include "server/http/admin/admin.pb.h"
#include "server/ports/inspection.h"

namespace chat::http {

// How many members an answer lists.
inline constexpr int kTracedMembersMax = 200;

// Where the message is, never what it says. A trace of more than kTracedMembersMax members tells
// that there are more.
admin::v1::TraceResponse MakeTraceAnswer(const MessageTrace& trace,
                                         const std::function<bool(UserId)>& is_online);

}  // namespace chat::http
