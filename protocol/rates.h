// What is limited in how often it may happen, and how often by default. An operator may set other
// rates; README.md tells clients of these.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "protocol/limits.h"

namespace chat {

enum class RateOperation : std::uint8_t {
  kSend,              // of a user
  kTyping,            // of a user
  kLoginToAccount,    // whoever tries
  kLoginFromAddress,  // to whatever account
  kRegister,          // from an address
  kConnect,           // a WebSocket, from an address
  kOther,             // whatever else a user asks, or an address before it is known whose it is
};
inline constexpr std::size_t kRateOperations = 7;

// The rate of each operation, in the order of the enumerators.
using Rates = std::array<RateLimit, kRateOperations>;

inline constexpr Rates kDefaultRates = {
    kSendRatePerUser,        kTypingRatePerUser,     kLoginRatePerAccount, kLoginRatePerAddress,
    kRegisterRatePerAddress, kConnectRatePerAddress, kOtherRatePerUser,
};

// As operators write them.
inline constexpr std::array<std::string_view, kRateOperations> kRateNames = {
    "send", "typing", "login_account", "login_address", "register", "connect", "other",
};

constexpr const RateLimit& RateOf(const Rates& rates, RateOperation operation) {
  return rates[std::to_underlying(operation)];
}

constexpr std::string_view NameOf(RateOperation operation) {
  return kRateNames[std::to_underlying(operation)];
}

}  // namespace chat
