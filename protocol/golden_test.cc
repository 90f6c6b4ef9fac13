// Holds both encodings to the files in golden/: one example of every frame and HTTP body.
//
// NAME.json is written for people and NAME.hex is the same message in Protobuf, 32 bytes a line.
// After a change of the contract the failing test prints what the .hex file has to hold.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/json.h"

namespace chat {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;

constexpr std::string_view kGoldenFolder = "protocol/golden";

struct Example {
  // Of all its parts: the folder, the name of the file without its ending.
  std::filesystem::path path;
  // By its folder, or for HTTP by its name: list_blocks_response is a ListBlocksResponse.
  const Descriptor* type;
  // Whether the server prints it; what clients print need not have every empty field.
  bool printed_by_server;
};

// How GoogleTest names an example in its output.
void PrintTo(const Example& example, std::ostream* out) { *out << example.path; }

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string CamelCase(std::string_view snake_case) {
  std::string name;
  bool upper = true;
  for (const char c : snake_case) {
    if (c != '_') name += upper ? static_cast<char>(std::toupper(c)) : c;
    upper = c == '_';
  }
  return name;
}

// The type that `name` starts with: add_contact_request_user_id is a second AddContactRequest.
const Descriptor* HttpType(std::string name) {
  const FileDescriptor& file = *v1::ClientFrame::descriptor()->file();
  while (!name.empty()) {
    if (const Descriptor* const type = file.FindMessageTypeByName(CamelCase(name))) return type;
    name.resize(name.rfind('_') == std::string::npos ? 0 : name.rfind('_'));
  }
  return nullptr;
}

Example MakeExample(const std::filesystem::path& path) {
  const std::string folder = path.parent_path().filename();
  if (folder == "client_frames") return {path, v1::ClientFrame::descriptor(), false};
  if (folder == "server_frames") return {path, v1::ServerFrame::descriptor(), true};
  const Descriptor* const type = HttpType(path.stem());
  return {path, type, type != nullptr && !type->name().ends_with("Request")};
}

std::vector<Example> AllExamples() {
  std::vector<Example> examples;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kGoldenFolder)) {
    if (entry.path().extension() == ".json") examples.push_back(MakeExample(entry.path()));
  }
  std::ranges::sort(examples, {}, &Example::path);
  return examples;
}

// JSON without the white space between its tokens.
std::string Compact(std::string_view json) {
  std::string compact;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (!in_string && std::string_view(" \n").contains(json[i])) continue;
    if (json[i] == '"') in_string = !in_string;
    compact += json[i];
    if (in_string && json[i] == '\\') compact += json[++i];
  }
  return compact;
}

std::string ToHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kBytesPerLine = 32;
  std::string hex;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    hex += kDigits[static_cast<unsigned char>(bytes[i]) >> 4];
    hex += kDigits[static_cast<unsigned char>(bytes[i]) & 0xF];
    if (i % kBytesPerLine == kBytesPerLine - 1) hex += '\n';
  }
  if (hex.empty() || hex.back() != '\n') hex += '\n';
  return hex;
}

std::unique_ptr<Message> Read(const Example& example) {
  std::unique_ptr<Message> message(
      MessageFactory::generated_factory()->GetPrototype(example.type)->New());
  const auto parsed = ParseJson(ReadFile(example.path), *message);
  EXPECT_TRUE(parsed.has_value()) << example.path << ": " << parsed.error().detail;
  return message;
}

class GoldenTest : public testing::TestWithParam<Example> {
 protected:
  void SetUp() override { ASSERT_NE(GetParam().type, nullptr) << GetParam().path; }
};

TEST_P(GoldenTest, TheServerPrintsExactlyThisJson) {
  if (!GetParam().printed_by_server) return;

  EXPECT_EQ(ToJson(*Read(GetParam())), Compact(ReadFile(GetParam().path)));
}

TEST_P(GoldenTest, TheProtobufFormIsTheSameMessage) {
  const std::string hex = ReadFile(std::filesystem::path(GetParam().path).replace_extension("hex"));
  const std::unique_ptr<Message> message = Read(GetParam());

  EXPECT_EQ(hex, ToHex(message->SerializeAsString()));
}

std::string ExampleName(const testing::TestParamInfo<Example>& example) {
  const std::filesystem::path& path = example.param.path;
  return CamelCase(path.parent_path().filename().string() + "_" + path.stem().string());
}

INSTANTIATE_TEST_SUITE_P(EveryExample, GoldenTest, testing::ValuesIn(AllExamples()), ExampleName);

// Adds the full names of the fields that `message` and all in it have set.
void CollectFields(const Message& message, std::set<std::string>& names) {
  std::vector<const FieldDescriptor*> fields;
  const Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    names.insert(field->full_name());
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      CollectFields(reflection.GetMessage(message, field), names);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      CollectFields(reflection.GetRepeatedMessage(message, field, i), names);
    }
  }
}

TEST(GoldenCoverageTest, SomeExampleSetsEveryFieldOfTheSchema) {
  constexpr std::array<std::string_view, 5> kReserved = {"payload", "payload_type", "attachments",
                                                         "mentions", "push"};
  std::set<std::string> seen;
  for (const Example& example : AllExamples()) CollectFields(*Read(example), seen);

  const FileDescriptor& file = *v1::ClientFrame::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    for (int j = 0; j < file.message_type(i)->field_count(); ++j) {
      const FieldDescriptor& field = *file.message_type(i)->field(j);
      const bool reserved = std::ranges::find(kReserved, field.name()) != kReserved.end();
      EXPECT_EQ(seen.contains(field.full_name()), !reserved) << field.full_name();
    }
  }
}

TEST(GoldenCoverageTest, EveryFileIsOneHalfOfAnExample) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kGoldenFolder)) {
    if (entry.is_directory()) continue;
    std::filesystem::path other = entry.path();
    other.replace_extension(entry.path().extension() == ".json" ? "hex" : "json");
    EXPECT_TRUE(std::filesystem::exists(other)) << entry.path();
  }
}

}  // namespace
}  // namespace chat
