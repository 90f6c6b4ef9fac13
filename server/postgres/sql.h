// SQL text that is known when the program is compiled. A statement cannot be made from anything
// else, so no text that came from a client can become part of one.
#pragma once

namespace chat::postgres {

class Sql {
 public:
  // Implicit, so that a literal can stand where a statement is made.
  consteval Sql(const char* text) : text_(text) {}

  constexpr const char* text() const { return text_; }

 private:
  const char* text_;
};

}  // namespace chat::postgres
