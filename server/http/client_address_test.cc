#include "server/http/client_address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chat::http {
namespace {

const std::vector<net::IpPrefix> kProxies = {*net::IpPrefix::Parse("10.0.0.0/8")};

std::string Find(std::string_view peer, std::vector<std::string> forwarded) {
  std::vector<Field> headers = {{"host", "h"}};
  for (std::string& value : forwarded) headers.push_back({"x-forwarded-for", std::move(value)});
  return FindClientAddress(*net::IpAddress::Parse(peer), headers, kProxies).ToString();
}

TEST(ClientAddressTest, IsTheOtherEndWhenNoProxyIsNamed) {
  EXPECT_EQ(Find("192.0.2.1", {}), "192.0.2.1");
  EXPECT_EQ(Find("10.0.0.1", {}), "10.0.0.1");
}

TEST(ClientAddressTest, DoesNotBelieveAStranger) {
  EXPECT_EQ(Find("192.0.2.1", {"127.0.0.1"}), "192.0.2.1");
}

TEST(ClientAddressTest, IsWhomATrustedProxyNames) {
  EXPECT_EQ(Find("10.0.0.1", {"192.0.2.7"}), "192.0.2.7");
}

TEST(ClientAddressTest, GoesBackThroughSeveralProxies) {
  EXPECT_EQ(Find("10.0.0.1", {"192.0.2.7, 10.0.0.3 ,10.0.0.2"}), "192.0.2.7");
  EXPECT_EQ(Find("10.0.0.1", {"192.0.2.7", "10.0.0.3"}), "192.0.2.7");
}

TEST(ClientAddressTest, DoesNotBelieveWhatTheClientPutInFront) {
  EXPECT_EQ(Find("10.0.0.1", {"127.0.0.1, 192.0.2.7"}), "192.0.2.7");
}

TEST(ClientAddressTest, StopsAtWhatIsNoAddress) {
  EXPECT_EQ(Find("10.0.0.1", {"unknown"}), "10.0.0.1");
  EXPECT_EQ(Find("10.0.0.1", {"192.0.2.7, bad, 10.0.0.2"}), "10.0.0.2");
}

}  // namespace
}  // namespace chat::http
