// A server for tests that answers whatever it is told to, on the test's own loop.
#pragma once

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "server/runtime/asio.h"

namespace chat::redis {

struct FakeScript {
  // To what came, which is one or more commands.
  std::function<std::string(const std::string& received)> answer;
  // Sent over and over after the first answer, until the client ends it; empty: nothing.
  std::string flood;
  bool closes_after_answer = false;
};

// Thread: the loop's. Lifetime: shorter than its loop's.
class FakeServer {
 public:
  FakeServer(asio::io_context& io_context, FakeScript script)
      : acceptor_(io_context, {asio::ip::address_v4::loopback(), 0}), script_(std::move(script)) {
    Accept();
  }

  std::string url() const {
    return "redis://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  int connections() const { return connections_; }
  // What a client took at most, before it ended the connection.
  std::size_t flooded_bytes_max() const { return flooded_bytes_max_; }

 private:
  struct Client {
    explicit Client(asio::ip::tcp::socket accepted) : socket(std::move(accepted)) {}

    asio::ip::tcp::socket socket;
    std::array<char, 65'536> received;
    std::string answer;
    std::size_t flooded_bytes = 0;
  };

  using Error = boost::system::error_code;
  using Alive = std::weak_ptr<const bool>;

  void Accept() {
    acceptor_.async_accept(
        [this, alive = Alive(alive_)](const Error& error, asio::ip::tcp::socket socket) {
          if (error || alive.expired()) return;
          ++connections_;
          Serve(std::make_shared<Client>(std::move(socket)));
          Accept();
        });
  }

  void Serve(const std::shared_ptr<Client>& client) {
    client->socket.async_read_some(
        asio::buffer(client->received),
        [this, client, alive = Alive(alive_)](const Error& error, std::size_t bytes) {
          if (error || alive.expired()) return;
          client->answer = script_.answer(std::string(client->received.data(), bytes));
          Answer(client);
        });
  }

  void Answer(const std::shared_ptr<Client>& client) {
    asio::async_write(client->socket, asio::buffer(client->answer),
                      [this, client, alive = Alive(alive_)](const Error& error, std::size_t) {
                        if (error || alive.expired() || script_.closes_after_answer) return;
                        if (!script_.flood.empty()) return Flood(client);
                        Serve(client);
                      });
  }

  void Flood(const std::shared_ptr<Client>& client) {
    asio::async_write(client->socket, asio::buffer(script_.flood),
                      [this, client, alive = Alive(alive_)](const Error& error, std::size_t bytes) {
                        if (error || alive.expired()) return;
                        client->flooded_bytes += bytes;
                        flooded_bytes_max_ = std::max(flooded_bytes_max_, client->flooded_bytes);
                        Flood(client);
                      });
  }

  asio::ip::tcp::acceptor acceptor_;
  FakeScript script_;
  int connections_ = 0;
  std::size_t flooded_bytes_max_ = 0;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace chat::redis
