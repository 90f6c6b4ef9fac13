// Our reader against Beast's WebSocket stream, which has been in use for years: on valid and on
// damaged streams both must find the same and close with the same code. What the two judge
// differently on purpose is named below, nothing else may differ. A failure names the seed, which
// is all that it takes to see it again.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/websocket/beast_peer.h"
#include "protocol/websocket/message_reader.h"
#include "protocol/websocket/random_stream.h"
#include "protocol/websocket/transcript.h"
#include "protocol/websocket/utf8.h"

namespace chat::websocket {
namespace {

constexpr uint64_t kStreams = 1000;
constexpr uint32_t kMessageBytesMax = 1900;

// We count fragments and Beast does not, so that limit is out of the way here.
constexpr ReaderLimits kLimits{.message_bytes_max = kMessageBytesMax, .fragments_max = 65535};

// We refuse at the first byte that is wrong, Beast when all of that header or control frame has
// arrived. So where we have refused, Beast gets this much more input.
constexpr size_t kTailBytes = 200;

BeastVerdict OurVerdict(const Transcript& transcript) {
  BeastVerdict verdict{.lines = transcript.lines};
  if (transcript.error) verdict.violation = static_cast<uint16_t>(CloseCodeFor(*transcript.error));
  return verdict;
}

// The differences that are meant:
// - 1014 is registered with IANA since, Beast still refuses it;
// - codes above 4999 have no meaning (RFC 6455 §7.4.2), Beast lets them pass;
// - a close reason that is not UTF-8 is bad data (1007, as §8.1 has it), for Beast a bad frame
// (1002);
// - text that ends inside a code point is 1007; Beast forgets to look when the last fragment is
// empty;
// - a length with its highest bit set breaks §5.2 (1002), for Beast it is only too long (1009).
bool IsMeantToDiffer(const Transcript& ours, const BeastVerdict& beast) {
  if (ours.error == FrameError::kLengthHighBit) return beast.violation == 1009;
  if (ours.error == FrameError::kCloseReasonNotUtf8) return beast.violation == 1002;
  if (ours.error == FrameError::kTextNotUtf8) {
    const size_t next = ours.lines.size();
    return beast.lines.size() > next && beast.lines[next].starts_with("text:") &&
           !IsUtf8(beast.lines[next]);
  }
  if (ours.error == FrameError::kCloseCodeIllegal) {
    return !beast.lines.empty() && beast.lines.back().starts_with("close:") &&
           std::stoi(beast.lines.back().substr(6)) >= 5000;
  }
  return !ours.lines.empty() && ours.lines.back().starts_with("close:1014:") &&
         beast.violation == 1002;
}

class BeastDifferentialTest : public testing::TestWithParam<Role> {
 protected:
  // Both read `bytes`, each in pieces of its own.
  void Compare(std::string_view bytes, StreamMaker& maker) {
    MessageReader reader(GetParam(), kLimits);
    BeastPeer beast(GetParam(), kMessageBytesMax);
    ASSERT_TRUE(beast.is_open());

    const Transcript ours = Read(reader, bytes, maker.PieceSizes(bytes.size()));
    const std::string tail(ours.error ? kTailBytes : 0, '\xFF');
    const BeastVerdict theirs = beast.Read(std::string(bytes) + tail, 1 + maker.Below(100));

    refused_ += ours.error ? 1 : 0;
    if (IsMeantToDiffer(ours, theirs)) return;
    EXPECT_EQ(OurVerdict(ours).lines, theirs.lines);
    EXPECT_EQ(OurVerdict(ours).violation, theirs.violation) << testing::PrintToString(ours);
  }

  uint64_t refused_ = 0;
};

TEST_P(BeastDifferentialTest, FindsTheSameInValidStreams) {
  for (uint64_t seed = 0; seed < kStreams && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    StreamMaker maker(GetParam(), seed);
    Compare(maker.Valid().bytes, maker);
  }
}

TEST_P(BeastDifferentialTest, JudgesDamagedStreamsTheSame) {
  for (uint64_t seed = 0; seed < 5 * kStreams && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    StreamMaker maker(GetParam(), seed);
    Compare(maker.Damaged(), maker);
  }
  EXPECT_GT(refused_, kStreams);
}

TEST_P(BeastDifferentialTest, ReadsWhatBeastWrites) {
  const Role writer = GetParam() == Role::kServer ? Role::kClient : Role::kServer;
  for (uint64_t seed = 0; seed < kStreams; ++seed) {
    StreamMaker maker(GetParam(), seed);
    BeastPeer beast(writer, kMessageBytesMax);
    ASSERT_TRUE(beast.is_open());
    const std::string text = maker.Text(maker.PayloadBytes());
    const std::string binary = maker.Binary(maker.PayloadBytes());

    std::string bytes = beast.Write(Opcode::kText, text, 8 + maker.Below(300));
    bytes += beast.Write(Opcode::kBinary, binary, 8 + maker.Below(300));

    MessageReader reader(GetParam());
    ASSERT_EQ(Read(reader, bytes, maker.PieceSizes(bytes.size())),
              (Transcript{.lines = {"text:" + text, "binary:" + binary}}))
        << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Roles, BeastDifferentialTest,
                         testing::Values(Role::kServer, Role::kClient), [](const auto& info) {
                           return info.param == Role::kServer ? "Server" : "Client";
                         });

}  // namespace
}  // namespace chat::websocket
