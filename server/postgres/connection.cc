#include "server/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

namespace chat::postgres {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long the system keeps what PostgreSQL does not acknowledge, before it gives the connection
// up.
constexpr const char* kTcpTimeoutMilliseconds = "2000";
// A node that stops inside of a transaction must not hold its locks for long.
constexpr const char* kIdleInTransactionMilliseconds = "3000";

using Words = std::map<std::string, std::string>;

Words ParseAddress(const std::string& address) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(address.c_str(), &message), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned_message(message, &PQfreemem);
  if (!parsed) {
    throw pqxx::argument_error(message == nullptr ? "the address cannot be read" : message);
  }
  Words words;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) words[option->keyword] = option->val;
  }
  return words;
}

std::string Quote(std::string_view value) {
  std::string quoted = "'";
  for (const char character : value) {
    if (character == '\'' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + "'";
}

std::string Setting(std::string_view name, std::string_view value) {
  return " -c " + std::string(name) + "=" + std::string(value);
}

// Plans of prepared statements are kept, also those made when a table was small. As every query has
// its index, none may read a whole table.
std::string SessionSettings(const ConnectOptions& options) {
  return Setting("statement_timeout", std::to_string(options.statement_timeout.count())) +
         Setting("lock_timeout", std::to_string(options.lock_timeout.count())) +
         Setting("idle_in_transaction_session_timeout", kIdleInTransactionMilliseconds) +
         Setting("default_transaction_isolation", "read\\ committed") +
         Setting("default_transaction_read_only",
                 options.access == Access::kReadOnly ? "on" : "off") +
         Setting("enable_seqscan", "off") + Setting("enable_bitmapscan", "off") +
         Setting("jit", "off") + Setting("client_min_messages", "error");
}

// Waits until the socket is ready for what the handshake wants next.
void AwaitSocket(const pqxx::connecting& handshake, SteadyTime deadline) {
  const auto left = ceil<milliseconds>(deadline - steady_clock::now());
  pollfd waiting{.fd = handshake.sock(),
                 .events = static_cast<short>((handshake.wait_to_read() ? POLLIN : 0) |
                                              (handshake.wait_to_write() ? POLLOUT : 0)),
                 .revents = 0};
  const int ready = ::poll(&waiting, 1, static_cast<int>(std::max(left.count(), std::int64_t{0})));
  if (ready == 0) throw pqxx::broken_connection("no connection came about in time");
}

}  // namespace

std::string ConnectText(const ConnectOptions& options) {
  Words words = ParseAddress(options.address);
  words["options"] += SessionSettings(options);
  words["application_name"] = "chat-be " + options.purpose;
  words["client_encoding"] = "UTF8";
  words.try_emplace("tcp_user_timeout", kTcpTimeoutMilliseconds);
  words.try_emplace("keepalives_idle", "5");
  words.try_emplace("keepalives_interval", "1");
  words.try_emplace("keepalives_count", "3");
  std::string text;
  for (const auto& [keyword, value] : words) text += keyword + "=" + Quote(value) + " ";
  return text;
}

std::unique_ptr<Connection> Connection::Open(const ConnectOptions& options, SteadyTime deadline) {
  const std::string text = ConnectText(options);
  pqxx::connecting handshake{pqxx::zview(text)};
  while (!handshake.done()) {
    AwaitSocket(handshake, deadline);
    handshake.process();
  }
  pqxx::connection made = std::move(handshake).produce();
  // What pqxx would print is thrown as well.
  made.set_verbosity(pqxx::error_verbosity::normal);
  made.set_notice_handler([](pqxx::zview) {});
  return std::make_unique<Connection>(std::move(made));
}

pqxx::result Connection::Run(pqxx::transaction_base& transaction, Sql sql,
                             const pqxx::params& params) {
  auto [known, is_new] = prepared_.try_emplace(sql.text());
  if (is_new) {
    std::string name = "s" + std::to_string(prepared_.size());
    try {
      pq_.prepare(name.c_str(), sql.text());
    } catch (...) {
      prepared_.erase(known);
      throw;
    }
    known->second = std::move(name);
  }
  return transaction.exec(pqxx::prepped{known->second}, params);
}

}  // namespace chat::postgres
