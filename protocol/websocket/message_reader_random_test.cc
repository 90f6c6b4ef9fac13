// The reader on streams from a seed, cut into pieces from the same seed. A failure names the seed,
// which is all that it takes to see it again.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "protocol/websocket/message_reader.h"
#include "protocol/websocket/random_stream.h"
#include "protocol/websocket/transcript.h"

namespace chat::websocket {
namespace {

constexpr uint64_t kStreams = 3000;

class MessageReaderRandomTest : public testing::TestWithParam<Role> {};

TEST_P(MessageReaderRandomTest, FindsWhatWasPutIntoValidStreams) {
  for (uint64_t seed = 0; seed < kStreams; ++seed) {
    StreamMaker maker(GetParam(), seed);
    const RandomStream stream = maker.Valid();
    const Transcript expected{.lines = stream.lines};

    MessageReader in_pieces(GetParam());
    ASSERT_EQ(ReadAs(GetParam(), stream.bytes), expected) << "seed " << seed;
    ASSERT_EQ(Read(in_pieces, stream.bytes, maker.PieceSizes(stream.bytes.size())), expected)
        << "seed " << seed;
  }
}

TEST_P(MessageReaderRandomTest, JudgesDamagedStreamsTheSameHoweverTheyAreSplit) {
  uint64_t refused = 0;
  for (uint64_t seed = 0; seed < kStreams; ++seed) {
    StreamMaker maker(GetParam(), seed);
    const std::string bytes = maker.Damaged();
    const Transcript whole = ReadAs(GetParam(), bytes);

    MessageReader in_pieces(GetParam());
    ASSERT_EQ(Read(in_pieces, bytes, maker.PieceSizes(bytes.size())), whole) << "seed " << seed;
    refused += whole.error ? 1 : 0;
  }
  // Else the damage would be too gentle to say anything.
  EXPECT_GT(refused, kStreams / 4);
}

INSTANTIATE_TEST_SUITE_P(Roles, MessageReaderRandomTest,
                         testing::Values(Role::kServer, Role::kClient), [](const auto& info) {
                           return info.param == Role::kServer ? "Server" : "Client";
                         });

}  // namespace
}  // namespace chat::websocket
