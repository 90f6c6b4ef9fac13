#include "protocol/websocket/handshake.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chat::websocket {
namespace {

std::optional<Subprotocol> Choose(const std::vector<std::string_view>& offers) {
  return ChooseSubprotocol(offers);
}

// RFC 6455 §1.3, §4.2.2: the example.
TEST(HandshakeTest, AnswersTheKeyOfTheRfc) {
  EXPECT_EQ(AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

// RFC 6455 §4.1: the key of the example, and of the bytes 1 to 16.
TEST(HandshakeTest, EncodesTheNonceOfAClient) {
  std::array<uint8_t, kKeyNonceBytes> nonce{};
  std::iota(nonce.begin(), nonce.end(), uint8_t{1});
  EXPECT_EQ(EncodeKey(nonce), "AQIDBAUGBwgJCgsMDQ4PEA==");

  const std::string_view sample = "the sample nonce";
  std::copy(sample.begin(), sample.end(), nonce.begin());
  EXPECT_EQ(EncodeKey(nonce), "dGhlIHNhbXBsZSBub25jZQ==");
}

TEST(HandshakeTest, EveryEncodedNonceIsAValidKey) {
  for (int byte = 0; byte < 256; ++byte) {
    std::array<uint8_t, kKeyNonceBytes> nonce{};
    nonce.fill(static_cast<uint8_t>(byte));
    EXPECT_TRUE(IsValidKey(EncodeKey(nonce))) << byte;
  }
}

// RFC 6455 §4.2.1: "a base64-encoded value that, when decoded, is 16 bytes in length".
TEST(HandshakeTest, RefusesKeysThatAreNotSixteenBytesOfCanonicalBase64) {
  for (const std::string_view key :
       {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25jZQ==\r", " dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZSE=", "dGhlIHNhbXBsZSBub25jZSEh", "dGhlIHNhbXBsZSB=b25jZQ==",
        "dGhlIHNhbXBsZSB-b25jZQ==", "AQIDBAUGBwgJCgsMDQ4PEA==AQIDBAUGBwgJCgsMDQ4PEA=="}) {
    EXPECT_FALSE(IsValidKey(key)) << key;
  }
}

// RFC 6455 §4.1 (10.), §4.2.2 (5.): the client's order is its preference.
TEST(HandshakeTest, TakesTheFirstKnownSubprotocolThatTheClientOffers) {
  EXPECT_EQ(Choose({"chat.v1.json"}), Subprotocol::kJson);
  EXPECT_EQ(Choose({"chat.v1.protobuf"}), Subprotocol::kProtobuf);
  EXPECT_EQ(Choose({"chat.v1.protobuf, chat.v1.json"}), Subprotocol::kProtobuf);
  EXPECT_EQ(Choose({"chat.v1.json,chat.v1.protobuf"}), Subprotocol::kJson);
  EXPECT_EQ(Choose({"chat.v9.json ,\t chat.v1.protobuf"}), Subprotocol::kProtobuf);
}

// RFC 6455 §11.3.4: the header may appear more than once, as one list.
TEST(HandshakeTest, ReadsSeveralSubprotocolHeadersAsOneList) {
  EXPECT_EQ(Choose({"soap, wamp", "chat.v1.protobuf", "chat.v1.json"}), Subprotocol::kProtobuf);
}

TEST(HandshakeTest, KnowsNoOtherSubprotocol) {
  EXPECT_EQ(Choose({}), std::nullopt);
  EXPECT_EQ(Choose({""}), std::nullopt);
  EXPECT_EQ(Choose({" , ,"}), std::nullopt);
  EXPECT_EQ(Choose({"chat.v1"}), std::nullopt);
  EXPECT_EQ(Choose({"Chat.V1.Json"}), std::nullopt);
  EXPECT_EQ(Choose({"chat.v1.json2, xchat.v1.json, chat.v1.json chat.v1.protobuf"}), std::nullopt);
}

TEST(HandshakeTest, NamesTheSubprotocolItChose) {
  for (const Subprotocol subprotocol : {Subprotocol::kJson, Subprotocol::kProtobuf}) {
    EXPECT_EQ(Choose({NameOf(subprotocol)}), subprotocol);
  }
}

}  // namespace
}  // namespace chat::websocket
