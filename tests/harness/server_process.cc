#include "tests/harness/server_process.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>
#include <utility>

#include "tests/harness/deadline.h"

namespace chat::testing {

ServerProcess::ServerProcess(ServerOptions options)
    : options_(std::move(options)), folder_(MakeTestFolder("server")) {
  Start();
}

ServerProcess::~ServerProcess() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> ServerProcess::Arguments() const {
  std::vector<std::string> arguments = {
      "--listen=" + endpoint_.ToString(),
      "--admin-listen=" + admin_.ToString(),
      "--data-dir=" + data_folder().string(),
      "--shards=" + std::to_string(options_.shards),
  };
  const bool is_limited = std::ranges::any_of(
      options_.flags, [](const std::string& flag) { return flag.starts_with("--rate-limits="); });
  if (!is_limited) arguments.push_back("--rate-limits=off");
  arguments.insert(arguments.end(), options_.flags.begin(), options_.flags.end());
  return arguments;
}

void ServerProcess::Start() {
  process_.emplace(ChildOptions{
      .program = "server/server",
      .arguments = Arguments(),
      .working_folder = folder_,
      .log = TestOutputFolder() / (folder_.filename().string() + ".log"),
  });
  const Deadline deadline;
  std::optional<Endpoint> endpoint;
  std::optional<Endpoint> admin;
  while (!endpoint || !admin) {
    const std::string line = process_->ReadLine(deadline);
    if (!endpoint) endpoint = FindAddress(line, "listening on http://");
    if (!admin) admin = FindAddress(line, "admin on http://");
  }
  endpoint_ = *endpoint;
  admin_ = *admin;
}

// "listening on http://127.0.0.1:8080", behind its label.
std::optional<Endpoint> ServerProcess::FindAddress(std::string_view line, std::string_view label) {
  const std::size_t start = line.find(label);
  if (start == std::string_view::npos) return std::nullopt;
  line.remove_prefix(start + label.size());
  const std::size_t colon = line.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Endpoint endpoint{.host = std::string(line.substr(0, colon)), .port = 0};
  std::from_chars(line.data() + colon + 1, line.data() + line.size(), endpoint.port);
  return endpoint;
}

std::size_t ServerProcess::resident_bytes() const {
  std::ifstream status("/proc/" + std::to_string(process_->pid()) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    constexpr std::string_view kLabel = "VmRSS:";
    if (line.starts_with(kLabel)) return std::stoul(line.substr(kLabel.size())) * 1024;
  }
  throw Surprise("the server's memory cannot be read");
}

}  // namespace chat::testing
