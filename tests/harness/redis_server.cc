#include "tests/harness/redis_server.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/time.h>

#include <cassert>
#include <cstddef>
#include <fstream>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"

namespace chat::testing {
namespace {

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

std::string TextOf(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_ARRAY: {
      std::string lines;
      for (redisReply* element : std::span(reply.element, reply.elements)) {
        lines += TextOf(*element) + '\n';
      }
      return lines;
    }
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_NIL:
      return "";
    default:
      return {reply.str, reply.len};
  }
}

}  // namespace

RedisServer::RedisServer(RedisOptions options)
    : options_(std::move(options)),
      folder_(MakeTestFolder("redis")),
      socket_(socket_folder_.path() / "redis.sock"),
      port_(FindFreePort()) {
  Start();
}

RedisServer::~RedisServer() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RedisServer::Start() {
  const std::filesystem::path configuration = folder_ / "redis.conf";
  std::ofstream file(configuration);
  file << "bind 127.0.0.1\nport " << (options_.listens_on_tcp ? port_ : 0) << "\nunixsocket "
       << socket_.string() << "\ndir " << folder_.string()
       << "\nsupervised systemd\nsave \"\"\nlogfile \""
       << (TestOutputFolder() / (folder_.filename().string() + ".log")).string() << "\"\n";
  for (const std::string& setting : options_.settings) file << setting << '\n';
  file.close();
  process_.emplace(StoreProcessOptions{
      .program = "../redis/bin/redis-server",
      .arguments = {configuration.string()},
      .socket_folder = socket_folder_.path(),
      .log = TestOutputFolder() / (folder_.filename().string() + "-errors.log"),
  });
}

void RedisServer::Stop() { process_->Stop(SIGTERM); }

std::string RedisServer::Command(const std::vector<std::string>& words) const {
  const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
  const Context context(redisConnectUnixWithTimeout(socket_.c_str(), patience), &redisFree);
  if (context == nullptr || context->err != 0) throw Surprise("Redis takes no connection");
  redisSetTimeout(context.get(), patience);
  std::vector<const char*> pointers;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    pointers.push_back(word.data());
    sizes.push_back(word.size());
  }
  const Reply reply(
      static_cast<redisReply*>(redisCommandArgv(context.get(), static_cast<int>(words.size()),
                                                pointers.data(), sizes.data())),
      &freeReplyObject);
  if (reply == nullptr) throw Surprise("Redis does not answer");
  if (reply->type == REDIS_REPLY_ERROR) throw Surprise(TextOf(*reply));
  return TextOf(*reply);
}

std::string RedisServer::tcp_url() const {
  assert(options_.listens_on_tcp);
  return "redis://127.0.0.1:" + std::to_string(port_);
}

}  // namespace chat::testing
