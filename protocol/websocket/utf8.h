// Checks UTF-8 that arrives in pieces, split anywhere, and refuses it at its first bad byte.
// Not a decoder: it yields no code points. Used for text messages and close reasons.
// Source: RFC 3629 §4 (the table of well-formed byte sequences), RFC 6455 §8.1.
#pragma once

#include <cstdint>
#include <string_view>

namespace chat::websocket {

// The state between two pieces of one UTF-8 text.
// Thread: any one at a time. Lifetime: one text.
class Utf8Validator {
 public:
  // Takes the next piece of the text. False at the first byte that no well-formed text can have
  // there (overlong forms, surrogates and code points above U+10FFFF included); the validator is
  // then spent and must not be asked again.
  [[nodiscard]] bool Consume(std::string_view bytes);

  // True when the text so far does not end inside a code point.
  [[nodiscard]] bool complete() const { return continuations_left_ == 0; }

 private:
  [[nodiscard]] bool ConsumeLead(uint8_t lead);
  [[nodiscard]] bool ConsumeContinuation(uint8_t byte);

  uint8_t continuations_left_ = 0;
  // The range of the next continuation byte. Only the first after a lead byte is narrowed: that is
  // where overlong forms, surrogates and values that are too high show.
  uint8_t next_min_ = 0x80;
  uint8_t next_max_ = 0xBF;
};

// True when `text` is well-formed from its first to its last byte.
[[nodiscard]] bool IsUtf8(std::string_view text);

}  // namespace chat::websocket
