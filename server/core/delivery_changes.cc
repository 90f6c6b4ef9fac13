// The part of Delivery that is about changes of entries.
#include <algorithm>
#include <utility>

#include "server/core/delivery.h"

namespace chat {

void Delivery::AcceptChange(ChangeRef change) {
  Stream& stream = Touch(change->change.conversation_id);
  const Change number = change->change.change;
  stream.head_change = std::max(stream.head_change, number);
  if (HoldChange(stream, std::move(change))) {
    Pump(stream);
  } else if (number < stream.first_change) {
    TellMissed(stream);
  }
  EvictIdle();
}

// False when the change is not news. The last ones give way to earlier ones: they are then missing,
// like those that never came.
bool Delivery::HoldChange(Stream& stream, ChangeRef change) {
  const Change number = change->change.change;
  if (stream.changed && number <= *stream.changed) return false;
  const auto number_of = [](const ChangeRef& held) { return held->change.change; };
  const auto at = std::ranges::lower_bound(stream.held_changes, number, {}, number_of);
  if (at != stream.held_changes.end() && number_of(*at) == number) return false;
  stream.held_changes.insert(at, std::move(change));
  if (stream.held_changes.size() > limits_.held_max) stream.held_changes.pop_back();
  return true;
}

void Delivery::PumpChanges(Stream& stream) {
  const auto blocked = [&] { return stream.stalled || stream.reading != Reading::kNothing; };
  while (!blocked() && !stream.held_changes.empty()) {
    if (!PumpFrontChange(stream)) return;
  }
  // What did not fit, or was lost with nothing after it.
  if (!blocked() && stream.changed && *stream.changed < stream.head_change) WaitForChange(stream);
}

// Hands on the first held change if it is its turn; false when something has to come first.
bool Delivery::PumpFrontChange(Stream& stream) {
  const ChangeRef front = stream.held_changes.front();
  const EntryChange& change = front->change;
  if (!stream.members || stream.members->members_seq < front->members_seq) {
    LoadMembers(stream);
    return false;
  }
  if (!stream.delivered) {
    // No entry came through yet, so those before the change are history; one that was only late is
    // made up for when it comes.
    stream.delivered = front->head_seq;
    stream.first = front->head_seq.Next();
    stream.head = std::max(stream.head, front->head_seq);
  }
  if (change.seq > *stream.delivered) {
    stream.head = std::max(stream.head, change.seq);
    BackFill(stream, stream.head);
    return false;
  }
  if (stream.changed && change.change > stream.changed->Next()) {
    WaitForChange(stream);
    return false;
  }
  stream.held_changes.pop_front();
  stream.hole_since.reset();
  if (!stream.changed) stream.first_change = change.change;
  stream.changed = change.change;
  sink_.DeliverChange(*front, stream.members->members);
  return true;
}

void Delivery::WaitForChange(Stream& stream) {
  if (stream.hole_since) return;
  stream.hole_since = now_;
  waiting_for_changes_.push_back(stream.conversation_id);
}

// A change that does not come may have been lost for good, and the store shows only what all of
// them together made of the entries. The members pull that, and the changes after the hole flow
// again.
void Delivery::SkipOverdueChanges() {
  for (const ConversationId conversation : std::exchange(waiting_for_changes_, {})) {
    Stream* stream = Find(conversation);
    if (stream == nullptr || !stream->hole_since) continue;
    if (now_ - *stream->hole_since < limits_.change_wait) {
      waiting_for_changes_.push_back(conversation);
      continue;
    }
    stream->hole_since.reset();
    stream->held_changes.clear();
    stream->changed = stream->head_change;
    TellSkipped(*stream);
  }
}

}  // namespace chat
