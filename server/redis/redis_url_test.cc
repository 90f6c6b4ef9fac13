#include "server/redis/redis_url.h"

#include <gtest/gtest.h>

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace chat::redis {
namespace {

RedisUrl Parse(std::string_view text) {
  const auto url = ParseRedisUrl(text);
  EXPECT_TRUE(url) << text << ": " << (url ? "" : url.error());
  return url ? *url : RedisUrl();
}

std::string ErrorOf(std::string_view text) {
  const auto url = ParseRedisUrl(text);
  EXPECT_FALSE(url) << text;
  return url ? "" : url.error();
}

TEST(RedisUrlTest, HostAloneHasTheUsualPortAndDatabase) {
  const RedisUrl url = Parse("redis://cache.example.org");
  EXPECT_EQ(url.server, (Address{.host = "cache.example.org", .port = 6379, .path = ""}));
  EXPECT_EQ(url.transport, Transport::kPlain);
  EXPECT_EQ(url.database, 0u);
  EXPECT_EQ(url.credentials, Credentials());
  EXPECT_FALSE(url.has_sentinels());
  EXPECT_EQ(url.channel(), "chat:0:nodes");
}

TEST(RedisUrlTest, AllPartsAreRead) {
  const RedisUrl url = Parse("redis://node:secret@127.0.0.1:6380/7?prefix=blue");
  EXPECT_EQ(url.server, (Address{.host = "127.0.0.1", .port = 6380, .path = ""}));
  EXPECT_EQ(url.credentials, (Credentials{.user = "node", .password = "secret"}));
  EXPECT_EQ(url.database, 7u);
  EXPECT_EQ(url.channel(), "chat:blue:nodes");
}

TEST(RedisUrlTest, SlashAloneIsNoDatabase) { EXPECT_EQ(Parse("redis://h/").database, 0u); }

TEST(RedisUrlTest, DatabaseNamesTheChannelWithoutAPrefix) {
  EXPECT_EQ(Parse("redis://h/3").channel(), "chat:3:nodes");
  EXPECT_EQ(Parse("redis://h?db=4").channel(), "chat:4:nodes");
}

TEST(RedisUrlTest, PasswordAloneIsTheDefaultUsers) {
  EXPECT_EQ(Parse("redis://:secret@h").credentials,
            (Credentials{.user = "", .password = "secret"}));
}

TEST(RedisUrlTest, CredentialsArePercentDecoded) {
  EXPECT_EQ(Parse("redis://us%3Aer:p%40ss%2fw%25rd@h").credentials,
            (Credentials{.user = "us:er", .password = "p@ss/w%rd"}));
}

TEST(RedisUrlTest, PasswordMayHoldWhatPeopleForgetToEncode) {
  EXPECT_EQ(Parse("redis://:a@b:c/d@h:1").credentials.password, "a@b:c/d");
}

TEST(RedisUrlTest, Ipv6HostsStandInBrackets) {
  const RedisUrl url = Parse("redis://[::1]:6380/1");
  EXPECT_EQ(url.server, (Address{.host = "::1", .port = 6380, .path = ""}));
  EXPECT_EQ(url.server.ToString(), "[::1]:6380");
  EXPECT_EQ(Parse("redis://[2001:db8::7]").server.port, 6379);
}

TEST(RedisUrlTest, TwoSMeansTlsWithTheSystemsCertificates) {
  const RedisUrl url = Parse("rediss://h");
  EXPECT_EQ(url.transport, Transport::kTls);
  EXPECT_EQ(url.ca_file, "");
}

TEST(RedisUrlTest, TlsMayNameItsCertificates) {
  EXPECT_EQ(Parse("rediss://h?ca=/etc/my%20ca.pem").ca_file, "/etc/my ca.pem");
}

TEST(RedisUrlTest, SocketsOfTheFileSystemHaveAPath) {
  for (const std::string scheme : {"unix", "redis+unix"}) {
    const RedisUrl url = Parse(scheme + "://:secret@/run/redis%20a/redis.sock?db=2");
    EXPECT_EQ(url.server, (Address{.host = "", .port = 0, .path = "/run/redis a/redis.sock"}));
    EXPECT_EQ(url.server.ToString(), "/run/redis a/redis.sock");
    EXPECT_EQ(url.database, 2u);
    EXPECT_EQ(url.credentials.password, "secret");
  }
}

TEST(RedisUrlTest, SentinelsAndTheirMasterAreRead) {
  const RedisUrl url = Parse(
      "redis+sentinel://node:secret@a:1,b,[::1]:3/my%20master/5"
      "?sentinel_user=watch&sentinel_password=other");
  EXPECT_EQ(url.sentinels, (std::vector<Address>{{.host = "a", .port = 1, .path = ""},
                                                 {.host = "b", .port = 26379, .path = ""},
                                                 {.host = "::1", .port = 3, .path = ""}}));
  EXPECT_EQ(url.master_name, "my master");
  EXPECT_EQ(url.database, 5u);
  EXPECT_EQ(url.credentials, (Credentials{.user = "node", .password = "secret"}));
  EXPECT_EQ(url.sentinel_credentials, (Credentials{.user = "watch", .password = "other"}));
}

TEST(RedisUrlTest, SentinelsMayUseTls) {
  EXPECT_EQ(Parse("rediss+sentinel://a/m?ca=x").transport, Transport::kTls);
}

TEST(RedisUrlTest, ErrorsAreSentencesThatSayWhatIsWrong) {
  EXPECT_EQ(ErrorOf("redis://"), "The Redis URL has no host.");
  EXPECT_EQ(ErrorOf("redis://h:70000"), "The Redis URL has a port that is not 1 to 65535.");
  EXPECT_EQ(ErrorOf("redis+sentinel://a"),
            "The Redis URL must name its master: redis+sentinel://hosts/name.");
}

TEST(RedisUrlTest, WrongUrlsAreRefused) {
  for (const std::string_view text : {"",
                                      "redis",
                                      "http://h",
                                      "REDIS://h",
                                      "redis:/h",
                                      "redis://:1",
                                      "redis://h:",
                                      "redis://h:0",
                                      "redis://h:x",
                                      "redis://h:1:2",
                                      "redis://h:-1",
                                      "redis://[::1",
                                      "redis://[]",
                                      "redis://[::1]x",
                                      "redis://::1",
                                      "redis://a b",
                                      "redis://a,b",
                                      "redis://h/x",
                                      "redis://h/-1",
                                      "redis://h/1/2",
                                      "redis://h/65536",
                                      "redis://user@h",
                                      "redis://user:@h",
                                      "redis://:%zz@h",
                                      "redis://:%4@h",
                                      "redis://:%00@h",
                                      "redis://:a%0d%0ab@h",
                                      "redis://h?db=",
                                      "redis://h?x=1",
                                      "redis://h?ca=/file",
                                      "redis://h?prefix=a%20b",
                                      "redis://h?prefix=",
                                      "redis://h?sentinel_password=x",
                                      "unix://",
                                      "unix:///",
                                      "unix://host/path",
                                      "redis+sentinel:///m",
                                      "redis+sentinel://a,/m",
                                      "redis+sentinel://a/",
                                      "redis+sentinel://a/m/x",
                                      "redis+sentinel://a/m?sentinel_user=x"}) {
    EXPECT_NE(ErrorOf(text), "") << text;
  }
}

TEST(RedisUrlTest, ThereAreLimits) {
  EXPECT_NE(ErrorOf("redis://" + std::string(4096, 'h')), "");
  EXPECT_NE(ErrorOf("unix:///" + std::string(107, 'p')), "");
  EXPECT_NE(ErrorOf("redis://h?prefix=" + std::string(65, 'p')), "");
  std::string many = "redis+sentinel://a";
  for (int count = 0; count < 16; ++count) many += ",a";
  EXPECT_NE(ErrorOf(many + "/m"), "");
}

TEST(RedisUrlTest, NoErrorTellsThePassword) {
  for (const std::string_view text :
       {"redis://user:hunter2@", "redis://user:hunter2@h:x", "redis://:hunter2%@h",
        "redis://hunter2@h", "redis://:hunter2@h/x", "redis://:hunter2@h?hunter2=1",
        "redis://:hun?hunter2@h", "redis://:a?hunter2=1@h", "redis://:hunter2", "x://:hunter2@h",
        "redis+sentinel://:hunter2@a", "unix://:hunter2@h/p",
        "redis+sentinel://a/m?sentinel_password=hunter2&x=hunter2"}) {
    EXPECT_FALSE(ErrorOf(text).contains("hunter2")) << text;
  }
}

}  // namespace
}  // namespace chat::redis
