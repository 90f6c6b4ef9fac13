// What hostile peers can and cannot make a reader do: the limits, the moment at which a bad stream
// is refused, and the memory that a reader holds. Counts every allocation of this process.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/websocket/message_reader.h"
#include "protocol/websocket/transcript.h"

namespace {

size_t heap_bytes = 0;
size_t heap_bytes_peak = 0;

void* CountedAllocation(size_t bytes) {
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  heap_bytes += malloc_usable_size(memory);
  heap_bytes_peak = std::max(heap_bytes_peak, heap_bytes);
  return memory;
}

void CountedRelease(void* memory) noexcept {
  if (memory != nullptr) heap_bytes -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(size_t bytes) { return CountedAllocation(bytes); }
void operator delete(void* memory) noexcept { CountedRelease(memory); }
void operator delete(void* memory, size_t) noexcept { CountedRelease(memory); }

namespace chat::websocket {
namespace {

constexpr size_t kMessageBytesMax = 1024 * 1024;

// What one reader allocates, apart from what the test itself holds.
class HeapUse {
 public:
  HeapUse() : before_(heap_bytes) { heap_bytes_peak = heap_bytes; }

  [[nodiscard]] size_t now() const { return heap_bytes - before_; }
  [[nodiscard]] size_t peak() const { return heap_bytes_peak - before_; }

 private:
  size_t before_;
};

// Feeds `bytes`, which are unmasked in place, and returns the violation if there is one.
std::optional<FrameError> Feed(MessageReader& reader, std::string& bytes) {
  std::span<char> input(bytes);
  while (const auto received = reader.Next(input)) {
    if (const auto* violation = std::get_if<Violation>(&*received)) return violation->error;
  }
  return std::nullopt;
}

// Feeds byte by byte; how many bytes it took until the reader refused, or nothing if it did not.
std::optional<size_t> BytesUntilRefused(std::string_view bytes) {
  MessageReader reader(Role::kServer);
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string byte(1, bytes[at]);
    if (Feed(reader, byte)) return at + 1;
  }
  return std::nullopt;
}

std::string ClientHeader(FrameHeader header) {
  header.mask = kTestKey;
  return std::string(EncodedHeader(header).view());
}

TEST(MessageReaderLimitsTest, RefusesOneByteTooManyAtTheHeaderAndAllocatesNothing) {
  std::string header = ClientHeader({.payload_bytes = kMessageBytesMax + 1});
  MessageReader reader(Role::kServer);
  const HeapUse heap;
  EXPECT_EQ(Feed(reader, header), FrameError::kMessageTooLong);
  EXPECT_EQ(heap.peak(), 0u);
}

TEST(MessageReaderLimitsTest, RefusesAbsurdLengthsAtTheHeaderAndAllocatesNothing) {
  for (const uint64_t bytes : {1ull << 62, (1ull << 63) - 1, 1ull << 63, ~0ull}) {
    std::string header = ClientHeader({.payload_bytes = bytes});
    MessageReader reader(Role::kServer);
    const HeapUse heap;
    EXPECT_EQ(Feed(reader, header),
              bytes >> 63 ? FrameError::kLengthHighBit : FrameError::kMessageTooLong);
    EXPECT_EQ(heap.peak(), 0u);
  }
}

TEST(MessageReaderLimitsTest, AnnouncedBytesAreNotAllocated) {
  std::string header =
      ClientHeader({.opcode = Opcode::kBinary, .payload_bytes = kMessageBytesMax}) + "abc";
  MessageReader reader(Role::kServer);
  const HeapUse heap;
  EXPECT_EQ(Feed(reader, header), std::nullopt);
  EXPECT_LE(heap.peak(), 512u);
}

TEST(MessageReaderLimitsTest, AcceptsTheLongestMessageInOneFrameAndInFragments) {
  const std::string half(kMessageBytesMax / 2, 'h');
  EXPECT_EQ(ReadAs(Role::kServer, ClientFrame(Opcode::kText, half + half)).lines,
            std::vector{"text:" + half + half});
  EXPECT_EQ(ReadAs(Role::kServer,
                   ClientFragment(Opcode::kText, half) + ClientFrame(Opcode::kContinuation, half))
                .lines,
            std::vector{"text:" + half + half});
}

TEST(MessageReaderLimitsTest, CountsTheBytesOfAllFragments) {
  std::string bytes = ClientFragment(Opcode::kText, std::string(kMessageBytesMax, 'x'));
  std::string one_more = ClientHeader({.opcode = Opcode::kContinuation, .payload_bytes = 1});
  MessageReader reader(Role::kServer);
  EXPECT_EQ(Feed(reader, bytes), std::nullopt);
  EXPECT_EQ(Feed(reader, one_more), FrameError::kMessageTooLong);
}

TEST(MessageReaderLimitsTest, CountsEachMessageAnew) {
  MessageReader reader(Role::kServer, {.message_bytes_max = 10, .fragments_max = 2});
  for (int i = 0; i < 5; ++i) {
    std::string message =
        ClientFragment(Opcode::kText, "12345") + ClientFrame(Opcode::kContinuation, "67890");
    EXPECT_EQ(Feed(reader, message), std::nullopt);
  }
}

TEST(MessageReaderLimitsTest, Accepts1024FragmentsAndRefusesOneMore) {
  for (const std::string_view payload : {"", "x"}) {
    std::string fragments = ClientFragment(Opcode::kBinary, payload);
    for (int i = 1; i < 1023; ++i) fragments += ClientFragment(Opcode::kContinuation, payload);

    const std::string last = ClientFrame(Opcode::kContinuation, payload);
    EXPECT_EQ(ReadAs(Role::kServer, fragments + last).lines.size(), 1u);

    const std::string one_more = ClientFragment(Opcode::kContinuation, payload) + last;
    EXPECT_EQ(ReadAs(Role::kServer, fragments + one_more).error, FrameError::kTooManyFragments);
  }
}

TEST(MessageReaderLimitsTest, AMillionEmptyFragmentsCostNoMemory) {
  std::string stream = ClientFragment(Opcode::kText, "");
  const std::string fragment = ClientFragment(Opcode::kContinuation, "");
  for (int i = 0; i < 1'000'000; ++i) stream += fragment;
  MessageReader reader(Role::kServer);
  const HeapUse heap;
  const auto error = Feed(reader, stream);
  ASSERT_EQ(error, FrameError::kTooManyFragments);
  EXPECT_EQ(CloseCodeFor(*error), CloseCode::kTooLarge);
  EXPECT_LE(heap.peak(), 512u);
}

TEST(MessageReaderLimitsTest, GatheringTheLongestMessageTakesAtMostTwiceItsSize) {
  for (const size_t piece_bytes : {1000, 4096, 65536, 700'000}) {
    std::string message = ClientFrame(Opcode::kBinary, std::string(kMessageBytesMax, 'x'));
    std::span<char> rest(message);
    MessageReader reader(Role::kServer);
    const HeapUse heap;
    bool complete = false;
    while (!rest.empty()) {
      std::span<char> piece = rest.first(std::min(piece_bytes, rest.size()));
      rest = rest.subspan(piece.size());
      while (reader.Next(piece)) complete = true;
    }
    EXPECT_TRUE(complete);
    EXPECT_LE(heap.peak(), 2 * kMessageBytesMax + 1024) << piece_bytes;
    EXPECT_EQ(heap.now(), 0u) << piece_bytes;
  }
}

TEST(MessageReaderLimitsTest, WholeFramesAreReadInPlaceWithoutMemory) {
  std::string frames;
  for (int i = 0; i < 100; ++i) frames += ClientFrame(Opcode::kText, "message");
  frames += ClientFrame(Opcode::kPing, "ping");
  MessageReader reader(Role::kServer);
  const HeapUse heap;
  std::span<char> input(frames);
  while (const auto received = reader.Next(input)) {
    if (const auto* message = std::get_if<Message>(&*received)) {
      EXPECT_GE(message->payload.data(), frames.data());
      EXPECT_LT(message->payload.data(), frames.data() + frames.size());
    }
  }
  EXPECT_EQ(heap.peak(), 0u);
}

TEST(MessageReaderLimitsTest, HoldsNoMemoryOnceAPartialFrameOrMessageWasRead) {
  const std::string bytes = ClientFragment(Opcode::kText, "a") + ClientFrame(Opcode::kPing, "p") +
                            ClientFrame(Opcode::kContinuation, "b");
  for (size_t at = 1; at < bytes.size(); ++at) {
    std::string first = bytes.substr(0, at);
    std::string second = bytes.substr(at);
    MessageReader reader(Role::kServer);
    const HeapUse heap;
    Feed(reader, first);
    EXPECT_GT(heap.now(), 0u);
    Feed(reader, second);
    EXPECT_EQ(heap.now(), 0u) << "split at " << at;
  }
}

TEST(MessageReaderLimitsTest, HoldsNoMemoryAfterItRefused) {
  std::string bytes = ClientFragment(Opcode::kBinary, std::string(1000, 'x')) + Bytes({0xFF});
  MessageReader reader(Role::kServer);
  const HeapUse heap;
  EXPECT_EQ(Feed(reader, bytes), FrameError::kReservedBits);
  std::span<char> nothing;
  EXPECT_FALSE(reader.Next(nothing));
  EXPECT_EQ(heap.now(), 0u);
}

// RFC 6455 §8.1 leaves the moment open; hostile text is refused before the rest is read.
TEST(MessageReaderLimitsTest, RefusesTextAtItsFirstBadByteInsideAFrame) {
  const std::string good(500, 'g');
  const std::string frame = ClientFrame(Opcode::kText, good + "\xED\xA0\x80" + good);
  const size_t header_bytes = frame.size() - 2 * good.size() - 3;
  EXPECT_EQ(BytesUntilRefused(frame), header_bytes + good.size() + 2);
}

TEST(MessageReaderLimitsTest, RefusesACloseAtItsFirstBadByte) {
  const size_t header_bytes = 6;
  const std::string bad_code = ClientFrame(Opcode::kClose, Bytes({0x03, 0xED}) + "reason");
  EXPECT_EQ(BytesUntilRefused(bad_code), header_bytes + 2);
  const std::string bad_reason = ClientFrame(Opcode::kClose, Bytes({0x03, 0xE8}) + "r\xFFson");
  EXPECT_EQ(BytesUntilRefused(bad_reason), header_bytes + 4);
  const std::string half_a_code = ClientFrame(Opcode::kClose, "x");
  EXPECT_EQ(BytesUntilRefused(half_a_code), header_bytes);
}

}  // namespace
}  // namespace chat::websocket
