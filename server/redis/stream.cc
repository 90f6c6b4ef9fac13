#include "server/redis/stream.h"

#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <cassert>
#include <utility>

namespace chat::redis {
namespace {

// What Redis says to us is flat; deep lists cost stack when they are freed.
constexpr int kReplyDepthMax = 8;
// A list's length is a promise of few bytes for which hiredis takes memory at once.
constexpr std::size_t kReplyElementsMax = 4096;

redisContext* MakeContext(int descriptor) {
  redisOptions options = {};
  options.type = REDIS_CONN_USERFD;
  options.options = REDIS_OPT_NONBLOCK | REDIS_OPT_NO_PUSH_AUTOFREE;
  options.endpoint.fd = descriptor;
  return redisConnectWithOptions(&options);
}

std::string DescribeFailure(const redisContext& context) {
  switch (context.err) {
    case REDIS_ERR_EOF:
      return "it closed the connection";
    case REDIS_ERR_PROTOCOL:
      return "it does not speak Redis' protocol";
    case REDIS_ERR_OOM:
      return "there is no memory for it";
    default:
      // hiredis' text is made of errno, never of what was sent.
      return std::string("the connection broke: ") + context.errstr;
  }
}

}  // namespace

Stream::Stream(Socket socket, redisContext* context)
    : socket_(std::move(socket)),
      create_array_(context->reader->fn->createArray),
      functions_(*context->reader->fn),
      context_(context) {
  functions_.createArray = [](const redisReadTask* task, std::size_t elements) {
    return static_cast<Stream*>(task->privdata)->CreateArray(*task, elements);
  };
  context_->reader->fn = &functions_;
  context_->reader->privdata = this;
  context_->reader->maxelements = static_cast<long long>(kReplyElementsMax);
}

Stream::~Stream() = default;

std::expected<std::unique_ptr<Stream>, std::string> Stream::Make(Socket socket,
                                                                 TlsSession session) {
  boost::system::error_code ignored;
  socket.native_non_blocking(true, ignored);
  redisContext* const context = MakeContext(socket.native_handle());
  if (context == nullptr) return std::unexpected("there is no memory for it");
  std::unique_ptr<Stream> stream(new Stream(std::move(socket), context));
  if (context->err != 0) return std::unexpected(DescribeFailure(*context));
  if (session != nullptr) {
    auto begun = stream->BeginTls(std::move(session));
    if (!begun) return std::unexpected(std::move(begun).error());
  }
  return stream;
}

void* Stream::CreateArray(const redisReadTask& task, std::size_t elements) {
  reply_elements_ += elements;
  if (reply_elements_ > kReplyElementsMax) return nullptr;
  return create_array_(&task, elements);
}

std::expected<void, std::string> Stream::BeginTls(TlsSession session) {
  ERR_clear_error();
  if (redisInitiateSSL(context_.get(), session.get()) != REDIS_OK) {
    // The handshake failed already: hiredis did not take the session.
    return std::unexpected("TLS failed: " + DescribeTlsFailure(*session));
  }
  tls_ = session.release();
  is_handshaking_ = true;
  return {};
}

void Stream::Start(StreamEvents events) {
  events_ = std::move(events);
  WaitToRead();
}

void Stream::Send(std::span<const std::string_view> command) {
  if (is_closed_) return;
  assert(command.size() <= kCommandWordsMax);
  std::array<const char*, kCommandWordsMax> words;
  std::array<std::size_t, kCommandWordsMax> sizes;
  for (std::size_t index = 0; index < command.size(); ++index) {
    words[index] = command[index].data();
    sizes[index] = command[index].size();
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(command.size()), words.data(),
                         sizes.data());
  ScheduleWrite();
}

void Stream::Close() {
  if (is_closed_) return;
  is_closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Stream::Break(std::string why) {
  if (is_closed_) return;
  Close();
  if (events_.on_broken) events_.on_broken(std::move(why));
}

void Stream::ScheduleWrite() {
  if (is_write_scheduled_ || waits_to_write_) return;
  is_write_scheduled_ = true;
  asio::post(socket_.get_executor(), [this, watch = lifetime_.watch()] {
    if (watch.is_over()) return;
    is_write_scheduled_ = false;
    Write();
  });
}

bool Stream::Handshake() {
  if (!is_handshaking_) return true;
  ERR_clear_error();
  const int outcome = SSL_do_handshake(tls_);
  if (outcome == 1) {
    is_handshaking_ = false;
    return true;
  }
  switch (SSL_get_error(tls_, outcome)) {
    case SSL_ERROR_WANT_READ:
      break;
    case SSL_ERROR_WANT_WRITE:
      WaitToWrite();
      break;
    default:
      Break("TLS failed: " + DescribeTlsFailure(*tls_));
  }
  return false;
}

void Stream::Write() {
  if (is_closed_ || !Handshake()) return;
  int is_done = 0;
  ERR_clear_error();
  if (redisBufferWrite(context_.get(), &is_done) != REDIS_OK) {
    Break(DescribeFailure(*context_));
    return;
  }
  if (is_done != 0) return;
  // TLS may have to read before it can write; Read then writes on.
  must_read_to_write_ = tls_ != nullptr && SSL_want_read(tls_);
  if (!must_read_to_write_) WaitToWrite();
}

void Stream::WaitToWrite() {
  if (waits_to_write_) return;
  waits_to_write_ = true;
  socket_.async_wait(Socket::wait_write,
                     [this, watch = lifetime_.watch()](const boost::system::error_code& error) {
                       if (error || watch.is_over()) return;
                       waits_to_write_ = false;
                       Write();
                     });
}

void Stream::WaitToRead() {
  socket_.async_wait(Socket::wait_read,
                     [this, watch = lifetime_.watch()](const boost::system::error_code& error) {
                       if (!error && !watch.is_over()) Read();
                     });
}

void Stream::Read() {
  if (is_closed_) return;
  if (is_handshaking_) {
    Write();
    if (is_handshaking_) {
      if (!is_closed_) WaitToRead();
      return;
    }
  }
  // What TLS has decrypted does not make the socket readable again; it is one record at most.
  do {
    if (!ReadOnce()) return;
  } while (tls_ != nullptr && SSL_pending(tls_) > 0);
  if (std::exchange(must_read_to_write_, false)) ScheduleWrite();
  WaitToRead();
}

bool Stream::ReadOnce() {
  const std::size_t before = context_->reader->len;
  ERR_clear_error();
  if (redisBufferRead(context_.get()) != REDIS_OK) {
    Break(DescribeFailure(*context_));
    return false;
  }
  unfinished_bytes_ += context_->reader->len - before;
  return TakeReplies();
}

bool Stream::TakeReplies() {
  while (!is_closed_) {
    void* parsed = nullptr;
    if (redisReaderGetReply(context_->reader, &parsed) != REDIS_OK) {
      Break("it does not speak Redis' protocol");
      return false;
    }
    if (parsed == nullptr) break;
    const std::unique_ptr<void, decltype(&freeReplyObject)> reply(parsed, &freeReplyObject);
    unfinished_bytes_ = context_->reader->len - context_->reader->pos;
    reply_elements_ = 0;
    events_.on_reply(*static_cast<const redisReply*>(parsed));
  }
  if (is_closed_) return false;
  if (unfinished_bytes_ > kReplyBytesMax || context_->reader->ridx > kReplyDepthMax) {
    Break("it sends a reply that is too large");
    return false;
  }
  return true;
}

}  // namespace chat::redis
