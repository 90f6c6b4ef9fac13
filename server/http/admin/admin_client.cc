#include "server/http/admin/admin_client.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <optional>

#include "protocol/limits.h"
#include "server/runtime/asio.h"
#include "server/runtime/task_group.h"

namespace chat::http {
namespace {

namespace beast = boost::beast;

// Erasing somebody with thousands of contacts takes the longest.
constexpr std::chrono::seconds kPatience{120};
constexpr std::size_t kAnswerBytesMax = 8 * kMebibyte;

using HttpRequest = beast::http::request<beast::http::string_body>;

beast::http::verb ToVerb(Method method) {
  switch (method) {
    case Method::kGet:
      return beast::http::verb::get;
    case Method::kHead:
      return beast::http::verb::head;
    case Method::kPost:
      return beast::http::verb::post;
    case Method::kPut:
      return beast::http::verb::put;
    case Method::kPatch:
      return beast::http::verb::patch;
    case Method::kDelete:
      return beast::http::verb::delete_;
    case Method::kOther:
      break;
  }
  return beast::http::verb::unknown;
}

// What it throws is the task group's to report.
asio::awaitable<void> Exchange(asio::ip::tcp::endpoint server, const HttpRequest& request,
                               std::optional<AdminAnswer>& answer) {
  asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  co_await beast::http::async_write(socket, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(kAnswerBytesMax);
  co_await beast::http::async_read(socket, buffer, parser, asio::use_awaitable);
  answer = AdminAnswer{.status = static_cast<int>(parser.get().result_int()),
                       .body = std::move(parser.get().body())};
}

}  // namespace

std::expected<AdminAnswer, std::string> AdminClient::Do(Method method, std::string_view target,
                                                        std::string body) const {
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(server_.host, failed);
  if (failed) return std::unexpected(server_.host + " is no IP address");
  HttpRequest request(ToVerb(method), std::string(target), 11);
  request.set(beast::http::field::host, server_.host);
  request.set(beast::http::field::connection, "close");
  if (!token_.empty()) request.set(beast::http::field::authorization, "Bearer " + token_);
  if (!body.empty()) request.set(beast::http::field::content_type, "application/json");
  request.body() = std::move(body);
  request.prepare_payload();

  const std::string where = server_.host + ":" + std::to_string(server_.port);
  std::string failure = "did not answer in time";
  std::optional<AdminAnswer> answer;
  asio::io_context loop;
  runtime::TaskGroup tasks(loop.get_executor(), [&](std::string_view what) { failure = what; });
  tasks.Spawn(Exchange({address, server_.port}, request, answer));
  loop.run_for(kPatience);
  if (tasks.size() > 0) {
    tasks.Cancel();
    loop.restart();
    loop.run_for(kPatience);
  }
  if (!answer) return std::unexpected("the server at " + where + ": " + failure);
  return *std::move(answer);
}

std::string EscapeForTarget(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || std::string_view("-._~").contains(c);
    if (is_plain) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += kHex[byte >> 4];
    escaped += kHex[byte & 15];
  }
  return escaped;
}

}  // namespace chat::http
