// What a text can be found by: the one tokenizer of all stores, for what is searched and for what
// is searched for.
//
// A token is a word in the form in which Unicode compares without case (NFKC_Casefold: lower-case,
// one form of what looks alike), or, in Chinese, Japanese and Korean, which do not separate words,
// a character or two neighbouring ones. Accents count. Writing that has neither spaces nor is one
// of those three, as Thai, is found by whole runs of letters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chat {

// Longer words are known by their first characters, as many as fit.
inline constexpr std::size_t kTokenBytesMax = 64;
// Beyond its first so many different tokens a text cannot be found.
inline constexpr std::size_t kTextTokensMax = 4096;

// The different tokens of a text, in the order in which they first stand there. Any bytes are a
// text; what is not UTF-8 separates words.
//
// Limits: kTextTokensMax tokens of kTokenBytesMax.
std::vector<std::string> TokenizeText(std::string_view text);

// The different tokens that a text must have to be found. Some characters in a row are wanted as
// they stand beside each other: by their pairs.
//
// Limits: as TokenizeText.
std::vector<std::string> TokenizeQuery(std::string_view query);

// Whether TokenizeText of the text has all of them.
bool HasAllTokens(std::string_view text, const std::vector<std::string>& tokens);

}  // namespace chat
