#include "loadgen/upgrade.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <ranges>

#include "protocol/websocket/handshake.h"

namespace chat::loadgen {
namespace {

std::string KeyFor(const UpgradeOffer& offer) {
  std::array<std::uint8_t, websocket::kKeyNonceBytes> nonce{};
  std::memcpy(nonce.data(), &offer.nonce, sizeof(offer.nonce));
  return websocket::EncodeKey(nonce);
}

std::string_view SubprotocolFor(Encoding encoding) {
  return websocket::NameOf(encoding == Encoding::kJson ? websocket::Subprotocol::kJson
                                                       : websocket::Subprotocol::kProtobuf);
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool SameName(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ToLower, ToLower);
}

// 0 for what does not begin like an answer of HTTP/1.1.
int StatusOf(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  int status = 0;
  if (!head.starts_with(kVersion)) return status;
  head.remove_prefix(kVersion.size());
  std::from_chars(head.data(), head.data() + std::min<std::size_t>(head.size(), 3), status);
  return status;
}

}  // namespace

std::string MakeUpgradeRequest(const UpgradeOffer& offer) {
  std::string request = "GET /v1/ws";
  if (!offer.ticket.empty()) request.append("?otp=").append(offer.ticket);
  request.append(" HTTP/1.1\r\nHost: ").append(offer.host);
  request.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13");
  request.append("\r\nSec-WebSocket-Key: ").append(KeyFor(offer));
  request.append("\r\nSec-WebSocket-Protocol: ").append(SubprotocolFor(offer.encoding));
  if (!offer.access_token.empty()) {
    request.append("\r\nAuthorization: Bearer ").append(offer.access_token);
  }
  return request.append("\r\n\r\n");
}

std::optional<std::string_view> FindHeader(std::string_view head, std::string_view name) {
  for (const auto part : std::views::split(head, std::string_view("\r\n"))) {
    const std::string_view line(part.begin(), part.end());
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !SameName(line.substr(0, colon), name)) continue;
    const std::size_t start = line.find_first_not_of(" \t", colon + 1);
    return start == std::string_view::npos ? std::string_view() : line.substr(start);
  }
  return std::nullopt;
}

UpgradeAnswer::UpgradeAnswer(const UpgradeOffer& offer)
    : accept_key_(websocket::AcceptKey(KeyFor(offer))),
      subprotocol_(SubprotocolFor(offer.encoding)) {}

UpgradeProgress UpgradeAnswer::Feed(std::string_view bytes) {
  bytes_.append(bytes);
  const std::size_t end = bytes_.find("\r\n\r\n");
  if (end == std::string::npos) {
    return bytes_.size() > kHeadBytesMax ? UpgradeProgress::kRefused : UpgradeProgress::kIncomplete;
  }
  head_size_ = end + 4;
  return Judge();
}

UpgradeProgress UpgradeAnswer::Judge() {
  status_ = StatusOf(head());
  const bool accepted = status_ == 101 &&
                        FindHeader(head(), "Sec-WebSocket-Accept") == accept_key_ &&
                        FindHeader(head(), "Sec-WebSocket-Protocol") == subprotocol_;
  return accepted ? UpgradeProgress::kAccepted : UpgradeProgress::kRefused;
}

}  // namespace chat::loadgen
