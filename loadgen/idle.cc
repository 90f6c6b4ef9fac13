#include "loadgen/idle.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

#include "loadgen/crowd.h"
#include "loadgen/server_address.h"

namespace chat::loadgen {
namespace {

constexpr std::chrono::milliseconds kTurnMax{100};

// Lines from a descriptor; blocks only where nothing was announced as readable.
class LineReader {
 public:
  explicit LineReader(int from) : from_(from) {}

  // False at the end.
  bool Fill() {
    std::array<char, 4096> chunk;
    const ssize_t size = ::read(from_, chunk.data(), chunk.size());
    if (size <= 0) return false;
    unread_.append(chunk.data(), static_cast<std::size_t>(size));
    return true;
  }

  std::optional<std::string> Next() {
    const std::size_t end = unread_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
  }

 private:
  int from_;
  std::string unread_;
};

std::vector<std::string> ReadTokens(LineReader& lines) {
  std::vector<std::string> tokens;
  while (true) {
    while (const auto line = lines.Next()) {
      if (line->empty()) return tokens;
      tokens.push_back(*line);
    }
    if (!lines.Fill()) return tokens;
  }
}

void Report(const CrowdCounts& counts, int out) {
  const std::string line = "live=" + std::to_string(counts.live) +
                           " ended=" + std::to_string(counts.ended) +
                           " beats_sent=" + std::to_string(counts.beats_sent) +
                           " beats_answered=" + std::to_string(counts.beats_answered) +
                           " fewest_answered=" + std::to_string(counts.fewest_answered) + '\n';
  // One short line always fits into a pipe that somebody reads.
  if (::write(out, line.data(), line.size()) < 0) return;
}

std::uint32_t ParseAnswers(const std::string& line) {
  std::uint32_t answers = 0;
  std::from_chars(line.data(), line.data() + line.size(), answers);
  return answers;
}

// Does what the lines of `in` say until they end.
class IdleRun {
 public:
  IdleRun(CrowdOptions options, LineReader& lines, int in, int out)
      : crowd_(std::move(options)), lines_(lines), in_(in), out_(out) {}

  void Run() {
    while (!crowd_.settled()) crowd_.Turn(kTurnMax);
    if (!crowd_.first_end().empty()) {
      std::cerr << "not everyone got connected: " << crowd_.first_end() << '\n';
    }
    Report(crowd_.Count(), out_);
    while (true) {
      if (crowd_.Turn(kTurnMax, in_) && !lines_.Fill()) return;
      if (!awaited_) TakeOrder();
      if (awaited_) AnswerOrder(*awaited_);
    }
  }

 private:
  void TakeOrder() {
    const auto line = lines_.Next();
    if (line) awaited_ = ParseAnswers(*line);
  }

  // Counting looks at every user, so it is not done at each turn.
  void AnswerOrder(std::uint32_t awaited) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_count_) return;
    next_count_ = now + kTurnMax;
    const CrowdCounts counts = crowd_.Count();
    if (counts.fewest_answered < awaited && counts.ended == 0) return;
    Report(counts, out_);
    awaited_.reset();
  }

  Crowd crowd_;
  LineReader& lines_;
  int in_;
  int out_;
  std::optional<std::uint32_t> awaited_;
  std::chrono::steady_clock::time_point next_count_;
};

}  // namespace

std::expected<void, std::string> RunIdle(const IdleOptions& options, int in, int out) {
  const auto server = ParseServerAddress(options.server);
  if (!server) return std::unexpected("the server is not an IPv4 address and a port");
  LineReader lines(in);
  std::vector<std::string> tokens = ReadTokens(lines);
  if (tokens.empty()) return std::unexpected("there is no access token");
  CrowdOptions crowd{.servers = {*server},
                     .connections = options.connections,
                     .encoding = options.encoding,
                     .access_tokens = std::move(tokens)};
  IdleRun(std::move(crowd), lines, in, out).Run();
  return {};
}

}  // namespace chat::loadgen
