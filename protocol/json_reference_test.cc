// Our JSON against Protobuf's own, for random messages of every type of the schema.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/json.h"
#include "protocol/random_message.h"

namespace chat {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::util::MessageDifferencer;

constexpr int kMessagesPerType = 200;

std::vector<const Descriptor*> AllTypes() {
  const FileDescriptor& file = *v1::ClientFrame::descriptor()->file();
  std::vector<const Descriptor*> types;
  for (int i = 0; i < file.message_type_count(); ++i) types.push_back(file.message_type(i));
  return types;
}

class JsonReferenceTest : public testing::TestWithParam<const Descriptor*> {
 protected:
  std::unique_ptr<Message> MakeEmpty() {
    return std::unique_ptr<Message>(
        MessageFactory::generated_factory()->GetPrototype(GetParam())->New());
  }

  std::unique_ptr<Message> MakeRandom(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::unique_ptr<Message> message = MakeEmpty();
    FillAtRandom(random, *message);
    return message;
  }
};

TEST_P(JsonReferenceTest, ReadsBackWhatItPrints) {
  for (int seed = 0; seed < kMessagesPerType; ++seed) {
    const std::unique_ptr<Message> message = MakeRandom(seed);
    const std::unique_ptr<Message> copy = MakeEmpty();

    const auto parsed = ParseJson(ToJson(*message), *copy);

    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail << '\n' << ToJson(*message);
    ASSERT_TRUE(MessageDifferencer::Equals(*message, *copy)) << ToJson(*message);
  }
}

TEST_P(JsonReferenceTest, PrintsWhatTheReferenceReads) {
  for (int seed = 0; seed < kMessagesPerType; ++seed) {
    const std::unique_ptr<Message> message = MakeRandom(seed);
    const std::unique_ptr<Message> copy = MakeEmpty();

    const auto status = google::protobuf::util::JsonStringToMessage(ToJson(*message), copy.get());

    ASSERT_TRUE(status.ok()) << status.ToString() << '\n' << ToJson(*message);
    ASSERT_TRUE(MessageDifferencer::Equals(*message, *copy)) << ToJson(*message);
  }
}

// The reference leaves the decimals of whole seconds out; the contract always has three.
std::string WithMilliseconds(std::string json) {
  for (std::size_t at = 0; (at = json.find("Z\"", at)) != std::string::npos; at += 2) {
    const bool whole = at >= 9 && json[at - 3] == ':' && json[at - 6] == ':' && json[at - 9] == 'T';
    if (whole) json.insert(at, ".000");
  }
  return json;
}

TEST_P(JsonReferenceTest, ReadsWhatTheReferencePrints) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  for (int seed = 0; seed < kMessagesPerType; ++seed) {
    const std::unique_ptr<Message> message = MakeRandom(seed);
    const std::unique_ptr<Message> copy = MakeEmpty();
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(*message, &json, options);
    ASSERT_TRUE(status.ok()) << status.ToString();

    const auto parsed = ParseJson(WithMilliseconds(json), *copy);

    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail << '\n' << json;
    ASSERT_TRUE(MessageDifferencer::Equals(*message, *copy)) << json;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryType, JsonReferenceTest, testing::ValuesIn(AllTypes()),
                         [](const auto& type) { return type.param->name(); });

}  // namespace
}  // namespace chat
