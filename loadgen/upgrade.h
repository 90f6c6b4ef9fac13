// The client's half of the opening handshake, as text: the request to send, and the answer to it in
// pieces as they arrive. Sans-I/O; virtual users and the clients of tests speak it.
// Source: RFC 6455 §4.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/envelope.h"

namespace chat::loadgen {

// Who wants to connect, and how. Of the two credentials one is set.
struct UpgradeOffer {
  std::string host;  // host:port, for the Host header
  Encoding encoding = Encoding::kProtobuf;
  std::string ticket;
  std::string access_token;
  // Makes the key; any number will do, as the key proves nothing.
  std::uint64_t nonce = 0;
};

std::string MakeUpgradeRequest(const UpgradeOffer& offer);

enum class UpgradeProgress {
  kIncomplete,
  kAccepted,
  // Answered with something else than the right 101.
  kRefused,
};

// Collects the head of the server's answer.
//
// Limits: kHeadBytesMax; a longer head counts as refused.
// Thread: one. Lifetime: until the answer is complete.
class UpgradeAnswer {
 public:
  static constexpr std::size_t kHeadBytesMax = 16 * 1024;

  explicit UpgradeAnswer(const UpgradeOffer& offer);

  // Takes the next bytes; what came behind the head is in rest() once it is complete.
  UpgradeProgress Feed(std::string_view bytes);

  // 0 until the head is complete, and for what is not HTTP.
  int status() const { return status_; }
  std::string_view head() const { return std::string_view(bytes_).substr(0, head_size_); }
  std::string_view rest() const { return std::string_view(bytes_).substr(head_size_); }

 private:
  UpgradeProgress Judge();

  std::string accept_key_;
  std::string subprotocol_;
  std::string bytes_;
  std::size_t head_size_ = 0;
  int status_ = 0;
};

// The value of a header in `head`, its name in any case; nullopt when it is absent.
std::optional<std::string_view> FindHeader(std::string_view head, std::string_view name);

}  // namespace chat::loadgen
