#include "server/cluster/wire.h"

#include <cassert>
#include <limits>
#include <utility>
#include <variant>

#include "server/cluster/cluster.pb.h"
#include "server/cluster/proto_values.h"

namespace chat::cluster {
namespace {

constexpr std::uint32_t kFormat = 1;

// What is counted fits into a signed number, so the next one always exists.
constexpr std::uint64_t kCountMax = std::numeric_limits<std::int64_t>::max();

std::string Finish(v1::Message& message) {
  message.set_format(kFormat);
  return message.SerializeAsString();
}

void WriteBatch(const CommitBatch& batch, v1::Batch& out) {
  for (const CommittedEntry& entry : batch.entries) WriteEntry(entry, *out.add_entries());
  WriteChanges(batch, *out.mutable_changes());
}

// Long texts are not copied only to find out that they are long.
bool IsShort(const CommitBatch& batch) {
  std::size_t bytes = 0;
  for (const CommittedEntry& entry : batch.entries) bytes += entry.entry.text.size();
  for (const CommittedChange& change : batch.changes) {
    if (const auto* edited = std::get_if<EntryEdited>(&change.change.what)) {
      bytes += edited->text.size();
    }
  }
  return bytes <= kHintBytesMax;
}

std::shared_ptr<const CommitBatch> ReadBatch(v1::Batch& in, const LogPosition& position) {
  auto batch = std::make_shared<CommitBatch>();
  batch->position = position;
  batch->entries.reserve(static_cast<std::size_t>(in.entries_size()));
  for (v1::CommittedEntry& wire : *in.mutable_entries()) {
    std::optional<CommittedEntry> entry = ReadEntry(wire);
    if (!entry) return nullptr;
    batch->entries.push_back(std::move(*entry));
  }
  if (!ReadChanges(*in.mutable_changes(), *batch)) return nullptr;
  return batch;
}

std::optional<ClusterMessage> Read(v1::Hint& in) {
  const std::optional<Epoch> origin = ReadEpoch(in.origin());
  if (!origin || in.batch() == 0 || in.batch() > kCountMax) return std::nullopt;
  Hint hint{.position = {*origin, in.lane(), in.batch()}, .batch = nullptr};
  if (in.has_content()) {
    hint.batch = ReadBatch(*in.mutable_content(), hint.position);
    if (!hint.batch) return std::nullopt;
  }
  return hint;
}

std::optional<ClusterMessage> Read(v1::PresenceNews& in) {
  const std::optional<Epoch> node = ReadEpoch(in.node());
  if (!node || in.number() == 0 || in.number() > kCountMax) return std::nullopt;
  PresenceNews news{.node = *node, .number = in.number(), .transitions = {}};
  news.transitions.reserve(static_cast<std::size_t>(in.transitions_size()));
  for (const v1::Transition& wire : in.transitions()) {
    const std::optional<UnixTime> at = ReadTime(wire.at_ms());
    if (!at || wire.user_id() < 0) return std::nullopt;
    news.transitions.push_back({.node = *node,
                                .shard = wire.shard(),
                                .user_id = UserId(wire.user_id()),
                                .online = wire.online(),
                                .at = *at,
                                .after_grace = wire.after_grace()});
  }
  return news;
}

std::optional<ClusterMessage> Read(v1::PresenceChunk& in) {
  const std::optional<Epoch> node = ReadEpoch(in.node());
  const bool valid = node && in.number() <= kCountMax && in.chunks() <= kChunksMax &&
                     in.chunk() < in.chunks() && in.user_ids_size() == in.shards_size();
  if (!valid) return std::nullopt;
  PresenceChunk chunk{.node = *node,
                      .number = in.number(),
                      .serial = in.serial(),
                      .chunk = in.chunk(),
                      .chunks = in.chunks(),
                      .places = {}};
  chunk.places.reserve(static_cast<std::size_t>(in.user_ids_size()));
  for (int i = 0; i < in.user_ids_size(); ++i) {
    if (in.user_ids(i) < 0) return std::nullopt;
    chunk.places.push_back({UserId(in.user_ids(i)), in.shards(i)});
  }
  return chunk;
}

std::optional<ClusterMessage> Read(const v1::PresenceAsk& in) {
  const std::optional<Epoch> node = ReadEpoch(in.node());
  if (!node) return std::nullopt;
  return PresenceAsk{*node};
}

std::optional<ClusterMessage> Read(const v1::PresenceMark& in) {
  const std::optional<Epoch> node = ReadEpoch(in.node());
  if (!node || in.number() > kCountMax) return std::nullopt;
  return PresenceMark{*node, in.number()};
}

template <typename Ids>
bool ReadListeners(const Ids& in, std::vector<UserId>& out) {
  out.reserve(static_cast<std::size_t>(in.size()));
  for (const std::int64_t id : in) {
    if (id < 0) return false;
    out.emplace_back(id);
  }
  return true;
}

std::optional<MarksMoved> ReadMarks(const v1::MarksMoved& in) {
  MarksMoved moved{.conversation_id = ConversationId(in.conversation_id()),
                   .user_id = UserId(in.user_id()),
                   .delivered_seq = Seq(in.delivered_seq()),
                   .read_seq = Seq(in.read_seq()),
                   .listeners = {},
                   .origin = {}};
  const bool valid = in.conversation_id() >= 0 && in.user_id() >= 0 && in.delivered_seq() >= 0 &&
                     in.read_seq() >= 0;
  if (!valid || !ReadListeners(in.listeners(), moved.listeners)) return std::nullopt;
  return moved;
}

std::optional<TypingChanged> ReadTyping(const v1::TypingChanged& in) {
  TypingChanged changed{.conversation_id = ConversationId(in.conversation_id()),
                        .user_id = UserId(in.user_id()),
                        .active = in.active(),
                        .listeners = {}};
  const bool valid = in.conversation_id() >= 0 && in.user_id() >= 0;
  if (!valid || !ReadListeners(in.listeners(), changed.listeners)) return std::nullopt;
  return changed;
}

std::optional<ClusterMessage> Read(const v1::Signals& in) {
  const std::optional<Epoch> node = ReadEpoch(in.node());
  if (!node) return std::nullopt;
  auto signals = std::make_shared<Signals>();
  for (const v1::MarksMoved& wire : in.marks()) {
    std::optional<MarksMoved> moved = ReadMarks(wire);
    if (!moved) return std::nullopt;
    signals->marks.push_back(*std::move(moved));
  }
  for (const v1::TypingChanged& wire : in.typing()) {
    std::optional<TypingChanged> changed = ReadTyping(wire);
    if (!changed) return std::nullopt;
    signals->typing.push_back(*std::move(changed));
  }
  return NodeSignals{*node, std::move(signals)};
}

}  // namespace

std::string EncodeHint(const CommitBatch& batch) {
  v1::Message message;
  v1::Hint& hint = *message.mutable_hint();
  hint.set_origin(WriteEpoch(batch.position.origin));
  hint.set_lane(batch.position.lane);
  hint.set_batch(batch.position.batch);
  if (!IsShort(batch)) return Finish(message);
  WriteBatch(batch, *hint.mutable_content());
  if (hint.content().ByteSizeLong() > kHintBytesMax) hint.clear_content();
  return Finish(message);
}

std::string Encode(const PresenceNews& news) {
  assert(news.transitions.size() <= kNewsTransitionsMax);
  v1::Message message;
  v1::PresenceNews& wire = *message.mutable_presence_news();
  wire.set_node(WriteEpoch(news.node));
  wire.set_number(news.number);
  for (const PresenceTransition& transition : news.transitions) {
    v1::Transition& out = *wire.add_transitions();
    out.set_user_id(transition.user_id.number());
    out.set_shard(transition.shard);
    out.set_online(transition.online);
    out.set_at_ms(WriteTime(transition.at));
    out.set_after_grace(transition.after_grace);
  }
  return Finish(message);
}

std::string Encode(const PresenceChunk& chunk) {
  assert(chunk.places.size() <= kChunkPlacesMax && chunk.chunk < chunk.chunks);
  v1::Message message;
  v1::PresenceChunk& wire = *message.mutable_presence_chunk();
  wire.set_node(WriteEpoch(chunk.node));
  wire.set_number(chunk.number);
  wire.set_serial(chunk.serial);
  wire.set_chunk(chunk.chunk);
  wire.set_chunks(chunk.chunks);
  for (const OnlinePlace& place : chunk.places) {
    wire.add_user_ids(place.user_id.number());
    wire.add_shards(place.shard);
  }
  return Finish(message);
}

std::string Encode(const PresenceAsk& ask) {
  v1::Message message;
  message.mutable_presence_ask()->set_node(WriteEpoch(ask.node));
  return Finish(message);
}

std::string Encode(const PresenceMark& mark) {
  v1::Message message;
  message.mutable_presence_mark()->set_node(WriteEpoch(mark.node));
  message.mutable_presence_mark()->set_number(mark.number);
  return Finish(message);
}

std::string Encode(const NodeSignals& said) {
  v1::Message message;
  v1::Signals& wire = *message.mutable_signals();
  wire.set_node(WriteEpoch(said.node));
  for (const MarksMoved& moved : said.signals->marks) {
    v1::MarksMoved& out = *wire.add_marks();
    out.set_conversation_id(moved.conversation_id.number());
    out.set_user_id(moved.user_id.number());
    out.set_delivered_seq(moved.delivered_seq.number());
    out.set_read_seq(moved.read_seq.number());
    for (const UserId listener : moved.listeners) out.add_listeners(listener.number());
  }
  for (const TypingChanged& changed : said.signals->typing) {
    v1::TypingChanged& out = *wire.add_typing();
    out.set_conversation_id(changed.conversation_id.number());
    out.set_user_id(changed.user_id.number());
    out.set_active(changed.active);
    for (const UserId listener : changed.listeners) out.add_listeners(listener.number());
  }
  return Finish(message);
}

std::optional<ClusterMessage> Decode(std::string_view bytes) {
  v1::Message message;
  if (bytes.size() > kMessageBytesMax) return std::nullopt;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  if (message.format() != kFormat) return std::nullopt;
  switch (message.what_case()) {
    case v1::Message::kHint:
      return Read(*message.mutable_hint());
    case v1::Message::kPresenceNews:
      return Read(*message.mutable_presence_news());
    case v1::Message::kPresenceChunk:
      return Read(*message.mutable_presence_chunk());
    case v1::Message::kPresenceAsk:
      return Read(message.presence_ask());
    case v1::Message::kPresenceMark:
      return Read(message.presence_mark());
    case v1::Message::kSignals:
      return Read(message.signals());
    case v1::Message::WHAT_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace chat::cluster
