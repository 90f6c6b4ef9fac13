// How a page of found messages is put together from an index by slices (search_terms.h), the same
// on every store.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/core/search_terms.h"
#include "server/ports/messages.h"
#include "server/ports/search.h"

namespace chat {

// A slice, and the newest message that the index has of it.
struct SearchSlice {
  SliceName name;
  MessageId newest;
};

struct SearchPlace {
  MessageId message_id;
  ConversationId conversation_id;
  Seq seq;
};

// What a store answers to one search.
class SearchStore {
 public:
  virtual ~SearchStore() = default;

  // All slices, of conversations that the viewer is a member of, that hold messages with smaller
  // ids than `before`; by descending `newest`.
  virtual std::vector<SearchSlice> ListSlices(UserId viewer, MessageId before) = 0;

  // Where the messages are that have all terms of any of `alternatives`: the newest `limit` of
  // those with smaller ids than `before`.
  virtual std::vector<SearchPlace> Match(const std::vector<std::vector<std::string>>& alternatives,
                                         MessageId before, int limit) = 0;

  // The texts at these places that the viewer may see now, in the order given, until they are more
  // than `bytes_max`.
  virtual std::vector<Entry> ReadTexts(UserId viewer, std::span<const SearchPlace> places,
                                       std::size_t bytes_max) = 0;
};

// One page.
//
// Its work: one row for each of the viewer's conversations, and one more for each 1,024 entries, to
// list the slices; then the slices are looked into, newest first and a few at a time, until the
// page is full, or until something was found and kSlicesPerPage were looked into. Where nothing is
// found it goes on to the end of what they have; the store's deadline is above all of it.
inline constexpr int kSlicesPerMatch = 32;
inline constexpr int kSlicesPerPage = 512;

SearchPage WalkSearch(SearchStore& store, const SearchRequest& request);

}  // namespace chat
