#include "server/core/search_tokens.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

#include "protocol/utf8.h"

namespace chat {
namespace {

using CodePoint = utf8proc_int32_t;

enum class Purpose { kText, kQuery };

enum class CharacterClass { kWord, kMark, kIdeographic, kSeparator };

struct Range {
  CodePoint first;
  CodePoint last;
};

// Han, kana, bopomofo and Hangul, as they are left by NFKC. Only letters and numbers among them
// count.
//
// Source: Unicode 15, Scripts.txt.
constexpr Range kIdeographic[] = {
    {0x1100, 0x11FF},   {0x2E80, 0x2FDF},  {0x3005, 0x3007}, {0x3021, 0x3029}, {0x3031, 0x3035},
    {0x3038, 0x303C},   {0x3041, 0x318F},  {0x31A0, 0x31BF}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},   {0xA960, 0xA97F},  {0xAC00, 0xD7FF}, {0xF900, 0xFAFF}, {0x16FE0, 0x16FFF},
    {0x1AFF0, 0x1B16F}, {0x20000, 0x3FFFD}};

bool IsIdeographic(CodePoint point) {
  const auto* const range = std::ranges::lower_bound(kIdeographic, point, {}, &Range::last);
  return range != std::end(kIdeographic) && range->first <= point;
}

CharacterClass ClassOf(CodePoint point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return IsIdeographic(point) ? CharacterClass::kIdeographic : CharacterClass::kWord;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return CharacterClass::kMark;
    default:
      return CharacterClass::kSeparator;
  }
}

// Different tokens in the order of their arrival.
class Tokens {
 public:
  bool full() const { return tokens_.size() == kTextTokensMax; }

  void Add(std::string token) {
    if (full() || !known_.insert(token).second) return;
    tokens_.push_back(std::move(token));
  }

  std::vector<std::string> Take() && { return std::move(tokens_); }

 private:
  std::vector<std::string> tokens_;
  std::unordered_set<std::string> known_;
};

// Puts characters, in the form that is compared, together to tokens.
class Splitter {
 public:
  Splitter(Purpose purpose, Tokens& tokens) : purpose_(purpose), tokens_(tokens) {}

  void Take(CodePoint point, std::string_view bytes) {
    switch (ClassOf(point)) {
      case CharacterClass::kWord:
        EndRun();
        AddToWord(bytes);
        break;
      case CharacterClass::kMark:
        // What it stands on belongs to a word, or it stands alone and says nothing.
        if (!word_.empty()) AddToWord(bytes);
        break;
      case CharacterClass::kIdeographic:
        EndWord();
        AddToRun(bytes);
        break;
      case CharacterClass::kSeparator:
        End();
        break;
    }
  }

  void End() {
    EndWord();
    EndRun();
  }

 private:
  void AddToWord(std::string_view bytes) {
    word_full_ = word_full_ || word_.size() + bytes.size() > kTokenBytesMax;
    if (!word_full_) word_ += bytes;
  }

  void EndWord() {
    if (!word_.empty()) tokens_.Add(std::exchange(word_, {}));
    word_full_ = false;
  }

  void AddToRun(std::string_view bytes) {
    if (purpose_ == Purpose::kText) tokens_.Add(std::string(bytes));
    if (!last_.empty()) tokens_.Add(last_ + std::string(bytes));
    run_ = last_.empty() ? 1 : run_ + 1;
    last_ = bytes;
  }

  void EndRun() {
    if (purpose_ == Purpose::kQuery && run_ == 1) tokens_.Add(last_);
    run_ = 0;
    last_.clear();
  }

  const Purpose purpose_;
  Tokens& tokens_;
  std::string word_;
  bool word_full_ = false;
  std::string last_;     // character of the run
  std::size_t run_ = 0;  // its characters
};

struct Free {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

// Splits what has neither spaces nor bytes that are no UTF-8.
void SplitPiece(std::string_view piece, Splitter& splitter) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(piece.data()),
      static_cast<utf8proc_ssize_t>(piece.size()), &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                     UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
  const std::unique_ptr<utf8proc_uint8_t, Free> owned(mapped);
  for (utf8proc_ssize_t at = 0; at < size;) {
    CodePoint point = 0;
    const utf8proc_ssize_t bytes = utf8proc_iterate(mapped + at, size - at, &point);
    if (bytes <= 0) break;
    splitter.Take(point, {reinterpret_cast<const char*>(mapped + at), std::size_t(bytes)});
    at += bytes;
  }
  splitter.End();
}

// The bytes of the piece that `text` starts with: up to the next space, control character, or byte
// that is no UTF-8.
std::size_t PieceBytes(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && static_cast<unsigned char>(text[size]) > ' ') {
    const std::size_t bytes = LeadingCodePointBytes(text.substr(size));
    if (bytes == 0) break;
    size += bytes;
  }
  return size;
}

std::vector<std::string> Tokenize(std::string_view text, Purpose purpose) {
  Tokens tokens;
  Splitter splitter(purpose, tokens);
  while (!text.empty() && !tokens.full()) {
    const std::size_t bytes = PieceBytes(text);
    if (bytes > 0) SplitPiece(text.substr(0, bytes), splitter);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return std::move(tokens).Take();
}

}  // namespace

std::vector<std::string> TokenizeText(std::string_view text) {
  return Tokenize(text, Purpose::kText);
}

std::vector<std::string> TokenizeQuery(std::string_view query) {
  return Tokenize(query, Purpose::kQuery);
}

bool HasAllTokens(std::string_view text, const std::vector<std::string>& tokens) {
  const std::vector<std::string> has = TokenizeText(text);
  return std::ranges::all_of(
      tokens, [&](const std::string& token) { return std::ranges::find(has, token) != has.end(); });
}

}  // namespace chat
