#include "tests/harness/chatctl.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"

namespace chat::testing {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string ReadToTheEnd(ChildProcess& process) {
  const Deadline deadline;
  std::string output;
  try {
    while (true) output += process.ReadLine(deadline) + "\n";
  } catch (const Surprise&) {
    // It has no more lines, or none in time, which its exit code will tell.
    return output;
  }
}

}  // namespace

Chatctl::Chatctl(Endpoint admin, std::filesystem::path token_file)
    : admin_(std::move(admin)),
      token_file_(std::move(token_file)),
      folder_(MakeTestFolder("chatctl")) {}

Chatctl::~Chatctl() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

ChatctlAnswer Chatctl::Run(std::vector<std::string> arguments, std::string_view input) const {
  arguments.push_back("--admin-listen=" + admin_.ToString());
  arguments.push_back("--admin-token-file=" + token_file_.string());
  const std::filesystem::path log = folder_ / "errors";
  std::filesystem::remove(log);
  ChildProcess process({.program = "server/chatctl/chatctl",
                        .arguments = std::move(arguments),
                        .working_folder = folder_,
                        .log = log});
  if (!input.empty()) process.Write(input);
  process.CloseInput();
  ChatctlAnswer answer;
  answer.output = ReadToTheEnd(process);
  answer.exit_code = process.ExitCode();
  answer.errors = ReadFile(log);
  return answer;
}

std::string Chatctl::Do(std::vector<std::string> arguments, std::string_view input) const {
  const std::string what = arguments.front();
  ChatctlAnswer answer = Run(std::move(arguments), input);
  if (answer.exit_code != 0) throw Surprise("chatctl " + what + " fails: " + answer.errors);
  return std::move(answer.output);
}

std::string ValueOf(std::string_view name, const std::string& output) {
  std::istringstream lines(output);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word != name) continue;
    std::string value;
    std::getline(words >> std::ws, value);
    return value;
  }
  throw Surprise("no " + std::string(name) + " in: " + output);
}

}  // namespace chat::testing
