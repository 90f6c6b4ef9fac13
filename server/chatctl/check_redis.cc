#include "server/chatctl/check_redis.h"

#include <array>
#include <bit>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "server/auth/secure_random.h"
#include "server/ports/broadcast.h"
#include "server/redis/broadcast.h"
#include "server/redis/redis_url.h"
#include "server/runtime/asio.h"

namespace chat::chatctl {
namespace {

constexpr std::chrono::seconds kPatience{5};

// Hears nothing of what nodes say.
class Nobody : public BroadcastListener {
 public:
  void Heard(std::string_view) override {}
  void Joined() override {}
  void Lost() override {}
};

std::uint32_t RandomNumber() {
  std::array<std::uint8_t, sizeof(std::uint32_t)> bytes;
  auth::SystemRandom().Fill(bytes);
  return std::bit_cast<std::uint32_t>(bytes);
}

}  // namespace

std::expected<void, std::string> CheckRedis(const std::string& url) {
  auto parsed = redis::ParseRedisUrl(url);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  asio::io_context loop;
  auto probe = redis::Broadcast::Open(loop.get_executor(),
                                      {.url = *std::move(parsed), .random = RandomNumber});
  if (!probe) return std::unexpected(std::move(probe.error()));
  Nobody nobody;
  (*probe)->Start(nobody);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  const auto undecided = [&] {
    return (*probe)->state().status == redis::BroadcastStatus::kConnecting;
  };
  while (undecided() && loop.run_one_until(end) > 0) {
  }
  const redis::BroadcastState state = (*probe)->state();
  (*probe)->Stop();
  if (state.status == redis::BroadcastStatus::kJoined) return {};
  return std::unexpected(state.detail);
}

}  // namespace chat::chatctl
