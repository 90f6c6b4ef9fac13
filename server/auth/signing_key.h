// One key that signs access tokens and tickets, as it is in memory.
#pragma once

#include <array>
#include <cstdint>

namespace chat::auth {

using KeyMaterial = std::array<std::uint8_t, 32>;

struct SigningKey {
  std::uint32_t key_id = 0;
  KeyMaterial material{};
};

}  // namespace chat::auth
