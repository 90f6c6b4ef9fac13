// The real chatctl as a process of its own: run with arguments, its output read to the end.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/socket.h"

namespace chat::testing {

struct ChatctlAnswer {
  int exit_code = 0;
  std::string output;
  std::string errors;  // what it printed to the standard error
};

// Thread: one. Lifetime: the test's; its end removes its folder.
class Chatctl {
 public:
  // Where to ask, and the file of the token to show.
  Chatctl(Endpoint admin, std::filesystem::path token_file);
  ~Chatctl();
  Chatctl(const Chatctl&) = delete;
  Chatctl& operator=(const Chatctl&) = delete;

  // Errors: throws Surprise when it does not end in time.
  ChatctlAnswer Run(std::vector<std::string> arguments, std::string_view input = "") const;

  // As Run; the output.
  //
  // Errors: throws Surprise when it failed.
  std::string Do(std::vector<std::string> arguments, std::string_view input = "") const;

 private:
  Endpoint admin_;
  std::filesystem::path token_file_;
  std::filesystem::path folder_;
};

// What stands behind this name in rows of names and values.
//
// Errors: throws Surprise when there is no such row.
std::string ValueOf(std::string_view name, const std::string& output);

}  // namespace chat::testing
