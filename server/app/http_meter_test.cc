#include "server/app/http_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "server/http/status.h"

namespace chat::app {
namespace {

using http::Status;
using ::testing::ElementsAre;

TEST(HttpMeterTest, CountsAnswersByTheFirstDigitOfTheirStatus) {
  HttpMeter meter;
  for (const Status status :
       {Status::kSwitchingProtocols, Status::kOk, Status::kNoContent, Status::kNotModified,
        Status::kNotFound, Status::kTooManyRequests, Status::kServiceUnavailable}) {
    meter.Count({.pattern = "/v1/users/me", .status = status});
  }

  EXPECT_THAT(meter.measures().answers, ElementsAre(1, 2, 1, 2, 1));
  EXPECT_THAT(meter.measures().logins, ElementsAre(0, 0, 0, 0, 0));
}

TEST(HttpMeterTest, TellsApartWhatBecomesOfLogins) {
  HttpMeter meter;
  for (const Status status :
       {Status::kOk, Status::kUnauthorized, Status::kUnauthorized, Status::kTooManyRequests,
        Status::kBadRequest, Status::kServiceUnavailable}) {
    meter.Count({.pattern = "/v1/auth/login", .status = status});
  }

  EXPECT_THAT(meter.measures().logins, ElementsAre(1, 2, 1, 1, 1));
}

TEST(HttpMeterTest, TimesEveryRequest) {
  HttpMeter meter;
  meter.Count({.pattern = "/", .status = Status::kOk, .duration = std::chrono::milliseconds(250)});

  EXPECT_DOUBLE_EQ(meter.measures().seconds.sum(), 0.25);
}

}  // namespace
}  // namespace chat::app
