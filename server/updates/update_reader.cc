#include "server/updates/update_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

namespace chat {
namespace {

using Stage = UpdatePoint::Stage;
using Groups = std::array<std::vector<ConversationId>, std::tuple_size_v<HeadPrints>>;

constexpr int kGroupShift = 58;
static_assert(std::uint64_t{1} << (64 - kGroupShift) == std::tuple_size_v<HeadPrints>);

// Source: the finaliser of SplitMix64, by Sebastiano Vigna.
std::uint64_t Mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

std::uint64_t Unsigned(std::int64_t number) { return static_cast<std::uint64_t>(number); }

std::size_t GroupOf(ConversationId conversation) {
  return static_cast<std::size_t>(Mix(Unsigned(conversation.number())) >> kGroupShift);
}

std::uint64_t PrintOf(const HeadPosition& head) {
  std::uint64_t print = Mix(Unsigned(head.conversation_id.number()));
  print = Mix(print ^ Unsigned(head.last_seq.number()));
  return Mix(print ^ Unsigned(head.last_change.number()));
}

// What a view takes in JSON at most: names and everything else, and a text whose every byte may
// have to be escaped.
std::size_t JsonBytes(const ConversationView& view) {
  constexpr std::size_t kOthers = 4096;
  constexpr std::size_t kEscape = 6;
  return kOthers + (view.last_message ? kEscape * view.last_message->text.size() : 0);
}

ConversationHead HeadOf(const ConversationView& view) {
  return {.conversation_id = view.conversation.conversation_id,
          .last_seq = view.conversation.last_seq,
          .last_change = view.conversation.last_change,
          .my_read_seq = view.my_read_seq,
          .unread_count = view.unread_count};
}

UserId IdOf(const Contact& contact) { return contact.user.user_id; }
UserId IdOf(const User& user) { return user.user_id; }
ConversationId IdOf(const ConversationView& view) { return view.conversation.conversation_id; }

template <typename Thing>
auto ById(std::vector<Thing> things) {
  std::map<decltype(IdOf(things.front())), Thing> by_id;
  for (Thing& thing : things) by_id.emplace(IdOf(thing), std::move(thing));
  return by_id;
}

// One page while it is made.
class PageMaker {
 public:
  PageMaker(UpdateSource& source, const UpdateRequest& request)
      : source_(source), request_(request), limit_(static_cast<std::size_t>(request.limit)) {
    page_.next = request.after;
  }

  UpdatePage Make() {
    if (page_.next.stage == Stage::kChanges) {
      TellChanges();
    } else {
      TellEverything();
    }
    return std::move(page_);
  }

 private:
  void TellEverything();
  template <typename AnyId>
  bool Cut(std::vector<AnyId>& ids);
  void TellContacts();
  void TellBlocks();
  void TellConversations();

  void TellChanges();
  void Lose(LostThing thing) { page_.lost.push_back(thing); }
  bool TellAll(const std::vector<ChangedThing>& things);
  bool TellConversation(ConversationView view);
  void FindMoved();

  UpdateSource& source_;
  const UpdateRequest& request_;
  std::size_t limit_;
  std::size_t bytes_ = 0;
  std::vector<ConversationId> moved_;
  UpdatePage page_;
};

// The user's changes and the heads are remembered as they are before anything is told: what changes
// meanwhile is told once more, and nothing is missed.
void PageMaker::TellEverything() {
  UpdatePoint& next = page_.next;
  if (next.stage == Stage::kContacts && next.after_id == 0) {
    next.change = source_.LastChange();
    next.heads = PrintsOf(source_.Positions());
  }
  if (next.stage == Stage::kContacts) {
    TellContacts();
  } else if (next.stage == Stage::kBlocks) {
    TellBlocks();
  } else {
    TellConversations();
  }
  page_.more = next.stage != Stage::kChanges;
}

// Keeps what fits into the page; true when there is more. One more than fits was asked for.
template <typename AnyId>
bool PageMaker::Cut(std::vector<AnyId>& ids) {
  const bool more = ids.size() > limit_;
  if (more) ids.resize(limit_);
  if (!ids.empty()) page_.next.after_id = ids.back().number();
  return more;
}

void PageMaker::TellContacts() {
  auto ids = source_.ContactIds(UserId(page_.next.after_id), request_.limit + 1);
  const bool more = Cut(ids);
  page_.contacts = source_.ContactsOf(ids);
  if (more) return;
  page_.next.stage = Stage::kBlocks;
  page_.next.after_id = 0;
}

void PageMaker::TellBlocks() {
  auto ids = source_.BlockIds(UserId(page_.next.after_id), request_.limit + 1);
  const bool more = Cut(ids);
  page_.blocks = source_.BlocksOf(ids);
  if (more) return;
  page_.next.stage = Stage::kConversations;
  page_.next.after_id = 0;
}

void PageMaker::TellConversations() {
  auto ids = source_.ConversationIds(ConversationId(page_.next.after_id), request_.limit + 1);
  bool more = Cut(ids);
  auto views = ById(source_.ViewsOf(ids));
  for (const ConversationId id : ids) {
    const auto view = views.find(id);
    // Else it was lost a moment ago.
    if (view != views.end() && !TellConversation(std::move(view->second))) {
      more = true;
      break;
    }
    page_.next.after_id = id.number();
  }
  for (const ConversationView& view : page_.conversations) page_.heads.push_back(HeadOf(view));
  if (more) return;
  page_.next.stage = Stage::kChanges;
  page_.next.after_id = 0;
}

// False when the page is full of bytes.
bool PageMaker::TellConversation(ConversationView view) {
  const std::size_t more = JsonBytes(view);
  if (bytes_ > 0 && bytes_ + more > request_.bytes_max) return false;
  bytes_ += more;
  page_.conversations.push_back(std::move(view));
  return true;
}

// Heads are looked for when all changes are told: one search is for all of them.
void PageMaker::TellChanges() {
  std::vector<ChangedThing> things = source_.ChangesAfter(page_.next.change, request_.limit + 1);
  page_.more = things.size() > limit_;
  if (page_.more) things.resize(limit_);
  if (!TellAll(things)) page_.more = true;
  if (!page_.more) FindMoved();
  std::ranges::sort(moved_);
  moved_.erase(std::ranges::unique(moved_).begin(), moved_.end());
  if (!moved_.empty()) page_.heads = source_.HeadsOf(moved_);
}

template <typename AnyId>
std::vector<AnyId> SubjectsOf(const std::vector<ChangedThing>& things, ChangeKind kind) {
  std::vector<AnyId> ids;
  for (const ChangedThing& thing : things) {
    if (thing.kind == kind) ids.emplace_back(thing.subject_id);
  }
  return ids;
}

// False when the page is full before the last of them.
bool PageMaker::TellAll(const std::vector<ChangedThing>& things) {
  auto contacts = ById(source_.ContactsOf(SubjectsOf<UserId>(things, ChangeKind::kContact)));
  auto blocks = ById(source_.BlocksOf(SubjectsOf<UserId>(things, ChangeKind::kBlock)));
  auto views = ById(source_.ViewsOf(SubjectsOf<ConversationId>(things, ChangeKind::kConversation)));
  // Moves it from what was found to what is told; false when it was not found.
  const auto tell = [](auto& found, auto id, auto& told) {
    const auto at = found.find(id);
    if (at == found.end()) return false;
    told.push_back(std::move(at->second));
    return true;
  };
  for (const ChangedThing& thing : things) {
    const UserId user(thing.subject_id);
    const ConversationId conversation(thing.subject_id);
    switch (thing.kind) {
      case ChangeKind::kContact:
        if (!tell(contacts, user, page_.contacts)) Lose({LostThing::Kind::kContact, user, {}});
        break;
      case ChangeKind::kBlock:
        if (!tell(blocks, user, page_.blocks)) Lose({LostThing::Kind::kBlock, user, {}});
        break;
      case ChangeKind::kConversation: {
        const auto view = views.find(conversation);
        if (view == views.end()) {
          Lose({LostThing::Kind::kConversation, {}, conversation});
        } else if (!TellConversation(std::move(view->second))) {
          return false;
        }
        break;
      }
      case ChangeKind::kRead:
        moved_.push_back(conversation);
        break;
    }
    page_.next.change = thing.change;
  }
  return true;
}

// Tells group after group, each as a whole, as many as there is room for and one at least. What is
// told is known from then on; the rest stays as it was and is found again.
void PageMaker::FindMoved() {
  const std::vector<HeadPosition> positions = source_.Positions();
  const HeadPrints now = PrintsOf(positions);
  Groups groups;
  for (const HeadPosition& head : positions) {
    groups[GroupOf(head.conversation_id)].push_back(head.conversation_id);
  }
  std::size_t told = 0;
  const std::uint32_t first = page_.next.next_group;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::size_t at = (first + i) % groups.size();
    if (page_.next.heads[at] == now[at]) continue;
    if (told > 0 && told + groups[at].size() > limit_) {
      page_.next.next_group = static_cast<std::uint32_t>(at);
      page_.more = true;
      return;
    }
    told += groups[at].size();
    moved_.insert(moved_.end(), groups[at].begin(), groups[at].end());
    page_.next.heads[at] = now[at];
  }
}

}  // namespace

// Kept to 63 bits, as numbers in cursors are.
HeadPrints PrintsOf(const std::vector<HeadPosition>& heads) {
  HeadPrints prints{};
  for (const HeadPosition& head : heads) prints[GroupOf(head.conversation_id)] += PrintOf(head);
  for (std::uint64_t& print : prints) print >>= 1;
  return prints;
}

UpdatePage ReadUpdates(UpdateSource& source, const UpdateRequest& request) {
  return PageMaker(source, request).Make();
}

}  // namespace chat
