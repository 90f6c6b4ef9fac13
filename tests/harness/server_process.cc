#include "tests/harness/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

namespace chat::testing {
namespace {

// Tests run in the root of the files they named in `data`.
constexpr std::string_view kBinary = "server/server";

[[noreturn]] void Fail(const char* what) {
  throw Surprise(std::string(what) + ": " + strerror(errno));
}

std::filesystem::path FolderFrom(const char* variable) {
  const char* folder = std::getenv(variable);
  return folder != nullptr ? std::filesystem::path(folder) : std::filesystem::temp_directory_path();
}

std::filesystem::path MakeFolder() {
  std::string name = (FolderFrom("TEST_TMPDIR") / "server-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) Fail("mkdtemp");
  return name;
}

// The child's part between fork and exec: only calls that are safe there.
[[noreturn]] void Become(char* const* arguments, const char* folder, int output, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (::chdir(folder) == 0) ::execv(arguments[0], arguments);
  ::_exit(127);
}

// What follows `label` on a whole line of `text`.
std::optional<Endpoint> FindAddress(std::string_view text, std::string_view label) {
  const std::size_t start = text.find(label);
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start + label.size());
  const std::size_t end = text.find('\n');
  const std::size_t colon = text.substr(0, end).rfind(':');
  if (end == std::string_view::npos || colon == std::string_view::npos) return std::nullopt;
  Endpoint endpoint{.host = std::string(text.substr(0, colon)), .port = 0};
  std::from_chars(text.data() + colon + 1, text.data() + end, endpoint.port);
  return endpoint;
}

}  // namespace

ServerProcess::ServerProcess(ServerOptions options)
    : options_(std::move(options)), folder_(MakeFolder()) {
  log_ = FolderFrom("TEST_UNDECLARED_OUTPUTS_DIR") / (folder_.filename().string() + ".log");
  Start();
}

ServerProcess::~ServerProcess() {
  if (process_.is_open()) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> ServerProcess::Arguments() const {
  std::vector<std::string> arguments = {
      std::filesystem::absolute(kBinary).string(),   "--listen=" + endpoint_.ToString(),
      "--admin-listen=" + admin_.ToString(),         "--data-dir=" + (folder_ / "data").string(),
      "--shards=" + std::to_string(options_.shards), "--rate-limits=off",
  };
  arguments.insert(arguments.end(), options_.flags.begin(), options_.flags.end());
  return arguments;
}

void ServerProcess::Start() {
  std::vector<std::string> arguments = Arguments();
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  std::array<int, 2> pipe;
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) Fail("pipe");
  output_ = OwnedDescriptor(pipe[0]);
  const OwnedDescriptor write_end(pipe[1]);
  const OwnedDescriptor log(::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  pid_ = ::fork();
  if (pid_ < 0) Fail("fork");
  if (pid_ == 0) Become(pointers.data(), folder_.c_str(), write_end.get(), log.get());
  process_ = OwnedDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!process_.is_open()) Fail("pidfd_open");
  ReadAddresses();
}

void ServerProcess::ReadAddresses() {
  const Deadline deadline;
  std::string printed;
  std::array<char, 4096> chunk;
  while (WaitFor(output_.get(), POLLIN, deadline)) {
    const ssize_t size = ::read(output_.get(), chunk.data(), chunk.size());
    if (size <= 0) break;
    printed.append(chunk.data(), static_cast<std::size_t>(size));
    const auto listen = FindAddress(printed, "listening on http://");
    const auto admin = FindAddress(printed, "admin on http://");
    if (!listen || !admin) continue;
    endpoint_ = *listen;
    admin_ = *admin;
    return;
  }
  throw Surprise("the server does not say where it listens; see " + log_.string());
}

void ServerProcess::Kill() {
  ::kill(pid_, SIGKILL);
  Reap();
}

void ServerProcess::Terminate() { ::kill(pid_, SIGTERM); }

int ServerProcess::Reap() {
  if (!WaitFor(process_.get(), POLLIN, Deadline())) throw Surprise("the server does not end");
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) Fail("waitpid");
  process_.Close();
  return status;
}

int ServerProcess::ExitCode() {
  const int status = Reap();
  if (!WIFEXITED(status)) throw Surprise("a signal ended the server");
  return WEXITSTATUS(status);
}

void ServerProcess::Restart() { Start(); }

std::size_t ServerProcess::resident_bytes() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    constexpr std::string_view kLabel = "VmRSS:";
    if (line.starts_with(kLabel)) return std::stoul(line.substr(kLabel.size())) * 1024;
  }
  throw Surprise("the server's memory cannot be read");
}

}  // namespace chat::testing
