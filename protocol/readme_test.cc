// Holds README.md, the contract in words, to the schema and the codes.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"

namespace chat {
namespace {

std::string ReadReadme() {
  std::ifstream file("protocol/README.md");
  EXPECT_TRUE(file.is_open());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> WordsOf(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text + ' ') {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
    } else {
      words.insert(std::move(word));
      word.clear();
    }
  }
  return words;
}

TEST(ReadmeTest, NamesEveryFieldOfTheSchema) {
  const std::set<std::string> words = WordsOf(ReadReadme());
  const google::protobuf::FileDescriptor& file = *v1::ClientFrame::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    for (int j = 0; j < file.message_type(i)->field_count(); ++j) {
      const google::protobuf::FieldDescriptor& field = *file.message_type(i)->field(j);
      EXPECT_TRUE(words.contains(field.name())) << field.full_name();
    }
  }
}

TEST(ReadmeTest, HasARowForEveryErrorCodeWithItsStatus) {
  const std::string readme = ReadReadme();
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const std::string row = "| `" + std::string(ErrorCodeName(code)) + "` | " +
                            std::to_string(HttpStatus(code)) + " | ";
    EXPECT_NE(readme.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace chat
