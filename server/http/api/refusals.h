// The refusals that several resources answer with, said the same way by all of them.
#pragma once

#include <chrono>
#include <string>

#include "protocol/errors.h"
#include "server/http/response.h"
#include "server/ports/completion.h"
#include "server/ports/groups.h"

namespace chat::http {

// `detail` is one sentence.
Response Refuse(ErrorCode code, std::string detail);

// What is absent and what is not the caller's: byte for byte the same.
Response NotFound();

// A store or the hashing threads cannot serve now; says when to try again.
Response Unavailable();

// Over a rate; says when there is room again.
Response TooOften(std::chrono::milliseconds wait);

Response Unauthenticated();

Response RefuseView(ViewError error);
Response RefuseGroup(GroupError error);

}  // namespace chat::http
