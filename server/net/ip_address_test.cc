#include "server/net/ip_address.h"

#include <gtest/gtest.h>

namespace chat::net {
namespace {

TEST(IpAddressTest, KeepsTheTextOfBothFamilies) {
  for (const char* text : {"127.0.0.1", "255.255.255.255", "::1", "2001:db8::17"}) {
    const std::optional<IpAddress> address = IpAddress::Parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->ToString(), text);
  }
}

TEST(IpAddressTest, AMappedAddressIsTheSameAsItsShortForm) {
  EXPECT_EQ(IpAddress::Parse("::ffff:192.0.2.1"), IpAddress::Parse("192.0.2.1"));
}

TEST(IpAddressTest, RefusesWhatIsNoAddress) {
  for (const std::string_view text :
       {"", "localhost", "1.2.3", "1.2.3.4:80", "[::1]", "1.2.3.256", "unknown", "::1%lo"}) {
    EXPECT_FALSE(IpAddress::Parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::Parse(std::string_view("1.2.3.4\0", 8)));
}

TEST(IpPrefixTest, ContainsWhatBeginsWithItsBits) {
  const IpAddress inside = *IpAddress::Parse("10.1.2.3");
  const IpAddress outside = *IpAddress::Parse("10.1.4.3");

  for (const char* text : {"10.1.2.3", "10.1.2.0/24", "10.1.0.0/22", "10.1.2.3/32"}) {
    const std::optional<IpPrefix> prefix = IpPrefix::Parse(text);
    ASSERT_TRUE(prefix) << text;
    EXPECT_TRUE(prefix->Contains(inside)) << text;
    EXPECT_FALSE(prefix->Contains(outside)) << text;
  }
  EXPECT_TRUE(IpPrefix::Parse("::/0")->Contains(inside));
  EXPECT_FALSE(IpPrefix::Parse("2001:db8::/32")->Contains(inside));
}

TEST(IpPrefixTest, RefusesWhatIsNoPrefix) {
  for (const char* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8x"}) {
    EXPECT_FALSE(IpPrefix::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace chat::net
