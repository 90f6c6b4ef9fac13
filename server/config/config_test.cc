#include "server/config/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace chat::config {
namespace {

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    directory_ = std::filesystem::path(::testing::TempDir()) /
                 ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(directory_);
  }
  ~ConfigTest() override {
    for (const char* name : {"CHAT_SHARDS", "CHAT_NODE", "CHAT_LISTEN", "CHAT_LOG_LEVEL",
                             "CHAT_POSTGRES_URL", "CHAT_REDIS_URL"}) {
      unsetenv(name);
    }
  }

  std::expected<Config, ConfigExit> Parse(std::vector<const char*> flags) {
    flags.insert(flags.begin(), "chat-be");
    return ParseConfig(static_cast<int>(flags.size()), flags.data(), directory_);
  }

  void WriteDotenv(const std::string& text) { std::ofstream(directory_ / ".env") << text; }

  std::filesystem::path directory_;
};

TEST_F(ConfigTest, HasTheDefaultsOfTheContract) {
  const auto config = Parse({});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen, (ListenAddress{"127.0.0.1", 8080}));
  EXPECT_EQ(config->admin_listen, (ListenAddress{"127.0.0.1", 9090}));
  EXPECT_EQ(config->data_dir, directory_ / "./chat-data");
  EXPECT_EQ(config->heartbeat_interval.count(), 5000);
  EXPECT_EQ(config->heartbeat_timeout.count(), 30000);
  EXPECT_EQ(config->presence_grace.count(), 10000);
  EXPECT_EQ(RateOf(*config->rates, RateOperation::kSend).burst, 60u);
  EXPECT_TRUE(config->trusted_proxies.empty());
  EXPECT_FALSE(config->node.empty());
  EXPECT_FALSE(config->postgres);
  EXPECT_FALSE(config->redis);
  EXPECT_EQ(config->migrate, Migrations::kAuto);
  EXPECT_EQ(config->durability, Durability::kRequired);
  EXPECT_EQ(config->drain.count(), 10);
}

TEST_F(ConfigTest, FlagsWinOverTheEnvironmentAndTheEnvironmentOverTheFile) {
  WriteDotenv("CHAT_SHARDS=3\nCHAT_NODE=file\nCHAT_LOG_LEVEL=warn\n");
  setenv("CHAT_SHARDS", "4", 1);
  setenv("CHAT_NODE", "environment", 1);

  const auto config = Parse({"--shards", "5"});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->shards, 5u);
  EXPECT_EQ(config->node, "environment");
  EXPECT_EQ(config->log_level, LogLevel::kWarn);
}

TEST_F(ConfigTest, RelativePathsBelongToTheCallersDirectory) {
  const auto config = Parse({"--data-dir", "here", "--secret-file", "/elsewhere/secret"});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->data_dir, directory_ / "here");
  EXPECT_EQ(config->secret_file, "/elsewhere/secret");
}

TEST_F(ConfigTest, RatesAreOffOrComeFromAFile) {
  std::ofstream(directory_ / "rates") << "register 500/h\n";
  std::ofstream(directory_ / "bad") << "register 500\n";

  const auto off = Parse({"--rate-limits", "off"});
  const auto read = Parse({"--rate-limits", "rates"});
  const auto bad = Parse({"--rate-limits", "bad"});

  ASSERT_TRUE(off && read);
  EXPECT_FALSE(off->rates);
  EXPECT_EQ(RateOf(*read->rates, RateOperation::kRegister).count, 500u);
  ASSERT_FALSE(bad);
  EXPECT_TRUE(bad.error().text.contains("bad:1: not a rate")) << bad.error().text;
}

TEST_F(ConfigTest, ABadSettingIsOneLineThatNamesItAndExitCodeTwo) {
  const std::vector<std::vector<const char*>> kBad = {{"--shards", "0"},
                                                      {"--shards", "many"},
                                                      {"--listen", "8080"},
                                                      {"--listen", "127.0.0.1:99999"},
                                                      {"--rate-limits", "no/such/file"},
                                                      {"--trusted-proxies", "10.0.0.0/40"},
                                                      {"--trusted-proxies", "proxy.example"},
                                                      {"--log-level", "loud"},
                                                      {"--no-such-flag"},
                                                      {"--node", ""},
                                                      {"--postgres", "db:5432"},
                                                      {"--redis", "6379"},
                                                      {"--redis", "redis://h"},
                                                      {"--migrate", "perhaps"},
                                                      {"--durability", "some"},
                                                      {"--drain-seconds", "-1"},
                                                      {"--heartbeat-timeout-ms", "100"}};
  for (const auto& flags : kBad) {
    const auto config = Parse(flags);

    ASSERT_FALSE(config) << flags.front();
    EXPECT_EQ(config.error().exit_code, 2);
    EXPECT_NE(config.error().text.find(flags.front()), std::string::npos) << config.error().text;
    EXPECT_EQ(config.error().text.find('\n'), std::string::npos) << config.error().text;
  }
}

TEST_F(ConfigTest, AnUnknownChatNameInTheFileIsRefusedAndOthersAreNot) {
  WriteDotenv("OTHER_PROGRAM=1\n");
  EXPECT_TRUE(Parse({}));

  WriteDotenv("CHAT_SHARD=2\n");
  const auto config = Parse({});

  ASSERT_FALSE(config);
  EXPECT_NE(config.error().text.find("CHAT_SHARD"), std::string::npos);
}

TEST_F(ConfigTest, ABadLineInTheFileIsNamedByItsNumber) {
  WriteDotenv("# fine\nCHAT_SHARDS=2\nnonsense\n");

  const auto config = Parse({});

  ASSERT_FALSE(config);
  EXPECT_NE(config.error().text.find(".env:3"), std::string::npos) << config.error().text;
}

TEST_F(ConfigTest, HelpNamesEveryFlagAndEndsWithZero) {
  const auto config = Parse({"--help"});

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().exit_code, 0);
  for (const char* flag : {"--listen",
                           "--admin-listen",
                           "--admin-token-file",
                           "--data-dir",
                           "--secret-file",
                           "--node",
                           "--shards",
                           "--heartbeat-interval-ms",
                           "--heartbeat-timeout-ms",
                           "--presence-grace-ms",
                           "--allowed-origins",
                           "--trusted-proxies",
                           "--rate-limits",
                           "--log-level",
                           "CHAT_SHARDS",
                           "--postgres",
                           "CHAT_POSTGRES_URL",
                           "--redis",
                           "CHAT_REDIS_URL",
                           "--migrate",
                           "--durability",
                           "--drain-seconds"}) {
    EXPECT_NE(config.error().text.find(flag), std::string::npos) << flag;
  }
}

TEST_F(ConfigTest, AdminCanBeOffAndOriginsAreAList) {
  const auto config =
      Parse({"--admin-listen", "off", "--allowed-origins", "https://a.example,https://b.example"});

  ASSERT_TRUE(config);
  EXPECT_FALSE(config->admin_listen);
  EXPECT_EQ(config->allowed_origins,
            (std::vector<std::string>{"https://a.example", "https://b.example"}));
}

TEST_F(ConfigTest, TheStoresOfAClusterComeFromFlagsOrTheirVariables) {
  setenv("CHAT_POSTGRES_URL", "postgres://chat:pw@db/chat", 1);

  const auto config = Parse({"--redis", "rediss://:pw@cache/0", "--migrate", "check",
                             "--drain-seconds", "0", "--durability", "unsafe"});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->postgres, SecretUrl("postgres://chat:pw@db/chat"));
  EXPECT_EQ(config->redis, SecretUrl("rediss://:pw@cache/0"));
  EXPECT_EQ(config->migrate, Migrations::kCheck);
  EXPECT_EQ(config->durability, Durability::kUnsafe);
  EXPECT_EQ(config->drain.count(), 0);
}

TEST_F(ConfigTest, NoErrorShowsAPassword) {
  const std::vector<std::vector<const char*>> kBad = {
      {"--postgres", "mysql://chat:s3cr3t@db/chat"},
      {"--redis", "redis://:s3cr3t@cache/0"},
      {"--postgress=postgres://chat:s3cr3t@db/chat"},
      {"--postgres=postgres://chat:s3cr3t@db/chat", "postgres://chat:s3cr3t@db/chat"},
      {"--shards", "postgres://chat:s3cr3t@db/chat"}};
  for (const auto& flags : kBad) {
    const auto config = Parse(flags);

    ASSERT_FALSE(config) << flags.front();
    EXPECT_FALSE(config.error().text.contains("s3cr3t")) << config.error().text;
  }
}

TEST_F(ConfigTest, HelpShowsNoPasswordOfTheEnvironment) {
  setenv("CHAT_POSTGRES_URL", "postgres://chat:s3cr3t@db/chat", 1);

  const auto config = Parse({"--help"});

  ASSERT_FALSE(config);
  EXPECT_FALSE(config.error().text.contains("s3cr3t")) << config.error().text;
}

TEST(HideArgumentsTest, OverwritesTheUrlsAndNothingElse) {
  std::vector<std::string> arguments = {"chat-be",   "--postgres", "postgres://a:b@c",
                                        "--shards",  "2",          "--redis=redis://:d@e",
                                        "--postgres"};
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());

  HideArguments(static_cast<int>(pointers.size()), pointers.data());

  EXPECT_EQ(arguments,
            (std::vector<std::string>{"chat-be", "--postgres", "****************", "--shards", "2",
                                      "--redis=************", "--postgres"}));
}

TEST(ListenAddressTest, TakesNamesAndBothKindsOfAddress) {
  EXPECT_EQ(ParseListenAddress("localhost:0"), (ListenAddress{"127.0.0.1", 0}));
  EXPECT_EQ(ParseListenAddress("[::1]:80"), (ListenAddress{"::1", 80}));
  for (const char* bad : {"", ":80", "::1:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:-1",
                          "127.0.0.1:70000", "[]:1", "example.org:80"}) {
    EXPECT_FALSE(ParseListenAddress(bad)) << bad;
  }
}

}  // namespace
}  // namespace chat::config
