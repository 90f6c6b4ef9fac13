#include "tests/harness/store_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <system_error>
#include <utility>

#include "tests/harness/deadline.h"
#include "tests/harness/socket.h"

namespace chat::testing {
namespace {

[[noreturn]] void Fail(const char* what) {
  throw Surprise(std::string(what) + ": " + std::strerror(errno));
}

OwnedDescriptor OpenProcess(pid_t pid) {
  return OwnedDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// What a service sends its news to: sd_notify(3).
OwnedDescriptor ListenForNews(const std::filesystem::path& path) {
  std::filesystem::remove(path);
  OwnedDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof(address.sun_path))
    throw Surprise("a socket's path is too long");
  path.native().copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    Fail("bind");
  }
  return socket;
}

void WaitUntilReady(int news, pid_t pid) {
  const Deadline deadline;
  const OwnedDescriptor process = OpenProcess(pid);
  std::string text;
  while (text.find("READY=1") == std::string::npos) {
    std::array<pollfd, 2> waiting = {{{.fd = news, .events = POLLIN, .revents = 0},
                                      {.fd = process.get(), .events = POLLIN, .revents = 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), deadline.poll_timeout_ms());
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) throw Surprise("a store does not get ready");
    if ((waiting[0].revents & POLLIN) == 0) throw Surprise("a store ended when it was started");
    std::array<char, 4096> datagram;
    const ssize_t size = ::recv(news, datagram.data(), datagram.size(), 0);
    if (size < 0) Fail("recv");
    text.append(datagram.data(), static_cast<std::size_t>(size)).push_back('\n');
  }
}

// Their names tell nothing: whoever names the process as its parent is one.
std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    std::ifstream file(entry.path() / "stat");
    std::string line;
    std::getline(file, line);
    // "12 (a name) S 11 ...": the number behind the name and the state.
    const std::size_t name_end = line.rfind(") ");
    if (name_end == std::string::npos) continue;
    if (std::stoi(line.substr(name_end + 4)) == parent) children.push_back(std::stoi(line));
  }
  return children;
}

// Stops it, and returns when it stands still: from then on it starts no other process.
void StopProcess(pid_t pid) {
  ::kill(pid, SIGSTOP);
  siginfo_t state;
  while (::waitid(P_PID, static_cast<id_t>(pid), &state, WSTOPPED | WEXITED | WNOWAIT) != 0) {
    if (errno != EINTR) Fail("waitid");
  }
}

ChildOptions WithNews(const StoreProcessOptions& options, const std::filesystem::path& news) {
  std::vector<std::string> arguments = {
      "NOTIFY_SOCKET=" + news.string(),
      std::filesystem::absolute(options.program).string(),
  };
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  return {
      .program = "/usr/bin/env",
      .arguments = std::move(arguments),
      .working_folder = options.socket_folder,
      .log = options.log,
  };
}

}  // namespace

SocketFolder::SocketFolder() {
  // mkdtemp puts a unique name in the place of the six X.
  std::string path = "/tmp/chat-" + std::string(6, 'X');
  if (::mkdtemp(path.data()) == nullptr) Fail("mkdtemp");
  path_ = path;
}

SocketFolder::~SocketFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

StoreProcess::StoreProcess(const StoreProcessOptions& options) {
  const std::filesystem::path news = options.socket_folder / "news";
  // Before the process exists, which may be ready at once.
  const OwnedDescriptor listener = ListenForNews(news);
  process_.emplace(WithNews(options, news));
  WaitUntilReady(listener.get(), process_->pid());
}

StoreProcess::~StoreProcess() {
  if (!running_) return;
  try {
    Kill();
  } catch (const Surprise&) {
    // Nothing is left to do: the test is over.
  }
}

void StoreProcess::Kill() {
  StopProcess(process_->pid());
  std::vector<OwnedDescriptor> children;
  for (const pid_t child : ChildrenOf(process_->pid())) {
    children.push_back(OpenProcess(child));
    ::kill(child, SIGKILL);
  }
  running_ = false;
  process_->Kill();
  for (const OwnedDescriptor& child : children) {
    if (child.is_open() && !WaitFor(child.get(), POLLIN, Deadline())) {
      throw Surprise("a store's process does not end");
    }
  }
}

void StoreProcess::Stop(int signal) {
  process_->Signal(signal);
  process_->ExitCode();
  running_ = false;
}

void StoreProcess::Freeze() {
  StopProcess(process_->pid());
  for (const pid_t child : ChildrenOf(process_->pid())) ::kill(child, SIGSTOP);
}

void StoreProcess::Thaw() {
  for (const pid_t child : ChildrenOf(process_->pid())) ::kill(child, SIGCONT);
  process_->Signal(SIGCONT);
}

std::uint16_t FindFreePort() {
  // Below what Linux gives to clients by itself.
  constexpr std::uint16_t kFirst = 20'000;
  constexpr std::uint16_t kLast = 31'999;
  std::random_device random;
  std::uniform_int_distribution<int> ports(kFirst, kLast);
  for (int attempt = 0; attempt < 100; ++attempt) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    const OwnedDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      return port;
    }
  }
  throw Surprise("no port is free");
}

}  // namespace chat::testing
