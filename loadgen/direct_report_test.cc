#include "loadgen/direct_report.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace chat::loadgen {
namespace {

DirectReport SomeReport() {
  DirectReport report{.servers = 2,
                      .pairs = 3,
                      .in_flight = 4,
                      .seconds = 2,
                      .sends = 110,
                      .acks = 100,
                      .seen = 90};
  report.latencies.to_ack.Record(std::chrono::microseconds(1500));
  report.processes = {{.pid = 7, .name = "server", .cpu_seconds = 0.003},
                      {.pid = 8, .name = "a\"b", .cpu_seconds = 0.001}};
  return report;
}

TEST(DirectReportTest, AddsUpTheCpuOfAllProcesses) {
  EXPECT_DOUBLE_EQ(SomeReport().cpu_seconds(), 0.004);
  EXPECT_DOUBLE_EQ(SomeReport().cpu_us_per_message(), 40);
  EXPECT_EQ(DirectReport().cpu_us_per_message(), 0);
}

TEST(DirectReportTest, TellsPeopleTheRates) {
  const std::string text = ToText(SomeReport());

  EXPECT_NE(text.find("acks 100 (50/s), delivered 90 (45/s)"), std::string::npos) << text;
  EXPECT_NE(text.find("send to ack     p50 1.500 ms"), std::string::npos) << text;
  EXPECT_NE(text.find("CPU in all: 0.00 s, 40.0 us a message"), std::string::npos) << text;
}

TEST(DirectReportTest, TellsScriptsTheSame) {
  EXPECT_EQ(
      ToJsonText(SomeReport()),
      R"({"servers":2,"pairs":3,"in_flight":4,"rate":0,"seconds":2.0000,"sends":110,)"
      R"("acks":100,"seen":90,"acks_per_second":50.0,"seen_per_second":45.0,)"
      R"("to_ack":{"count":1,"p50_ms":1.5000,"p90_ms":1.5000,"p99_ms":1.5000,"max_ms":1.5000},)"
      R"("to_visible":{"count":0,"p50_ms":0.0000,"p90_ms":0.0000,"p99_ms":0.0000,)"
      R"("max_ms":0.0000},"processes":[{"pid":7,"name":"server","cpu_seconds":0.003},)"
      R"({"pid":8,"name":"ab","cpu_seconds":0.001}],"cpu_seconds":0.004,)"
      R"("cpu_us_per_message":40.00,"generator_cpu_seconds":0.000,"refused":0,)"
      R"("violations":0})"
      "\n");
}

}  // namespace
}  // namespace chat::loadgen
