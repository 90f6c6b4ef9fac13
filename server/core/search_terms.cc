#include "server/core/search_terms.h"

#include <cstddef>
#include <string_view>

#include "server/core/search_tokens.h"

namespace chat {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
constexpr std::size_t kTermDigits = 13;  // of 5 bits

// FNV-1a of 64 bits.
class Hash {
 public:
  void Add(std::string_view bytes) {
    for (const char byte : bytes) AddByte(static_cast<unsigned char>(byte));
  }
  void Add(std::int64_t number) {
    for (int shift = 0; shift < 64; shift += 8) {
      AddByte(static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> shift));
    }
  }
  std::uint64_t sum() const { return sum_; }

 private:
  void AddByte(unsigned char byte) { sum_ = (sum_ ^ byte) * 0x100000001B3u; }

  std::uint64_t sum_ = 0xCBF29CE484222325u;
};

}  // namespace

SliceName SliceOf(ConversationId conversation, Seq seq) {
  return {.conversation_id = conversation, .number = seq.number() / kSliceEntries};
}

std::string TermOf(const SliceName& slice, const std::string& token) {
  Hash hash;
  hash.Add(slice.conversation_id.number());
  hash.Add(slice.number);
  hash.Add(token);
  std::string term(kTermDigits, '0');
  std::uint64_t left = hash.sum();
  for (char& digit : term) {
    digit = kDigits[left % kDigits.size()];
    left /= kDigits.size();
  }
  return term;
}

std::string TermsOfText(const SliceName& slice, const std::string& text) {
  std::string terms;
  for (const std::string& token : TokenizeText(text)) {
    if (!terms.empty()) terms += ' ';
    terms += TermOf(slice, token);
  }
  return terms;
}

}  // namespace chat
