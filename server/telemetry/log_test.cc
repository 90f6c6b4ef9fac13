#include "server/telemetry/log.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

namespace chat::telemetry {
namespace {

// What `write` puts on stderr.
template <typename Write>
std::string Captured(Write write) {
  ::testing::internal::CaptureStderr();
  write();
  return ::testing::internal::GetCapturedStderr();
}

TEST(LogTest, WritesOneJsonObjectPerLineWhateverIsInTheFields) {
  const std::string line = Captured([] {
    Log(Severity::kWarn, "odd_name", {{"name", "a\"\n\x1b[31m{}%v"}, {"count", std::int64_t{3}}});
  });

  ASSERT_EQ(line.find('\n'), line.size() - 1);
  const boost::json::object object = boost::json::parse(line).as_object();
  EXPECT_EQ(object.at("level").as_string(), "warning");
  EXPECT_EQ(object.at("event").as_string(), "odd_name");
  EXPECT_EQ(object.at("name").as_string(), "a\"\n\x1b[31m{}%v");
  EXPECT_EQ(object.at("count").as_int64(), 3);
  EXPECT_EQ(object.at("time").as_string().size(), 24u);
}

TEST(LogTest, DropsWhatIsLessSevereThanAsked) {
  SetLogSeverity(Severity::kWarn);
  EXPECT_EQ(Captured([] { Log(Severity::kInfo, "quiet"); }), "");
  SetLogSeverity(Severity::kInfo);
  EXPECT_NE(Captured([] { Log(Severity::kInfo, "heard"); }), "");
}

}  // namespace
}  // namespace chat::telemetry
