// Brings committed entries and their changes into the order of their conversations before they are
// fanned out, and notices what is missing: each conversation with traffic has a position in either
// here. A hole between entries is read back from the store; one between changes, which leave no
// trace but the last in the store, is waited out and then made up for by a gap. Nothing is handed
// on before the member list that belongs to it is known, and no change before its entry. Used by
// the hub, which does the fan-out itself.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "server/core/moment.h"
#include "server/ports/bus.h"
#include "server/ports/conversations.h"
#include "server/ports/messages.h"

namespace chat {

// An entry that may live inside a batch shared by all shards.
using EntryRef = std::shared_ptr<const CommittedEntry>;
using ChangeRef = std::shared_ptr<const CommittedChange>;

// How far a conversation is known to have come.
struct DeliveryHeads {
  Seq seq;
  Change change;
};

// Who gets what Delivery hands on.
class EntrySink {
 public:
  virtual ~EntrySink() = default;

  // `entry` is the next of its conversation. It is for the members, and for those of `former` who
  // were in it up to this entry.
  virtual void Deliver(const CommittedEntry& entry, const MemberList& list) = 0;

  // The entry was committed but does not come through Deliver now: it waits for an earlier one, or
  // is not news here. Whoever sent it need not wait. May be called more than once for one entry.
  virtual void Delayed(const CommittedEntry& entry) = 0;

  // `change` is the next of its conversation.
  virtual void DeliverChange(const CommittedChange& change, const std::vector<UserId>& members) = 0;

  // Something up to these heads will not come; the members have to pull it.
  virtual void Skipped(ConversationId conversation, DeliveryHeads heads,
                       const std::vector<UserId>& members) = 0;
};

struct DeliveryLimits {
  std::size_t streams_max = 20'000;   // conversations remembered
  std::size_t members_max = 500'000;  // member ids cached, over all conversations
  std::size_t held_max = 1024;        // entries waiting in one conversation
  int fruitless_max = 5;              // answers in a row that brought nothing
  // How long a missing change is waited for: longer than a node takes to find it in the log.
  std::chrono::milliseconds change_wait{5000};
};

// Thread: the shard's. Lifetime: the hub's; completions that come later than it are ignored.
class Delivery {
 public:
  // The ports and the sink outlive it.
  Delivery(Messages& messages, Conversations& conversations, EntrySink& sink,
           DeliveryLimits limits = {});
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Takes a committed entry; entries may come twice, late or with holes between them. It is
  // delivered, called delayed, or held while the member list is read, which ends in one of the two.
  void Accept(const EntryRef& entry);

  // Takes a committed change; as entries, they may come twice, late or with holes between them.
  void AcceptChange(ChangeRef change);

  // Tries again what the store could not answer, and gives up waiting for what is overdue.
  void Advance(Instant now);

  // Entries or changes of this conversation were accepted but not yet handed on.
  bool Holds(ConversationId conversation) const;

  // The entry of this send is among them, so it will still be delivered or called delayed.
  bool HoldsSend(ConversationId conversation, const SendOrigin& origin) const;

 private:
  enum class Reading : std::uint8_t { kNothing, kMembers, kEntries };

  struct Stream {
    ConversationId conversation_id;
    std::optional<Seq> delivered;   // empty until the first entry comes through
    Seq first;                      // that one, while what comes before it was not missed
    Seq head;                       // the highest seq heard of
    std::optional<Change> changed;  // empty until the first change comes through
    Change first_change;            // that one, while what comes before it was not missed
    Change head_change;             // the highest change heard of
    std::optional<MemberList> members;
    std::deque<EntryRef> held;           // ascending by seq, without repeats
    std::deque<ChangeRef> held_changes;  // ascending by change, without repeats
    std::optional<Instant> hole_since;   // the first held change waits for one before it
    Reading reading = Reading::kNothing;
    bool stalled = false;  // stands in stalled_, to be tried again
    int fruitless = 0;     // answers in a row that brought nothing
  };
  using Streams = std::list<Stream>;  // least recently used first

  Stream& Touch(ConversationId conversation);
  Stream* Find(ConversationId conversation);
  void EvictIdle();
  bool Hold(Stream& stream, EntryRef entry);
  void Pump(Stream& stream);
  bool PumpFront(Stream& stream);
  bool HoldChange(Stream& stream, ChangeRef change);
  void PumpChanges(Stream& stream);
  bool PumpFrontChange(Stream& stream);
  void WaitForChange(Stream& stream);
  void SkipOverdueChanges();
  static Seq NeededMembersSeq(const Stream& stream);
  void LoadMembers(Stream& stream);
  void MembersLoaded(ConversationId conversation, Result<MemberList, ViewError> list);
  void BackFill(Stream& stream, Seq through);
  void BackFilled(ConversationId conversation, Result<std::vector<Entry>, ReadError> entries);
  void Fruitless(Stream& stream);
  void Stall(Stream& stream);
  void DelayHeld(const Stream& stream);
  void GiveUp(Stream& stream);
  void TellMissed(Stream& stream);
  void TellSkipped(const Stream& stream);
  void SetMembers(Stream& stream, std::optional<MemberList> members);

  Messages& messages_;
  Conversations& conversations_;
  EntrySink& sink_;
  DeliveryLimits limits_;
  Streams streams_;
  boost::unordered_flat_map<ConversationId, Streams::iterator, std::hash<ConversationId>> by_id_;
  std::vector<ConversationId> stalled_;
  std::size_t members_cached_ = 0;
  std::vector<ConversationId> waiting_for_changes_;  // streams with hole_since, or that had it
  Instant now_{};
  Instant next_retry_{};
  // Completions hold a weak reference to it: they may come after the hub is gone.
  std::shared_ptr<Delivery*> self_;
};

}  // namespace chat
