// Finds the handler for a method and a path. Routes are added before the first request; a session
// asks for each request and then runs the handler. Authentication is the handlers' own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/limits.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/runtime/asio.h"

namespace chat::http {

// Runs as a coroutine on the shard. What it throws is a bug: it is logged, and the connection ends.
// Lifetime: the handler object outlives its coroutines, so a coroutine lambda may use its captures.
using Handler = std::function<asio::awaitable<Response>(Request)>;

struct Route {
  Method method = Method::kGet;
  // Literal segments and captures: "/v1/conversations/{conversation_id}/messages/{seq}". A capture
  // stands for exactly one segment that is not empty.
  std::string pattern;
  Handler handler;
  std::size_t body_bytes_max = kHttpBodyBytesMax;
};

struct RouteMatch {
  const Route* route;
  std::vector<Field> captures;
};

// No route has this path (then `allowed` is empty), or none with this method.
struct RouteMiss {
  std::vector<Method> allowed;
};

// Thread: the shard's. Lifetime: the shard's, longer than every session that uses it.
class Router {
 public:
  // A literal segment wins over a capture. HEAD is answered by the route for GET.
  // Limits: two routes with the same method and shape are a bug.
  void Add(Route route);

  std::expected<RouteMatch, RouteMiss> Find(Method method, std::string_view path) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;
  };

  static RouteMatch Match(const Entry& entry, const std::vector<std::string_view>& segments);

  // Those with literal segments first.
  std::vector<Entry> entries_;
};

}  // namespace chat::http
