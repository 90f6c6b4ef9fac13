#include "protocol/problem.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace chat {
namespace {

std::uint32_t Milliseconds(std::chrono::milliseconds duration) {
  constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(duration.count(), 0, kMax));
}

}  // namespace

v1::Problem MakeProblem(const Refusal& refusal) {
  v1::Problem problem;
  problem.set_type("about:blank");
  problem.set_title(std::string(HttpTitle(refusal.code)));
  problem.set_status(static_cast<std::uint32_t>(HttpStatus(refusal.code)));
  problem.set_code(std::string(ErrorCodeName(refusal.code)));
  problem.set_detail(refusal.detail);
  if (refusal.retry_after) problem.set_retry_after_ms(Milliseconds(*refusal.retry_after));
  return problem;
}

v1::ErrorEvent MakeErrorEvent(const Refusal& refusal) {
  v1::ErrorEvent event;
  event.set_code(std::string(ErrorCodeName(refusal.code)));
  event.set_detail(refusal.detail);
  if (refusal.retry_after) event.set_retry_after_ms(Milliseconds(*refusal.retry_after));
  return event;
}

}  // namespace chat
