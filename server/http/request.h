// One HTTP request as handlers see it: received whole, checked, decoded. Handlers know neither
// sockets nor the HTTP library. Made by HttpSession, read by the handlers of a Router.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chat::http {

// kOther is any method that no route can have.
enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOther };

// "GET", "POST" …; "OTHER" for kOther.
std::string_view MethodName(Method method);

// A header field, a query parameter or a capture of the path.
struct Field {
  std::string name;
  std::string value;
};

// What a request is made of; a session fills it in, tests write it out.
struct RequestParts {
  Method method = Method::kGet;
  std::string path;             // decoded, starts with "/"
  std::vector<Field> captures;  // what the route's {names} stand for
  std::vector<Field> query;     // decoded, in the order given
  std::vector<Field> headers;   // names in lower case
  std::string body;
  std::string client_address;  // an IP address without port, after trusted proxies
};

// Thread: the shard's. Lifetime: a value; a handler coroutine owns its own.
class Request {
 public:
  explicit Request(RequestParts parts) : parts_(std::move(parts)) {}

  Method method() const { return parts_.method; }
  std::string_view path() const { return parts_.path; }
  std::string_view body() const { return parts_.body; }
  std::string_view client_address() const { return parts_.client_address; }

  // What `{name}` of the route's pattern stands for; empty when the pattern has no such name.
  std::string_view capture(std::string_view name) const;

  // The first value of a query parameter; nothing when it is absent.
  std::optional<std::string_view> query(std::string_view name) const;

  // The first value of a header field, `name` in lower case; nothing when it is absent.
  std::optional<std::string_view> header(std::string_view name) const;

  // The token of `Authorization: Bearer <token>`; nothing without one, or with another scheme.
  // Source: RFC 6750 §2.1.
  std::optional<std::string_view> bearer_token() const;

  // A capture or a query parameter as an id or a position; nothing when it is absent or not one.
  template <typename Number>
  std::optional<Number> CaptureAs(std::string_view name) const {
    return Number::Parse(capture(name));
  }
  template <typename Number>
  std::optional<Number> QueryAs(std::string_view name) const {
    const std::optional<std::string_view> text = query(name);
    return text ? Number::Parse(*text) : std::nullopt;
  }

 private:
  RequestParts parts_;
};

}  // namespace chat::http
