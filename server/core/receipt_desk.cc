#include "server/core/receipt_desk.h"

#include <algorithm>
#include <optional>

#include "protocol/limits.h"

namespace chat {

static_assert(Marks::kMarksMax * kReceiptMembersMax <= kSignalListenersMax);

ReceiptDesk::ReceiptDesk(std::uint32_t shard, ReceiptPorts ports, Roster& roster)
    : shard_(shard), ports_(ports), roster_(roster), self_(std::make_shared<ReceiptDesk*>(this)) {}

void ReceiptDesk::Receive(Connection& connection, Ref ref, const v1::ReceiptCommand& command) {
  if (command.delivered_seq() < 0 || command.read_seq() < 0) {
    return connection.Send(
        ErrorFrame(ref, {ErrorCode::kInvalidArgument, "a position is below zero", {}}));
  }
  const auto handle = static_cast<std::uint32_t>(connection.handle());
  Add({ConversationId(command.conversation_id()), connection.owner().user_id},
      {.delivered_seq = Seq(command.delivered_seq()),
       .read_seq = Seq(command.read_seq()),
       .origin = {.shard = shard_, .connection = handle}});
}

void ReceiptDesk::Add(const Key& key, const Pending& said) {
  const auto at = pending_.find(key);
  if (at == pending_.end()) {
    if (pending_.size() == kPendingMax) return;
    std::size_t& of_user = pending_of_[key.second];
    if (of_user == kPendingOfUserMax) return;
    ++of_user;
    pending_.emplace(key, said);
    return;
  }
  Pending& waiting = at->second;
  waiting.delivered_seq = std::max(waiting.delivered_seq, said.delivered_seq);
  waiting.read_seq = std::max(waiting.read_seq, said.read_seq);
  if (waiting.origin != said.origin) waiting.origin = {};
}

// A round takes all that was said by now. While the store is behind, what it still has to take
// joins the next one.
void ReceiptDesk::Advance(Instant now) {
  if (now < next_round_ || storing_ || (pending_.empty() && due_.empty())) return;
  next_round_ = now + kReceiptInterval;
  for (const auto& [key, said] : due_) Add(key, said);
  due_ = std::exchange(pending_, {});
  pending_of_.clear();
  StoreNext();
}

// One batch at a time: the next one when the store has answered.
void ReceiptDesk::StoreNext() {
  if (due_.empty()) return;
  Waiting batch;
  std::vector<Mark> marks;
  while (!due_.empty() && batch.size() < Marks::kMarksMax) {
    const auto taken = batch.insert(due_.extract(due_.begin())).position;
    marks.push_back({.conversation_id = taken->first.first,
                     .user_id = taken->first.second,
                     .delivered_seq = taken->second.delivered_seq,
                     .read_seq = taken->second.read_seq});
  }
  storing_ = true;
  ports_.marks.Advance(std::move(marks),
                       [self = std::weak_ptr(self_), batch = std::move(batch)](auto moved) mutable {
                         if (const auto desk = self.lock())
                           (*desk)->Stored(batch, std::move(moved));
                       });
}

void ReceiptDesk::Stored(const Waiting& batch, Result<std::vector<MarksMoved>, ReadError> moved) {
  storing_ = false;
  if (!moved) {
    // The next round says it again.
    due_.insert(batch.begin(), batch.end());
    return;
  }
  Publish(batch, *std::move(moved));
  StoreNext();
}

void ReceiptDesk::Publish(const Waiting& batch, std::vector<MarksMoved> all) {
  std::erase_if(all, [](const MarksMoved& moved) { return moved.listeners.empty(); });
  if (all.empty()) return;
  for (MarksMoved& moved : all) {
    const auto said = batch.find({moved.conversation_id, moved.user_id});
    if (said != batch.end()) moved.origin = said->second.origin;
  }
  auto signals = std::make_shared<Signals>();
  signals->marks = std::move(all);
  ports_.bus.Publish(std::shared_ptr<const Signals>(std::move(signals)));
}

void ReceiptDesk::Heard(const std::vector<MarksMoved>& all) const {
  for (const MarksMoved& moved : all) {
    std::optional<SharedFrame> frame;  // made for the first who is here
    for (const UserId listener : moved.listeners) {
      roster_.ForEachOf(listener, [&](Connection& connection) {
        const SignalOrigin here{shard_, static_cast<std::uint32_t>(connection.handle())};
        if (here == moved.origin) return;
        if (!frame) frame.emplace(ReceiptFrame(moved));
        connection.SendReceipt(frame->wire(connection.encoding()), moved.conversation_id,
                               moved.user_id);
      });
    }
  }
}

}  // namespace chat
