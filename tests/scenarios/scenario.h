// What every scenario runs under: the embedded server in both encodings, with one shard or with the
// people on two, and the people on two nodes that share a PostgreSQL. The story itself stands in
// the tests.
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
  int shards = 1;
  int nodes = 1;
};

inline std::string NameOf(const ::testing::TestParamInfo<Setting>& setting) {
  const std::string encoding = setting.param.encoding == Encoding::kJson ? "Json" : "Protobuf";
  if (setting.param.nodes > 1) return encoding + "TwoNodes";
  return encoding + (setting.param.shards == 1 ? "OneShard" : "TwoShards");
}

// For stories about the embedded server itself.
inline auto EmbeddedSettings() {
  return ::testing::Values(Setting{.encoding = Encoding::kJson},
                           Setting{.encoding = Encoding::kJson, .shards = 2},
                           Setting{.encoding = Encoding::kProtobuf},
                           Setting{.encoding = Encoding::kProtobuf, .shards = 2});
}

// The encodings meet the shards above; between nodes nothing is said in either.
inline auto AllSettings() {
  return ::testing::Values(Setting{.encoding = Encoding::kJson},
                           Setting{.encoding = Encoding::kJson, .shards = 2},
                           Setting{.encoding = Encoding::kProtobuf},
                           Setting{.encoding = Encoding::kProtobuf, .shards = 2},
                           Setting{.encoding = Encoding::kProtobuf, .nodes = 2});
}

// Thread: one. Lifetime: one test, which has a server of its own.
class Scenario : public ::testing::TestWithParam<Setting> {
 protected:
  explicit Scenario(std::vector<std::string> flags = {})
      : world_({.encoding = GetParam().encoding,
                .shards = GetParam().shards,
                .nodes = GetParam().nodes,
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
