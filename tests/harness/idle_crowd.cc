#include "tests/harness/idle_crowd.h"

#include <sys/resource.h>

#include <chrono>
#include <sstream>

#include "tests/harness/deadline.h"

namespace chat::testing {
namespace {

constexpr std::chrono::minutes kSettlingMax{5};

}  // namespace

CrowdCounts::CrowdCounts(const std::string& line) {
  std::istringstream parts(line);
  std::string part;
  while (parts >> part) {
    const std::size_t equals = part.find('=');
    if (equals != std::string::npos) {
      numbers_[part.substr(0, equals)] = std::stoul(part.substr(equals + 1));
    }
  }
}

IdleCrowd::IdleCrowd(const Endpoint& server, const std::vector<Person>& people,
                     std::size_t connections)
    : process_({.program = "loadgen/loadgen",
                .arguments = {"idle", "--server", server.ToString(), "--connections",
                              std::to_string(connections)},
                .working_folder = MakeTestFolder("idle"),
                .log = TestOutputFolder() / "loadgen.log"}) {
  for (const Person& person : people) process_.Write(person.login().access_token() + '\n');
  process_.Write("\n");
}

CrowdCounts IdleCrowd::AwaitSettled() {
  return CrowdCounts(process_.ReadLine(Deadline(kSettlingMax)));
}

CrowdCounts IdleCrowd::AwaitAnswers(std::size_t answers) {
  process_.Write(std::to_string(answers) + '\n');
  return CrowdCounts(process_.ReadLine(Deadline(kSettlingMax)));
}

int IdleCrowd::Leave() {
  process_.CloseInput();
  return process_.ExitCode();
}

std::size_t RaiseFileLimit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

}  // namespace chat::testing
