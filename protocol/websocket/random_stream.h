// For tests of the codec: streams of frames from a seed, with what a reader must find in them, and
// damage done to them. Not part of the product.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/websocket/frame_header.h"

namespace chat::websocket {

struct RandomStream {
  std::string bytes;
  // In the form of Transcript::lines.
  std::vector<std::string> lines;
};

// Makes streams as the peer of `receiver` would send them.
// Thread: any one at a time. Lifetime: one test case; the seed decides all that it makes.
class StreamMaker {
 public:
  StreamMaker(Role receiver, uint64_t seed) : receiver_(receiver), random_(seed) {}

  // Messages whole and in fragments, control frames between them and inside them, sometimes a close
  // at the end. Payloads have at most 2,000 bytes.
  RandomStream Valid();

  // The bytes of a valid stream with one to four places changed, removed, doubled or cut off.
  std::string Damaged();

  // Sizes of pieces that together exceed `bytes`, most of them small.
  std::vector<size_t> PieceSizes(size_t bytes);

  // A number from 0 to `below` - 1.
  size_t Below(size_t below);

  // Valid UTF-8 of about `bytes` bytes, with code points of every length.
  std::string Text(size_t bytes);

  // Any bytes.
  std::string Binary(size_t bytes);

  size_t PayloadBytes();

 private:
  void AddMessage(RandomStream& stream);
  void AddPingOrPong(RandomStream& stream);
  void AddClose(RandomStream& stream);
  std::string MakeFrame(FrameHeader header, std::string_view payload);
  void Damage(std::string& bytes);

  Role receiver_;
  std::mt19937_64 random_;
};

}  // namespace chat::websocket
