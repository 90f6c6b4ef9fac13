#include "protocol/websocket/masking.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace chat::websocket {

void ApplyMask(std::span<char> payload, MaskingKey key, uint64_t offset) {
  std::rotate(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(offset % 4), key.end());

  uint64_t key_word = 0;
  std::memcpy(&key_word, key.data(), 4);
  std::memcpy(reinterpret_cast<char*>(&key_word) + 4, key.data(), 4);

  size_t at = 0;
  for (; payload.size() - at >= sizeof key_word; at += sizeof key_word) {
    uint64_t word;
    std::memcpy(&word, payload.data() + at, sizeof word);
    word ^= key_word;
    std::memcpy(payload.data() + at, &word, sizeof word);
  }
  for (; at < payload.size(); ++at) payload[at] ^= key[at % 4];
}

}  // namespace chat::websocket
