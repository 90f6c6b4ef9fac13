// Errors of the HTTP API as RFC 9457 problems, made from the refusals that frames use too.
#pragma once

#include "protocol/errors.h"
#include "server/http/response.h"

namespace chat::http {

// application/problem+json with the status of the refusal's code. `retry_after` also becomes
// Retry-After, in whole seconds rounded up; 401 carries WWW-Authenticate: Bearer. Source: RFC 9457
// §3, RFC 9110 §10.2.3, RFC 6750 §3.
Response ProblemResponse(const Refusal& refusal);

}  // namespace chat::http
