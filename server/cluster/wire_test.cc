#include "server/cluster/wire.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <random>
#include <string>
#include <variant>

#include "server/cluster/cluster.pb.h"
#include "server/cluster/sample_batch.h"

namespace chat::cluster {
namespace {

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
constexpr Epoch kNode{7};

template <typename Kind>
Kind DecodeAs(std::string_view bytes) {
  std::optional<ClusterMessage> message = Decode(bytes);
  if (message && std::holds_alternative<Kind>(*message)) return std::get<Kind>(*message);
  ADD_FAILURE() << "no message of this kind";
  return Kind{};
}

PresenceNews SampleNews() {
  const UnixTime at{std::chrono::milliseconds(1'700'000'000'123)};
  return {.node = kNode,
          .number = 3,
          .transitions = {{kNode, 1, UserId(5), true, at, false},
                          {kNode, 2, UserId(6), false, at, true}}};
}

PresenceChunk SampleChunk() {
  return {.node = kNode,
          .number = 4,
          .serial = 9,
          .chunk = 1,
          .chunks = 2,
          .places = {{UserId(5), 0}, {UserId(6), 3}}};
}

TEST(WireTest, AHintCarriesItsBatch) {
  CommitBatch batch = SampleBatch();
  batch.number = 99;
  batch.entries.front().origin = {.shard = 1, .send = 2};

  const auto hint = DecodeAs<Hint>(EncodeHint(batch));

  EXPECT_EQ(hint.position, batch.position);
  ASSERT_NE(hint.batch, nullptr);
  EXPECT_EQ(Describe(*hint.batch), Describe(batch));
  EXPECT_EQ(hint.batch->number, 0u) << "a number means something on its own node only";
  EXPECT_EQ(hint.batch->entries.front().origin, SendOrigin{}) << "so does a send";
}

NodeSignals SampleSignals() {
  auto signals = std::make_shared<Signals>();
  signals->marks.push_back({.conversation_id = ConversationId(8),
                            .user_id = UserId(5),
                            .delivered_seq = Seq(5),
                            .read_seq = Seq(4),
                            .listeners = {UserId(5), UserId(6)},
                            .origin = {.shard = 1, .connection = 2}});
  signals->typing.push_back({.conversation_id = ConversationId(9),
                             .user_id = UserId(6),
                             .active = true,
                             .listeners = {UserId(5)}});
  return {kNode, std::move(signals)};
}

TEST(WireTest, SignalsTravelWithoutTheConnectionTheyCameFrom) {
  const auto said = DecodeAs<NodeSignals>(Encode(SampleSignals()));

  EXPECT_EQ(said.node, kNode);
  ASSERT_EQ(said.signals->marks.size(), 1u);
  const MarksMoved& moved = said.signals->marks[0];
  EXPECT_EQ(moved.conversation_id, ConversationId(8));
  EXPECT_EQ(moved.user_id, UserId(5));
  EXPECT_EQ(moved.delivered_seq, Seq(5));
  EXPECT_EQ(moved.read_seq, Seq(4));
  EXPECT_EQ(moved.listeners, (std::vector{UserId(5), UserId(6)}));
  EXPECT_EQ(moved.origin, SignalOrigin{});
  ASSERT_EQ(said.signals->typing.size(), 1u);
  EXPECT_EQ(said.signals->typing[0].user_id, UserId(6));
  EXPECT_TRUE(said.signals->typing[0].active);
  EXPECT_EQ(said.signals->typing[0].listeners, std::vector{UserId(5)});
}

TEST(WireTest, AsManyListenersAsThereMayBeFitIntoOneMessage) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::size_t kEach = 100;
  auto signals = std::make_shared<Signals>();
  for (std::size_t i = 0; i < kSignalListenersMax / kEach; ++i) {
    signals->marks.push_back({.conversation_id = ConversationId(kMost),
                              .user_id = UserId(kMost),
                              .delivered_seq = Seq(kMost),
                              .read_seq = Seq(kMost),
                              .listeners = std::vector<UserId>(kEach, UserId(kMost)),
                              .origin = {}});
  }
  EXPECT_LE(Encode(NodeSignals{kNode, std::move(signals)}).size(), kMessageBytesMax);
}

TEST(WireTest, RefusesSignalsOfNobody) {
  auto signals = std::make_shared<Signals>();
  signals->typing.push_back({.conversation_id = ConversationId(9),
                             .user_id = UserId(-6),
                             .active = true,
                             .listeners = {}});
  EXPECT_FALSE(Decode(Encode(NodeSignals{kNode, std::move(signals)})).has_value());
}

TEST(WireTest, ALongBatchTravelsAsItsPosition) {
  CommitBatch many_texts = SampleBatch();
  many_texts.entries.front().entry.text.assign(kHintBytesMax + 1, 'x');
  CommitBatch many_changes = SampleBatch();
  while (many_changes.user_changes.size() < 2'000) {
    many_changes.user_changes.push_back(many_changes.user_changes.front());
  }
  for (const CommitBatch& batch : {many_texts, many_changes}) {
    const std::string bytes = EncodeHint(batch);
    const auto hint = DecodeAs<Hint>(bytes);

    EXPECT_EQ(hint.position, batch.position);
    EXPECT_EQ(hint.batch, nullptr);
    EXPECT_LT(bytes.size(), 40u);
  }
}

TEST(WireTest, NewsComeBackAsTheyWere) {
  const auto news = DecodeAs<PresenceNews>(Encode(SampleNews()));

  EXPECT_EQ(news.node, kNode);
  EXPECT_EQ(news.number, 3u);
  ASSERT_EQ(news.transitions.size(), 2u);
  const PresenceTransition& left = news.transitions[1];
  EXPECT_EQ(left.node, kNode);
  EXPECT_EQ(left.shard, 2u);
  EXPECT_EQ(left.user_id, UserId(6));
  EXPECT_EQ(left.at, SampleNews().transitions[1].at);
  EXPECT_FALSE(left.online);
  EXPECT_TRUE(left.after_grace);
  EXPECT_TRUE(news.transitions[0].online);
  EXPECT_FALSE(news.transitions[0].after_grace);
}

TEST(WireTest, ChunksAsksAndMarksComeBackAsTheyWere) {
  const auto chunk = DecodeAs<PresenceChunk>(Encode(SampleChunk()));
  EXPECT_EQ(chunk.node, kNode);
  EXPECT_EQ(chunk.number, 4u);
  EXPECT_EQ(chunk.serial, 9u);
  EXPECT_EQ(chunk.chunk, 1u);
  EXPECT_EQ(chunk.chunks, 2u);
  EXPECT_EQ(chunk.places, SampleChunk().places);

  EXPECT_EQ(DecodeAs<PresenceAsk>(Encode(PresenceAsk{kNode})).node, kNode);
  const auto mark = DecodeAs<PresenceMark>(Encode(PresenceMark{kNode, 12}));
  EXPECT_EQ(mark.node, kNode);
  EXPECT_EQ(mark.number, 12u);
}

TEST(WireTest, TheFullestMessagesAreShortEnough) {
  const UnixTime at = kLastTime;
  const Epoch node{std::numeric_limits<std::int64_t>::max()};
  const UserId user{std::numeric_limits<std::int64_t>::max()};
  const std::uint32_t shard = std::numeric_limits<std::uint32_t>::max();
  PresenceNews news{node, 1, {}};
  news.transitions.assign(kNewsTransitionsMax, {node, shard, user, true, at, true});
  PresenceChunk chunk{node, 1, kHuge, 0, 1, {}};
  chunk.places.assign(kChunkPlacesMax, {user, shard});
  CommitBatch batch = SampleBatch();
  batch.entries.front().entry.text.assign(kHintBytesMax - 2'000, 'x');

  EXPECT_EQ(DecodeAs<PresenceNews>(Encode(news)).transitions.size(), kNewsTransitionsMax);
  EXPECT_EQ(DecodeAs<PresenceChunk>(Encode(chunk)).places.size(), kChunkPlacesMax);
  EXPECT_NE(DecodeAs<Hint>(EncodeHint(batch)).batch, nullptr);
}

TEST(WireTest, OtherFormatsAndKindsAreNoMessages) {
  v1::Message message;
  ASSERT_TRUE(message.ParseFromString(Encode(PresenceAsk{kNode})));
  message.set_format(2);
  EXPECT_FALSE(Decode(message.SerializeAsString()));
  v1::Message empty;
  empty.set_format(1);
  EXPECT_FALSE(Decode(empty.SerializeAsString()));
  // Format 1, and an empty message in a field that only a later version knows.
  EXPECT_FALSE(Decode(std::string_view("\x08\x01\xfa\x01\x00", 5)));
  EXPECT_FALSE(Decode(""));
  EXPECT_FALSE(Decode(std::string(kMessageBytesMax + 1, '\0')));
}

TEST(WireTest, WhatNoNodeSaysIsRefused) {
  const auto refused = [](const std::string& bytes, auto spoil) {
    v1::Message message;
    EXPECT_TRUE(message.ParseFromString(bytes));
    spoil(message);
    return !Decode(message.SerializeAsString());
  };
  const std::string hint = EncodeHint(SampleBatch());
  using M = v1::Message;
  const auto entry_of = [](M& m) {
    return m.mutable_hint()->mutable_content()->mutable_entries(0)->mutable_entry();
  };
  EXPECT_TRUE(refused(hint, [](M& m) { m.mutable_hint()->set_origin(0); }));
  EXPECT_TRUE(refused(hint, [](M& m) { m.mutable_hint()->set_origin(kHuge); }));
  EXPECT_TRUE(refused(hint, [](M& m) { m.mutable_hint()->set_batch(0); }));
  EXPECT_TRUE(refused(hint, [](M& m) { m.mutable_hint()->set_batch(kHuge); }));
  EXPECT_TRUE(refused(hint, [&](M& m) { entry_of(m)->set_seq(0); }));
  EXPECT_TRUE(refused(hint, [&](M& m) { entry_of(m)->set_sender_id(-1); }));
  EXPECT_TRUE(refused(hint, [&](M& m) { entry_of(m)->set_kind(v1::EntryKind(77)); }));
  EXPECT_TRUE(refused(hint, [&](M& m) { entry_of(m)->set_edited_at_ms(INT64_MIN); }));
  EXPECT_TRUE(refused(hint, [&](M& m) { entry_of(m)->set_reply_to_seq(-1); }));
  EXPECT_TRUE(refused(hint, [&](M& m) { entry_of(m)->set_subject_user_id(-1); }));

  const std::string news = Encode(SampleNews());
  EXPECT_TRUE(refused(news, [](M& m) { m.mutable_presence_news()->set_node(0); }));
  EXPECT_TRUE(refused(news, [](M& m) { m.mutable_presence_news()->set_number(0); }));
  EXPECT_TRUE(refused(
      news, [](M& m) { m.mutable_presence_news()->mutable_transitions(0)->set_user_id(-1); }));
  EXPECT_TRUE(refused(
      news, [](M& m) { m.mutable_presence_news()->mutable_transitions(0)->set_at_ms(INT64_MAX); }));

  const std::string chunk = Encode(SampleChunk());
  EXPECT_TRUE(refused(chunk, [](M& m) { m.mutable_presence_chunk()->set_chunk(2); }));
  EXPECT_TRUE(refused(chunk, [](M& m) { m.mutable_presence_chunk()->set_chunks(kChunksMax + 1); }));
  EXPECT_TRUE(refused(chunk, [](M& m) { m.mutable_presence_chunk()->add_shards(1); }));
  EXPECT_TRUE(refused(chunk, [](M& m) { m.mutable_presence_chunk()->set_user_ids(0, -1); }));
  EXPECT_TRUE(
      refused(Encode(PresenceAsk{kNode}), [](M& m) { m.mutable_presence_ask()->set_node(0); }));
  EXPECT_TRUE(refused(Encode(PresenceMark{kNode, 1}),
                      [](M& m) { m.mutable_presence_mark()->set_number(kHuge); }));
}

TEST(WireTest, TextThatIsNoUtf8IsRefused) {
  CommitBatch batch;
  batch.position = {kNode, 0, 1};
  batch.user_changes.push_back(SampleBatch().user_changes.front());
  std::string bytes = EncodeHint(batch);
  const std::size_t at = bytes.find("name33");
  ASSERT_NE(at, std::string::npos);

  bytes[at] = '\xff';

  EXPECT_FALSE(Decode(bytes));
}

TEST(WireTest, AnyBytesAreReadOrRefused) {
  std::mt19937_64 random(20'240'602);
  const std::string good[] = {EncodeHint(SampleBatch()), Encode(SampleNews()),
                              Encode(SampleChunk()), Encode(PresenceMark{kNode, 5})};
  int refused = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::string bytes = good[round % 4];
    for (int spoiled = 0; spoiled < 3; ++spoiled) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    refused += Decode(bytes) ? 0 : 1;
  }
  EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace chat::cluster
