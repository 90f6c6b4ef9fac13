// Random pushes and writes: compared with a naive queue byte by byte, and judged by what a client
// may rely on however slowly it reads.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/naive_outbox.h"
#include "server/core/outbox.h"
#include "server/core/outbox_reader.h"
#include "server/core/shared_frame.h"
#include "server/core/wire.h"

namespace chat {
namespace {

constexpr OutboxLimits kLimits{.bytes_max = 3000, .bytes_hard_max = 9000};
constexpr int kConversations = 4;
constexpr int kUsers = 5;
constexpr int kSteps = 3000;

// A server that pushes at random into an outbox, and into the naive one alike.
class RandomServer {
 public:
  RandomServer(Encoding encoding, std::uint32_t seed)
      : random_(seed), encoding_(encoding), naive_(encoding, kLimits) {}

  void Push() {
    switch (Random(0, 19)) {
      case 0:
      case 1:
      case 2:
        return PushAck();
      case 3:
      case 4:
        return PushPresence();
      case 5:
        return PushPresenceSnapshot();
      case 6:
        return PushTyping();
      default:
        return PushBody();
    }
  }

  // The reader's socket takes a random part of what it is shown.
  void Write(OutboxReader& reader) {
    const auto parts = static_cast<std::size_t>(Random(1, 20));
    const std::string shown = naive_.Gather(parts);
    const std::size_t taken = static_cast<std::size_t>(Random(0, static_cast<int>(shown.size())));
    ASSERT_EQ(Shown(parts), shown);
    ASSERT_EQ(reader.Read(outbox_, taken, parts), taken);
    naive_.Consume(taken);
  }

  void CompareSizes() {
    ASSERT_EQ(outbox_.bytes(), naive_.bytes());
    ASSERT_EQ(totals_.bytes, naive_.bytes());
    ASSERT_EQ(outbox_.empty(), naive_.empty());
    ASSERT_EQ(outbox_.overflowed(), naive_.overflowed());
    ASSERT_TRUE(outbox_.overflowed() || outbox_.bytes() <= kLimits.bytes_hard_max);
  }

  int Random(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

  Outbox& outbox() { return outbox_; }
  const OutboxTotals& totals() const { return totals_; }
  std::int64_t acks() const { return acks_; }
  const std::map<std::int64_t, std::int64_t>& heads() const { return heads_; }
  const std::map<std::int64_t, OnlineState>& presence() const { return presence_; }

 private:
  std::string Shown(std::size_t parts_max) {
    std::vector<std::string_view> parts(parts_max);
    parts.resize(outbox_.Gather(parts));
    std::string shown;
    for (const std::string_view part : parts) shown += part;
    return shown;
  }

  void PushAck() {
    const WireFrame frame = EncodeWire(encoding_, AckOf(Seq(++acks_)));
    outbox_.Push(frame);
    naive_.Push(*frame);
  }

  void PushBody() {
    const ConversationId conversation(Random(1, kConversations));
    const Seq seq(++heads_[conversation.number()]);
    const Change change(seq.number() / 3);
    const auto padding = static_cast<std::size_t>(Random(0, 30) == 0 ? 4000 : Random(0, 400));
    const WireFrame frame = EncodeWire(encoding_, BodyOf(conversation, seq, padding));
    outbox_.PushBody(frame, conversation, seq, change);
    naive_.PushBody(*frame, conversation, seq, change);
  }

  void PushPresence() {
    const UserId user(Random(1, kUsers));
    const auto online = Random(0, 1) == 0 ? OnlineState::kOffline : OnlineState::kOnline;
    presence_[user.number()] = online;
    outbox_.PushPresence({.seen = {user, std::nullopt}, .online = online});
    naive_.PushPresence({.seen = {user, std::nullopt}, .online = online});
  }

  void PushPresenceSnapshot() {
    v1::ServerFrame snapshot;
    v1::PresenceEvent& event = *snapshot.mutable_presence();
    for (const auto& [user, online] : presence_) {
      *event.add_users() = ToWire(LastSeen{UserId(user), std::nullopt}, online);
    }
    const WireFrame frame = EncodeWire(encoding_, snapshot);
    outbox_.PushPresenceSnapshot(frame);
    naive_.PushPresenceSnapshot(*frame);
  }

  void PushTyping() {
    const ConversationId conversation(Random(1, kConversations));
    const UserId user(Random(1, kUsers));
    const WireFrame frame = EncodeWire(encoding_, TypingOf(conversation, user));
    outbox_.PushTyping(frame, conversation, user);
    naive_.PushTyping(*frame, conversation, user);
  }

  std::mt19937 random_;
  Encoding encoding_;
  OutboxTotals totals_;
  Outbox outbox_{encoding_, kLimits, totals_};
  NaiveOutbox naive_;
  std::int64_t acks_ = 0;
  std::map<std::int64_t, std::int64_t> heads_;
  std::map<std::int64_t, OnlineState> presence_;
};

// A client that holds the server to its promises as the frames come.
class StrictClient {
 public:
  void Take(const std::vector<std::string>& frames) {
    for (const std::string& frame : frames) Take(frame);
  }

  std::int64_t acks() const { return acks_; }
  const std::map<std::int64_t, std::int64_t>& heads() const { return heads_; }
  const std::map<std::int64_t, OnlineState>& presence() const { return presence_; }

 private:
  void Take(const std::string& frame) {
    std::istringstream words(frame);
    std::string kind;
    words >> kind;
    if (kind == "ack") TakeAck(words);
    if (kind == "body") TakeBody(words);
    if (kind == "gap") TakeGap(words);
    if (kind == "presence") TakePresence(words);
  }

  void TakeAck(std::istringstream& words) {
    std::int64_t seq = 0;
    words >> seq;
    ASSERT_EQ(seq, ++acks_) << "a kept frame was lost, repeated or overtaken";
  }

  void TakeBody(std::istringstream& words) {
    std::int64_t conversation = 0;
    std::int64_t seq = 0;
    char slash = 0;
    words >> conversation >> slash >> seq;
    ASSERT_EQ(seq, ++heads_[conversation]) << "a hole without a gap";
  }

  void TakeGap(std::istringstream& words) {
    std::int64_t conversation = 0;
    std::int64_t head = 0;
    std::string at;
    words >> conversation >> at >> head;
    ASSERT_GT(head, heads_[conversation]) << "a gap that says nothing";
    heads_[conversation] = head;
  }

  void TakePresence(std::istringstream& words) {
    for (char sign = 0; words >> sign;) {
      std::int64_t user = 0;
      words >> user;
      presence_[user] = sign == '+' ? OnlineState::kOnline : OnlineState::kOffline;
    }
  }

  std::int64_t acks_ = 0;
  std::map<std::int64_t, std::int64_t> heads_;
  std::map<std::int64_t, OnlineState> presence_;
};

struct Run {
  Encoding encoding;
  std::uint32_t seed;
};

class OutboxModelTest : public testing::TestWithParam<Run> {};

TEST_P(OutboxModelTest, DoesWhatTheNaiveQueueDoes) {
  RandomServer server(GetParam().encoding, GetParam().seed);
  OutboxReader reader(GetParam().encoding);

  for (int step = 0; step < kSteps && !server.outbox().overflowed(); ++step) {
    if (server.Random(0, 5) == 0) ASSERT_NO_FATAL_FAILURE(server.Write(reader)) << "step " << step;
    server.Push();
    ASSERT_NO_FATAL_FAILURE(server.CompareSizes()) << "step " << step;
  }

  EXPECT_GT(server.totals().gaps, 0u);
}

TEST_P(OutboxModelTest, LeavesNoReaderWithoutKnowingWhatItMissed) {
  RandomServer server(GetParam().encoding, GetParam().seed);
  OutboxReader reader(GetParam().encoding);
  StrictClient client;

  for (int step = 0; step < kSteps; ++step) {
    server.Push();
    if (server.Random(0, 5) == 0) reader.Read(server.outbox(), 2000);
    ASSERT_FALSE(server.outbox().overflowed());
    ASSERT_NO_FATAL_FAILURE(client.Take(reader.TakeFrames()));
  }
  reader.ReadAll(server.outbox());
  client.Take(reader.TakeFrames());

  EXPECT_EQ(client.acks(), server.acks());
  EXPECT_EQ(client.heads(), server.heads());
  EXPECT_EQ(client.presence(), server.presence());
  EXPECT_GT(server.totals().gaps, 0u);
}

std::vector<Run> Runs() {
  std::vector<Run> runs;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    runs.push_back({seed % 2 == 0 ? Encoding::kJson : Encoding::kProtobuf, seed});
  }
  return runs;
}

INSTANTIATE_TEST_SUITE_P(Seeds, OutboxModelTest, testing::ValuesIn(Runs()),
                         [](const auto& run) { return std::to_string(run.param.seed); });

}  // namespace
}  // namespace chat
