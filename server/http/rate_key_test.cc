#include "server/http/rate_key.h"

#include <gtest/gtest.h>

namespace chat::http {
namespace {

RateKey KeyOf(const char* address) { return AddressKey(RateOperation::kConnect, address); }

TEST(RateKeyTest, TellsIpv4AddressesApart) {
  EXPECT_EQ(KeyOf("192.0.2.1"), KeyOf("192.0.2.1"));
  EXPECT_EQ(KeyOf("192.0.2.1"), KeyOf("::ffff:192.0.2.1"));
  EXPECT_NE(KeyOf("192.0.2.1"), KeyOf("192.0.2.2"));
}

TEST(RateKeyTest, TakesAnIpv6NetworkForOneAddress) {
  EXPECT_EQ(KeyOf("2001:db8:1:2::1"), KeyOf("2001:db8:1:2:ffff::9"));
  EXPECT_NE(KeyOf("2001:db8:1:2::1"), KeyOf("2001:db8:1:3::1"));
}

TEST(RateKeyTest, TellsOperationsApart) {
  EXPECT_NE(AddressKey(RateOperation::kOther, "192.0.2.1"), KeyOf("192.0.2.1"));
}

}  // namespace
}  // namespace chat::http
