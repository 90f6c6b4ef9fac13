#include "server/app/rate_metrics.h"

#include <utility>

namespace chat::app {

std::vector<telemetry::PartNumber> RateNumbers(const RefusedCounts& refused) {
  using Kind = telemetry::PartNumber::Kind;
  const auto count = [&](RateOperation operation) {
    return static_cast<double>(refused[std::to_underlying(operation)]);
  };
  return {{"chat_rate_limited_sends_total", "Sends refused because they came too often.",
           Kind::kCounter, count(RateOperation::kSend)},
          {"chat_rate_limited_typing_total", "Signs of typing refused.", Kind::kCounter,
           count(RateOperation::kTyping)},
          {"chat_rate_limited_account_logins_total", "Logins refused to an account.",
           Kind::kCounter, count(RateOperation::kLoginToAccount)},
          {"chat_rate_limited_address_logins_total", "Logins refused from an address.",
           Kind::kCounter, count(RateOperation::kLoginFromAddress)},
          {"chat_rate_limited_registrations_total", "Registrations refused from an address.",
           Kind::kCounter, count(RateOperation::kRegister)},
          {"chat_rate_limited_connects_total", "WebSockets refused from an address.",
           Kind::kCounter, count(RateOperation::kConnect)},
          {"chat_rate_limited_others_total", "Other requests and frames refused.", Kind::kCounter,
           count(RateOperation::kOther)}};
}

}  // namespace chat::app
