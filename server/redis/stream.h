// hiredis on an Asio socket: commands out, replies in. It drives hiredis' context, which formats,
// parses and encrypts, from Asio's events; deadlines and the meaning of replies are the caller's.
//
// hiredis' own asynchronous layer is left out: it asserts that a server keeps to the protocol
// (async.c: a reply that nobody asked for, a message that is no list of three), so a broken server
// would end the process.
#pragma once

#include <hiredis/hiredis.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/redis/lifetime.h"
#include "server/redis/tls.h"
#include "server/runtime/asio.h"

namespace chat::redis {

// The words of one command.
inline constexpr std::size_t kCommandWordsMax = 10;

// A reply with all that belongs to it.
inline constexpr std::size_t kReplyBytesMax = std::size_t{2} << 20;

struct StreamEvents {
  std::function<void(const redisReply& reply)> on_reply;
  // Once, with the end of a sentence; nothing follows it.
  std::function<void(std::string why)> on_broken;
};

// Thread: the loop's. Lifetime: not ended within one of its events.
class Stream {
 public:
  using Socket = asio::generic::stream_protocol::socket;

  // `socket` is connected. With a session, TLS begins on it.
  //
  // Errors: why not, as the end of a sentence.
  static std::expected<std::unique_ptr<Stream>, std::string> Make(Socket socket,
                                                                  TlsSession session);

  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Once; events come from now on, never within a call of the owner.
  void Start(StreamEvents events);

  // Written with all others of this turn of the loop. It is copied.
  void Send(std::span<const std::string_view> command);

  // No more events, whatever is still unread. May be called by an event.
  void Close();

 private:
  struct FreeContext {
    // The socket is ours.
    void operator()(redisContext* context) const { redisFreeKeepFd(context); }
  };

  Stream(Socket socket, redisContext* context);

  void* CreateArray(const redisReadTask& task, std::size_t elements);
  std::expected<void, std::string> BeginTls(TlsSession session);

  void Break(std::string why);
  // True when TLS is there, or there is none.
  bool Handshake();
  void ScheduleWrite();
  void Write();
  void WaitToWrite();
  void WaitToRead();
  void Read();
  bool ReadOnce();
  bool TakeReplies();

  Socket socket_;
  // hiredis' own, and its table with one in its place that counts first.
  void* (*create_array_)(const redisReadTask*, std::size_t);
  redisReplyObjectFunctions functions_;
  std::unique_ptr<redisContext, FreeContext> context_;
  SSL* tls_ = nullptr;  // of context_
  bool is_handshaking_ = false;
  StreamEvents events_;
  bool is_closed_ = false;
  bool is_write_scheduled_ = false;
  bool waits_to_write_ = false;
  bool must_read_to_write_ = false;
  // Of the reply that is being received.
  std::size_t unfinished_bytes_ = 0;
  std::size_t reply_elements_ = 0;
  Lifetime lifetime_;
};

}  // namespace chat::redis
