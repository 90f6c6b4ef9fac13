#include "protocol/websocket/handshake.h"

#include <algorithm>
#include <array>
#include <boost/uuid/detail/sha1.hpp>

#include "protocol/base64.h"

namespace chat::websocket {
namespace {

constexpr std::string_view kAcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view kOptionalWhitespace = " \t";

// SHA-1 comes from Boost.Uuid, whose digest is the bare algorithm in one header: libsodium has no
// SHA-1, OpenSSL is a network library's dependency and not the codec's, and a hash of our own would
// be one more to verify. The interface is internal to Boost; the RFC's example in the test and the
// pinned version guard against a change. SHA-1 is safe here: it proves no identity (§10.8).
std::array<uint8_t, 20> Sha1(std::string_view text) {
  boost::uuids::detail::sha1 hash;
  hash.process_bytes(text.data(), text.size());
  boost::uuids::detail::sha1::digest_type digest;
  hash.get_digest(digest);
  return std::to_array(digest);
}

std::string ToBase64(std::span<const uint8_t> bytes) {
  return EncodeBase64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string_view TrimWhitespace(std::string_view text) {
  const size_t begin = text.find_first_not_of(kOptionalWhitespace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kOptionalWhitespace) - begin + 1);
}

std::optional<Subprotocol> SubprotocolNamed(std::string_view name) {
  for (const Subprotocol known : {Subprotocol::kJson, Subprotocol::kProtobuf}) {
    if (name == NameOf(known)) return known;
  }
  return std::nullopt;
}

std::optional<Subprotocol> ChooseFromList(std::string_view list) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const auto known = SubprotocolNamed(TrimWhitespace(list.substr(0, comma)));
    if (known) return known;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return std::nullopt;
}

}  // namespace

bool IsValidKey(std::string_view key) {
  const std::optional<std::string> nonce = DecodeBase64(key);
  return nonce && nonce->size() == kKeyNonceBytes;
}

std::string EncodeKey(std::span<const uint8_t, kKeyNonceBytes> nonce) { return ToBase64(nonce); }

std::string AcceptKey(std::string_view key) {
  std::string proof(key);
  proof.append(kAcceptGuid);
  return ToBase64(Sha1(proof));
}

std::string_view NameOf(Subprotocol subprotocol) {
  return subprotocol == Subprotocol::kJson ? "chat.v1.json" : "chat.v1.protobuf";
}

std::optional<Subprotocol> ChooseSubprotocol(std::span<const std::string_view> offers) {
  for (const std::string_view list : offers) {
    if (const auto chosen = ChooseFromList(list)) return chosen;
  }
  return std::nullopt;
}

}  // namespace chat::websocket
