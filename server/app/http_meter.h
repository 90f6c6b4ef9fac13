// Counts what the public HTTP of one shard answered. Logins are told apart: they are what people
// notice first, and what an attack looks like.
#pragma once

#include "server/http/session.h"
#include "server/telemetry/metrics.h"

namespace chat::app {

// Thread: the shard's.
class HttpMeter {
 public:
  void Count(const http::ServedRequest& served);

  const telemetry::HttpMeasures& measures() const { return measures_; }

 private:
  telemetry::HttpMeasures measures_;
};

}  // namespace chat::app
