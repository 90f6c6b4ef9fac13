#include "server/core/search_walk.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "server/core/search_tokens.h"

namespace chat {
namespace {

constexpr MessageId kBeyondAll{std::numeric_limits<std::int64_t>::max()};

std::vector<std::vector<std::string>> AlternativesOf(std::span<const SearchSlice> slices,
                                                     const std::vector<std::string>& tokens) {
  std::vector<std::vector<std::string>> alternatives;
  for (const SearchSlice& slice : slices) {
    std::vector<std::string>& terms = alternatives.emplace_back();
    for (const std::string& token : tokens) terms.push_back(TermOf(slice.name, token));
  }
  return alternatives;
}

class Walk {
 public:
  Walk(SearchStore& store, const SearchRequest& request, MessageId before)
      : store_(store),
        request_(request),
        before_(before),
        limit_(static_cast<std::size_t>(request.limit)),
        slices_(store.ListSlices(request.viewer, before_)) {}

  // Finds the places of a page and one more, or looks into kSlicesPerPage slices.
  void Look() {
    const std::size_t begin = at_;
    while (rest() && CountCertain() <= limit_) {
      if (at_ - begin >= kSlicesPerPage && MovedOn()) return;
      LookIntoSome();
    }
  }

  bool has_places() const { return CountCertain() > 0; }

  // What was found becomes a page, as far as the texts of now bear it out.
  SearchPage MakePage() {
    const std::size_t certain = CountCertain();
    const std::size_t count = std::min(certain, limit_);
    SearchPage page;
    if (certain > count) {
      page.next_before = places_[count - 1].message_id;
    } else if (const std::optional<MessageId> newest = rest()) {
      page.next_before = MessageId(newest->number() + 1);
    }
    if (count > 0) ReadTexts(std::span(places_).first(count), page);
    return page;
  }

 private:
  // The newest message that a slice not looked into may hold.
  std::optional<MessageId> rest() const {
    if (at_ == slices_.size()) return std::nullopt;
    return slices_[at_].newest;
  }

  // Slices that go on beyond where the page starts come first, and say nothing about its end.
  bool MovedOn() const { return MessageId(rest()->number() + 1) < before_; }

  // Of the places, those newer than all that was not looked into.
  std::size_t CountCertain() const {
    const std::optional<MessageId> newest = rest();
    if (!newest) return places_.size();
    const auto end = std::ranges::find_if(
        places_, [&](const SearchPlace& place) { return place.message_id <= *newest; });
    return static_cast<std::size_t>(end - places_.begin());
  }

  void LookIntoSome() {
    const std::size_t count = std::min<std::size_t>(kSlicesPerMatch, slices_.size() - at_);
    const std::span<const SearchSlice> some = std::span(slices_).subspan(at_, count);
    const std::vector<SearchPlace> more =
        store_.Match(AlternativesOf(some, request_.tokens), before_, static_cast<int>(limit_) + 1);
    places_.insert(places_.end(), more.begin(), more.end());
    std::ranges::sort(places_, std::greater(), &SearchPlace::message_id);
    at_ += count;
  }

  // As many as fit, but one at least.
  void ReadTexts(std::span<const SearchPlace> places, SearchPage& page) {
    std::vector<Entry> texts = store_.ReadTexts(request_.viewer, places, request_.bytes_max);
    std::size_t bytes = 0;
    for (const Entry& text : texts) bytes += text.text.size();
    if (bytes > request_.bytes_max) {
      if (texts.size() > 1) texts.pop_back();
      const MessageId last = texts.back().message_id;
      if (last != places.back().message_id) page.next_before = last;
    }
    for (Entry& text : texts) {
      if (HasAllTokens(text.text, request_.tokens)) page.entries.push_back(std::move(text));
    }
  }

  SearchStore& store_;
  const SearchRequest& request_;
  const MessageId before_;
  const std::size_t limit_;
  const std::vector<SearchSlice> slices_;
  std::size_t at_ = 0;               // of the slices, the first not looked into
  std::vector<SearchPlace> places_;  // newest first
};

}  // namespace

SearchPage WalkSearch(SearchStore& store, const SearchRequest& request) {
  std::optional<Walk> walk(std::in_place, store, request, request.before.value_or(kBeyondAll));
  while (true) {
    walk->Look();
    SearchPage page = walk->MakePage();
    if (!page.entries.empty() || !page.next_before) return page;
    // Places that came to nothing may have kept others out; without any, there is only more to look
    // into.
    if (walk->has_places()) walk.emplace(store, request, *page.next_before);
  }
}

}  // namespace chat
