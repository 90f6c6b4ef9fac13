// How tokens stand in an index. A term is the hash of a token together with where it was said: the
// conversation, and in it the slice of entries. So
// - a search reads what its own conversations hold, and nothing of anybody else's, however common a
//   word is on the server;
// - a slice has an answer of bounded size, so that the newest can be looked into first, and the
//   search can end where its page is full;
// - terms have one length, and no quoting, and an index keeps no words of a text that was erased.
// Two tokens may share a term, once in 2^64 times: what is found is compared with the text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/ids.h"

namespace chat {

// Neighbouring entries of one conversation.
inline constexpr std::int64_t kSliceEntries = 1024;

struct SliceName {
  ConversationId conversation_id;
  std::int64_t number = 0;

  friend auto operator<=>(const SliceName&, const SliceName&) = default;
};

SliceName SliceOf(ConversationId conversation, Seq seq);

// 13 of the letters and digits 0 to 9 and a to v. Stored: it never changes.
std::string TermOf(const SliceName& slice, const std::string& token);

// The terms of a text, with a space between; empty when it has none.
std::string TermsOfText(const SliceName& slice, const std::string& text);

}  // namespace chat
