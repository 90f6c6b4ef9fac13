#include "server/cluster/batch_codec.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <variant>

#include "server/cluster/cluster.pb.h"
#include "server/cluster/sample_batch.h"

namespace chat::cluster {
namespace {

TEST(BatchCodecTest, ChangesComeBackAsTheyWere) {
  CommitBatch batch = SampleBatch();
  batch.entries.clear();
  CommitBatch decoded;
  decoded.position = batch.position;

  ASSERT_TRUE(DecodeChanges(EncodeChanges(batch), decoded));

  // The log keeps no text, which a later deletion could not erase.
  std::get<EntryEdited>(batch.changes[0].change.what).text.clear();
  EXPECT_EQ(Describe(decoded), Describe(batch));
}

TEST(BatchCodecTest, EntriesAreLeftAlone) {
  CommitBatch batch = SampleBatch();
  const std::string bytes = EncodeChanges(batch);
  CommitBatch decoded;
  decoded.entries.push_back(batch.entries.front());

  ASSERT_TRUE(DecodeChanges(bytes, decoded));

  EXPECT_EQ(decoded.entries.size(), 1u);
  EXPECT_EQ(decoded.user_changes.size(), batch.user_changes.size());
}

TEST(BatchCodecTest, NoChangesAreNoBytes) {
  CommitBatch decoded = SampleBatch();

  EXPECT_EQ(EncodeChanges(CommitBatch()), "");
  ASSERT_TRUE(DecodeChanges("", decoded));

  EXPECT_TRUE(decoded.changes.empty());
  EXPECT_TRUE(decoded.user_changes.empty());
  EXPECT_TRUE(decoded.revoked_sessions.empty());
}

TEST(BatchCodecTest, WhatNobodyWroteIsRefused) {
  const auto refused = [](auto spoil) {
    v1::Changes changes;
    CommitBatch decoded;
    EXPECT_TRUE(changes.ParseFromString(EncodeChanges(SampleBatch())));
    spoil(changes);
    return !DecodeChanges(changes.SerializeAsString(), decoded) && decoded.changes.empty() &&
           decoded.user_changes.empty() && decoded.revoked_sessions.empty();
  };
  EXPECT_TRUE(refused([](v1::Changes& c) { c.mutable_entry_changes(0)->set_seq(0); }));
  EXPECT_TRUE(refused([](v1::Changes& c) { c.mutable_entry_changes(0)->set_change(0); }));
  EXPECT_TRUE(refused([](v1::Changes& c) { c.mutable_entry_changes(0)->clear_what(); }));
  EXPECT_TRUE(refused([](v1::Changes& c) { c.mutable_entry_changes(0)->set_head_seq(61); }));
  EXPECT_TRUE(refused([](v1::Changes& c) { c.mutable_user_changes(0)->set_user_id(-1); }));
  EXPECT_TRUE(refused([](v1::Changes& c) { c.mutable_user_changes(0)->set_change(-1); }));
  EXPECT_TRUE(refused([](v1::Changes& c) { c.mutable_user_changes(0)->clear_what(); }));
  EXPECT_TRUE(refused([](v1::Changes& c) {
    c.mutable_user_changes(0)->mutable_contact()->set_event(static_cast<v1::ContactEvent>(99));
  }));
  EXPECT_TRUE(
      refused([](v1::Changes& c) { c.mutable_user_changes(0)->mutable_contact()->clear_other(); }));
  EXPECT_TRUE(refused([](v1::Changes& c) {
    c.mutable_user_changes(4)->mutable_conversation()->clear_conversation();
  }));
  EXPECT_TRUE(refused([](v1::Changes& c) {
    c.mutable_user_changes(4)->mutable_conversation()->mutable_peer()->set_created_at_ms(INT64_MAX);
  }));
  EXPECT_TRUE(refused([](v1::Changes& c) {
    c.mutable_user_changes(4)->mutable_conversation()->mutable_conversation()->clear_kind();
  }));
  EXPECT_TRUE(refused([](v1::Changes& c) { c.mutable_revoked_sessions(0)->set_session_id(-5); }));
  EXPECT_TRUE(refused([](v1::Changes& c) { c.set_disabled_users(0, -6); }));
}

TEST(BatchCodecTest, AnyBytesAreReadOrRefused) {
  std::mt19937_64 random(20'240'601);
  const std::string good = EncodeChanges(SampleBatch());
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (int spoiled = 0; spoiled < 3; ++spoiled) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    bytes.resize(random() % 4 == 0 ? random() % bytes.size() : bytes.size());
    CommitBatch decoded;
    if (DecodeChanges(bytes, decoded)) continue;
    ASSERT_TRUE(decoded.user_changes.empty());
  }
}

}  // namespace
}  // namespace chat::cluster
