#include "protocol/websocket/beast_peer.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <span>
#include <string>
#include <variant>

#include "protocol/websocket/handshake.h"
#include "protocol/websocket/message_reader.h"

namespace chat::websocket {
namespace {

namespace beast = boost::beast;
namespace asio = boost::asio;

constexpr std::string_view kSampleKey = "dGhlIHNhbXBsZSBub25jZQ==";

std::string HeaderValue(std::string_view request, std::string_view name) {
  const size_t begin = request.find(name) + name.size();
  return std::string(request.substr(begin, request.find("\r\n", begin) - begin));
}

std::string AcceptResponse(std::string_view request) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         AcceptKey(HeaderValue(request, "Sec-WebSocket-Key: ")) + "\r\n\r\n";
}

std::string UpgradeRequest() {
  return "GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
         std::string(kSampleKey) + "\r\n\r\n";
}

std::string CloseLine(const beast::websocket::close_reason& reason) {
  if (reason.code == beast::websocket::close_code::none) return "close:";
  return "close:" + std::to_string(reason.code) + ":" + std::string(reason.reason);
}

}  // namespace

struct BeastPeer::Stream {
  explicit Stream(Role role) : role(role), far_end(context), websocket(context) {
    websocket.next_layer().connect(far_end);
  }
  ~Stream() {
    // Ends what still waits for input, so that nothing outlives the context.
    far_end.close();
    Run();
  }

  void Run() {
    context.restart();
    context.poll();
  }

  void Send(std::string_view bytes) { asio::write(far_end, asio::buffer(bytes)); }

  void Shake() {
    const auto done = [this](beast::error_code error) { open = !error; };
    if (role == Role::kServer) {
      Send(UpgradeRequest());
      websocket.async_accept(done);
    } else {
      websocket.async_handshake("test", "/", done);
      Run();
      Send(AcceptResponse(far_end.str()));
    }
    Run();
    far_end.clear();
  }

  void ReadNext(BeastVerdict& verdict) {
    websocket.async_read(buffer, [this, &verdict](beast::error_code error, size_t) {
      if (error) return Finish(error, verdict);
      verdict.lines.push_back((websocket.got_text() ? "text:" : "binary:") +
                              beast::buffers_to_string(buffer.data()));
      buffer.clear();
      ReadNext(verdict);
    });
  }

  void Finish(beast::error_code error, BeastVerdict& verdict) {
    if (error == beast::websocket::error::closed) {
      verdict.lines.push_back(CloseLine(websocket.reason()));
    } else if (error != asio::error::eof && error != asio::error::operation_aborted) {
      verdict.violation = SentCloseCode();
    }
  }

  // Reads Beast's close frame from what it sent; 0 when it sent none.
  uint16_t SentCloseCode() {
    std::string sent(far_end.str());
    std::span<char> input(sent);
    MessageReader reader(role == Role::kServer ? Role::kClient : Role::kServer);
    while (const auto received = reader.Next(input)) {
      const auto* close = std::get_if<Close>(&*received);
      if (close != nullptr && close->code) return static_cast<uint16_t>(*close->code);
    }
    return 0;
  }

  Role role;
  asio::io_context context;
  beast::test::stream far_end;
  beast::websocket::stream<beast::test::stream> websocket;
  beast::flat_buffer buffer;
  bool open = false;
};

BeastPeer::BeastPeer(Role role, size_t message_bytes_max)
    : stream_(std::make_unique<Stream>(role)) {
  stream_->websocket.read_message_max(message_bytes_max);
  stream_->Shake();
}

BeastPeer::~BeastPeer() = default;

bool BeastPeer::is_open() const { return stream_->open; }

BeastVerdict BeastPeer::Read(std::string_view bytes, size_t read_bytes_max) {
  BeastVerdict verdict;
  auto& websocket = stream_->websocket;
  websocket.control_callback([&verdict](beast::websocket::frame_type type, std::string_view text) {
    if (type == beast::websocket::frame_type::ping)
      verdict.lines.push_back("ping:" + std::string(text));
    if (type == beast::websocket::frame_type::pong)
      verdict.lines.push_back("pong:" + std::string(text));
  });
  websocket.next_layer().read_size(read_bytes_max);
  stream_->Send(bytes);
  stream_->ReadNext(verdict);
  stream_->Run();
  stream_->far_end.close();
  stream_->Run();
  return verdict;
}

std::string BeastPeer::Write(Opcode opcode, std::string_view payload, size_t fragment_bytes) {
  auto& websocket = stream_->websocket;
  websocket.auto_fragment(true);
  websocket.write_buffer_bytes(fragment_bytes);
  websocket.text(opcode == Opcode::kText);
  stream_->far_end.clear();
  websocket.async_write(asio::buffer(payload), [](beast::error_code, size_t) {});
  stream_->Run();
  return std::string(stream_->far_end.str());
}

}  // namespace chat::websocket
