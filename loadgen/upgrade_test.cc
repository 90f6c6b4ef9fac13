#include "loadgen/upgrade.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/websocket/handshake.h"

namespace chat::loadgen {
namespace {

UpgradeOffer SomeOffer() {
  return {.host = "127.0.0.1:8080",
          .encoding = Encoding::kJson,
          .ticket = "ticket",
          .access_token = "",
          .nonce = 7};
}

// What a server makes of the request of `offer`.
std::string AnswerTo(const UpgradeOffer& offer) {
  const std::string request = MakeUpgradeRequest(offer);
  const std::string_view key = *FindHeader(request, "sec-websocket-key");
  return "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
         "sec-websocket-accept: " +
         websocket::AcceptKey(key) + "\r\nsec-websocket-protocol: chat.v1.json\r\n\r\n";
}

TEST(UpgradeTest, RequestShowsTheTicketAndTheSubprotocol) {
  const std::string request = MakeUpgradeRequest(SomeOffer());

  EXPECT_TRUE(request.starts_with("GET /v1/ws?otp=ticket HTTP/1.1\r\n"));
  EXPECT_EQ(FindHeader(request, "Sec-WebSocket-Protocol"), "chat.v1.json");
  EXPECT_TRUE(websocket::IsValidKey(*FindHeader(request, "Sec-WebSocket-Key")));
  EXPECT_EQ(FindHeader(request, "Authorization"), std::nullopt);
}

TEST(UpgradeTest, RequestShowsTheAccessTokenInItsHeader) {
  UpgradeOffer offer = SomeOffer();
  offer.ticket.clear();
  offer.access_token = "token";

  const std::string request = MakeUpgradeRequest(offer);

  EXPECT_TRUE(request.starts_with("GET /v1/ws HTTP/1.1\r\n"));
  EXPECT_EQ(FindHeader(request, "Authorization"), "Bearer token");
}

TEST(UpgradeTest, AcceptsAnAnswerThatArrivesByteByByte) {
  UpgradeAnswer answer(SomeOffer());
  const std::string bytes = AnswerTo(SomeOffer());

  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    ASSERT_EQ(answer.Feed(bytes.substr(i, 1)), UpgradeProgress::kIncomplete) << i;
  }

  EXPECT_EQ(answer.Feed(bytes.substr(bytes.size() - 1)), UpgradeProgress::kAccepted);
  EXPECT_EQ(answer.status(), 101);
}

TEST(UpgradeTest, KeepsTheFramesBehindTheAnswer) {
  UpgradeAnswer answer(SomeOffer());

  EXPECT_EQ(answer.Feed(AnswerTo(SomeOffer()) + "frames"), UpgradeProgress::kAccepted);

  EXPECT_EQ(answer.rest(), "frames");
}

TEST(UpgradeTest, RefusesAnAnswerToAnotherKey) {
  UpgradeOffer other = SomeOffer();
  other.nonce = 8;
  UpgradeAnswer answer(SomeOffer());

  EXPECT_EQ(answer.Feed(AnswerTo(other)), UpgradeProgress::kRefused);
}

TEST(UpgradeTest, SaysWithWhatStatusItWasRefused) {
  UpgradeAnswer answer(SomeOffer());

  EXPECT_EQ(answer.Feed("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
            UpgradeProgress::kRefused);

  EXPECT_EQ(answer.status(), 401);
}

TEST(UpgradeTest, RefusesAHeadWithoutEnd) {
  UpgradeAnswer answer(SomeOffer());

  EXPECT_EQ(answer.Feed(std::string(UpgradeAnswer::kHeadBytesMax + 1, 'x')),
            UpgradeProgress::kRefused);
}

}  // namespace
}  // namespace chat::loadgen
