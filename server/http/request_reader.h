// Turns received bytes into HTTP requests, one after the other. Sans-I/O: it owns no socket and
// reads no clock; HttpSession feeds it. The checks of request_checks come first, then Beast parses
// head and body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/errors.h"
#include "server/http/request.h"

namespace chat::http {

// What a request says before its body.
struct RequestHead {
  Method method = Method::kOther;
  std::string path = {};
  std::vector<Field> query = {};
  std::vector<Field> headers = {};  // names in lower case
  bool is_http_1_0 = false;
  bool keep_alive = false;
  bool has_body = false;          // or at least announces one
  bool expects_continue = false;  // Expect: 100-continue
};

// Thread: the shard's. Lifetime: its connection's.
class RequestReader {
 public:
  // What Next() made of the bytes so far.
  enum class Found {
    kNothing,  // more bytes are needed
    kHead,     // head() is there; say with LimitBody how long its body may be, then go on
    kRequest,  // the request is complete; take what is needed, then Restart
  };

  RequestReader();
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Room to receive into, never empty after Next returned kNothing; then how much of it was filled.
  // Limits: the reader holds at most 24 KiB besides a body.
  std::span<char> Prepare();
  void Commit(std::size_t bytes);

  // Errors: those of FindHeadEnd, CheckHead and ParseRequestTarget; kInvalidFrame for a malformed
  // body or one with trailers; kTooLarge for a body over its limit, as soon as it is announced. The
  // connection cannot go on after an error.
  std::expected<Found, Refusal> Next();

  // After kHead only: how long the body says it will be; nothing when it does not.
  std::optional<std::uint64_t> body_bytes_announced() const;

  // After kHead only.
  std::expected<void, Refusal> LimitBody(std::size_t bytes_max);

  // From kHead until Restart.
  RequestHead& head() { return head_; }
  const RequestHead& head() const { return head_; }

  // After kRequest only.
  std::string TakeBody();

  // True between the first byte of a request and its end.
  bool in_request() const { return parser_ != nullptr || !unread().empty(); }

  // The bytes that follow what was read: the next request, or what comes after an upgrade.
  std::string_view unread() const {
    return std::string_view(buffer_).substr(begin_, end_ - begin_);
  }

  // Forgets the request; unread() stays.
  void Restart();

 private:
  struct Parser;

  std::expected<Found, Refusal> ReadHead();
  std::expected<Found, Refusal> ReadBody();
  std::expected<void, Refusal> ParseHead(std::string_view bytes);
  void FillHead();

  // Received bytes are at [begin_, end_).
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;  // of unread(), for the end of the head
  RequestHead head_;
  std::unique_ptr<Parser> parser_;  // from the end of the head until Restart
};

}  // namespace chat::http
