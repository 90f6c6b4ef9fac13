// What every scenario runs under: both encodings, and one or two shards with the people on
// different ones. The story itself stands in the tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "protocol/envelope.h"
#include "tests/harness/chat_world.h"
#include "tests/harness/person.h"

namespace chat::testing {

struct Setting {
  Encoding encoding;
  int shards;
};

inline std::string NameOf(const ::testing::TestParamInfo<Setting>& setting) {
  return std::string(setting.param.encoding == Encoding::kJson ? "Json" : "Protobuf") +
         (setting.param.shards == 1 ? "OneShard" : "TwoShards");
}

inline auto AllSettings() {
  return ::testing::Values(Setting{Encoding::kJson, 1}, Setting{Encoding::kJson, 2},
                           Setting{Encoding::kProtobuf, 1}, Setting{Encoding::kProtobuf, 2});
}

// Thread: one. Lifetime: one test, which has a server of its own.
class Scenario : public ::testing::TestWithParam<Setting> {
 protected:
  explicit Scenario(std::vector<std::string> flags = {})
      : world_({.encoding = GetParam().encoding,
                .shards = GetParam().shards,
                .flags = std::move(flags)}) {}

  ChatWorld& world() { return world_; }
  Person Joins(std::string name) { return world_.Joins(std::move(name)); }

  // Makes the two contacts, with an open conversation that both talk in; nothing is left to hear.
  static void Introduce(Person& one, Person& other) {
    one.Befriends(other);
    one.OpensChatWith(other);
    one.ReceivesConversation("gained");
    other.ReceivesConversation("gained");
  }

 private:
  ChatWorld world_;
};

}  // namespace chat::testing
