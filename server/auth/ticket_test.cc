#include "server/auth/ticket.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "server/auth/test_keyring.h"

namespace chat::auth {
namespace {

using std::chrono::milliseconds;

constexpr UnixTime kNow{milliseconds(1'795'000'000'000)};

TicketUse SomeUse() {
  TicketUse use{
      .nonce = {}, .session_id = SessionId(77), .expires_at = kNow + milliseconds(30'000)};
  for (std::size_t i = 0; i < use.nonce.size(); ++i) {
    use.nonce[i] = static_cast<std::uint8_t>(0xf0 + i);
  }
  return use;
}

TEST(TicketTest, CarriesNonceSessionAndExpiry) {
  const Keyring keyring = MakeKeyring();

  const auto use = VerifyTicket(keyring, IssueTicket(keyring, SomeUse()), kNow);

  ASSERT_TRUE(use.has_value());
  EXPECT_EQ(use->nonce, SomeUse().nonce);
  EXPECT_EQ(use->session_id, SomeUse().session_id);
  EXPECT_EQ(use->expires_at, SomeUse().expires_at);
}

TEST(TicketTest, NeedsNoEscapingInAnAddress) {
  const std::string ticket = IssueTicket(MakeKeyring(), SomeUse());

  EXPECT_EQ(
      ticket.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
      std::string::npos)
      << ticket;
}

TEST(TicketTest, RefusesEveryFlippedBitAndEveryTruncation) {
  const Keyring keyring = MakeKeyring();
  const std::string ticket = IssueTicket(keyring, SomeUse());

  for (std::size_t i = 0; i < ticket.size(); ++i) {
    EXPECT_FALSE(VerifyTicket(keyring, ticket.substr(0, i), kNow).has_value()) << i;
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = ticket;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      EXPECT_FALSE(VerifyTicket(keyring, flipped, kNow).has_value())
          << "byte " << i << " bit " << bit;
    }
  }
}

TEST(TicketTest, ExpiresToTheMillisecond) {
  const Keyring keyring = MakeKeyring();
  const std::string ticket = IssueTicket(keyring, SomeUse());

  EXPECT_TRUE(VerifyTicket(keyring, ticket, kNow + milliseconds(29'999)).has_value());
  EXPECT_EQ(VerifyTicket(keyring, ticket, kNow + milliseconds(30'000)).error(),
            TokenError::kExpired);
}

}  // namespace
}  // namespace chat::auth
