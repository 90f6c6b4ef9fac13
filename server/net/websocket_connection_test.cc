// WebSocketConnection with a real hub and a real socket, in virtual time and on the test's own
// thread.
#include "server/net/websocket_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/envelope.h"
#include "protocol/websocket/frame_writer.h"
#include "server/local/local_bus.h"
#include "server/local/local_rate_limits.h"
#include "server/net/unavailable_store.h"

namespace chat::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using websocket::CloseCode;
using websocket::Opcode;

constexpr websocket::MaskingKey kMask = {1, 2, 3, 4};
constexpr std::string_view kHeartbeat = R"({"ref":1,"heartbeat":{}})";
constexpr std::string_view kGreeting = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

class IoExecutor final : public Executor {
 public:
  explicit IoExecutor(asio::io_context& io_context) : io_context_(io_context) {}
  void Post(Task task) override { asio::post(io_context_, std::move(task)); }

 private:
  asio::io_context& io_context_;
};

// What a client got: a word per frame, "message", "pong:payload", "close:1000", "end".
using Words = std::vector<std::string>;

HubOptions MakeOptions() {
  HubOptions options;
  options.heartbeat_timeout = std::chrono::hours(10);
  return options;
}

class WebSocketConnectionTest : public ::testing::Test {
 protected:
  void TearDown() override {
    if (!connection_) return;
    client_ = FileDescriptor();
    Settle();
    EXPECT_TRUE(connection_->has_ended());
  }

  void Open(std::string early_bytes = "") {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    client_ = FileDescriptor(ends[0]);
    connection_.emplace(Transport(FileDescriptor(ends[1])), IpAddress(), shared_);
    connection_->Open({.transport = Transport(FileDescriptor()),
                       .owner = {.session_id = SessionId(5), .user_id = UserId(7)},
                       .encoding = Encoding::kJson,
                       .client_address = IpAddress(),
                       .greeting = std::string(kGreeting),
                       .early_bytes = std::move(early_bytes)});
    Settle();
  }

  // Open, and what comes first is read.
  void OpenAndGreet() {
    Open();
    Words words = Read();
    ASSERT_THAT(words, ElementsAre("greeting", "message"));
  }

  // Runs turns until nothing happens any more.
  void Settle() {
    do {
      poller_.WatchNext();
      io_context_.restart();
      io_context_.poll();
      for (std::size_t i = 0; i < shared_.to_flush.size(); ++i) shared_.to_flush[i]->Flush();
    } while (!std::exchange(shared_.to_flush, {}).empty());
  }

  // Time goes on, with one sweep at its end.
  void Pass(milliseconds time) {
    now_.steady += time;
    now_.wall += time;
    hub_.Advance(now_);
    shared_.now = now_.steady;
    for (WebSocketConnection* const connection : std::exchange(shared_.to_check, {})) {
      if (connection->CheckDeadlines()) shared_.to_check.push_back(connection);
    }
    Settle();
  }

  static std::string Frame(Opcode opcode, std::string_view payload) {
    std::string bytes;
    websocket::AppendMaskedFrame(bytes, opcode, payload, kMask);
    return bytes;
  }

  void Send(std::string_view bytes) {
    ASSERT_EQ(::send(client_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    Settle();
  }

  // Reads one piece, which may be nothing.
  std::string ReadBytes(std::size_t bytes_max = 64 * kKibibyte) {
    std::string bytes(bytes_max, '\0');
    const ssize_t received = ::recv(client_.number(), bytes.data(), bytes.size(), 0);
    client_saw_end_ = received == 0;
    bytes.resize(received > 0 ? static_cast<std::size_t>(received) : 0);
    Settle();
    return bytes;
  }

  // Reads all that there is.
  Words Read() {
    Words words;
    for (std::string bytes = ReadBytes(); !bytes.empty(); bytes = ReadBytes()) Parse(bytes, words);
    if (client_saw_end_) words.push_back("end");
    return words;
  }

  void Parse(std::string& bytes, Words& words) {
    std::span<char> input(bytes);
    if (!greeted_) {
      EXPECT_TRUE(bytes.starts_with(kGreeting));
      input = input.subspan(kGreeting.size());
      words.push_back("greeting");
      greeted_ = true;
    }
    while (const auto received = reader_.Next(input)) words.push_back(Word(*received));
  }

  static std::string Word(const websocket::Received& received) {
    if (const auto* const pong = std::get_if<websocket::Pong>(&received)) {
      return "pong:" + std::string(pong->payload);
    }
    if (const auto* const close = std::get_if<websocket::Close>(&received)) {
      return "close:" + std::to_string(close->code ? static_cast<int>(*close->code) : 1005);
    }
    return std::holds_alternative<websocket::Message>(received) ? "message" : "violation";
  }

  // Sends heartbeats, and reads no answer, until the server cannot write any more.
  void FillUntilBlocked() {
    const std::string heartbeat = Frame(Opcode::kText, kHeartbeat);
    for (std::uint64_t sent = ~0u; sent != shared_.counters.bytes_sent;) {
      sent = shared_.counters.bytes_sent;
      for (int i = 0; i < 100; ++i) Send(heartbeat);
    }
    ASSERT_THAT(shared_.to_check, SizeIs(1));
  }

  asio::io_context io_context_;
  IoExecutor executor_{io_context_};
  LocalBus bus_;
  UnavailableStore store_;
  LocalRateLimits unlimited_{std::nullopt};
  Moment now_{Instant(std::chrono::hours(1)), UnixTime(std::chrono::days(20'000))};
  Hub hub_{MakeOptions(),
           {executor_, bus_, store_, store_, store_, store_, store_, unlimited_, store_},
           now_};
  Poller poller_{io_context_.get_executor(), [](std::span<const Ready> batch) {
                   for (const Ready& ready : batch) {
                     static_cast<WebSocketConnection*>(ready.token)->HandleReady(ready);
                   }
                 }};
  std::vector<ConnectionEnded> endings_;
  ConnectionShared shared_{
      .hub = hub_,
      .poller = poller_,
      .on_ended = [this](const ConnectionEnded& ended) { endings_.push_back(ended); },
      .now = now_.steady};
  std::optional<WebSocketConnection> connection_;
  FileDescriptor client_;
  websocket::MessageReader reader_{websocket::Role::kClient};
  bool greeted_ = false;
  bool client_saw_end_ = false;
};

TEST_F(WebSocketConnectionTest, SendsTheGreetingAndTheWelcomeInOneWrite) {
  Open();

  EXPECT_EQ(shared_.counters.sends, 1u);
  EXPECT_THAT(Read(), ElementsAre("greeting", "message"));
}

TEST_F(WebSocketConnectionTest, TakesEarlyBytesAsFrames) {
  Open(Frame(Opcode::kText, kHeartbeat));

  EXPECT_THAT(Read(), ElementsAre("greeting", "message", "message"));
}

TEST_F(WebSocketConnectionTest, AnswersAMessageThatComesByteByByte) {
  OpenAndGreet();

  for (const char byte : Frame(Opcode::kText, kHeartbeat)) Send(std::string(1, byte));

  EXPECT_THAT(Read(), ElementsAre("message"));
}

TEST_F(WebSocketConnectionTest, WritesAllFramesOfATurnAtOnce) {
  OpenAndGreet();
  const std::uint64_t sends = shared_.counters.sends;
  const std::string heartbeat = Frame(Opcode::kText, kHeartbeat);

  Send(heartbeat + heartbeat + heartbeat);

  EXPECT_EQ(shared_.counters.sends, sends + 1);
  EXPECT_THAT(Read(), ElementsAre("message", "message", "message"));
}

TEST_F(WebSocketConnectionTest, AnswersAPingWithItsPayload) {
  OpenAndGreet();

  Send(Frame(Opcode::kPing, "abc"));

  EXPECT_THAT(Read(), ElementsAre("pong:abc"));
}

TEST_F(WebSocketConnectionTest, AnswersOnlyTheLastOfSeveralPings) {
  OpenAndGreet();

  Send(Frame(Opcode::kPing, "a") + Frame(Opcode::kPing, "b") + Frame(Opcode::kPing, "c"));

  EXPECT_THAT(Read(), ElementsAre("pong:c"));
}

TEST_F(WebSocketConnectionTest, RestsFromReadingAfterTooManyPingsUntilTheNextSweep) {
  OpenAndGreet();
  for (int i = 0; i < 51; ++i) Send(Frame(Opcode::kPing, "a"));
  Read();

  Send(Frame(Opcode::kText, kHeartbeat));
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_EQ(shared_.counters.reads_throttled, 1u);

  Pass(milliseconds(100));
  EXPECT_THAT(Read(), ElementsAre("message"));
}

TEST_F(WebSocketConnectionTest, ClosesAfterAViolationAndWaitsForTheClient) {
  OpenAndGreet();

  Send("\xF1\x80");

  EXPECT_THAT(Read(), ElementsAre("close:1002", "end"));
  EXPECT_THAT(endings_, IsEmpty());
  client_ = FileDescriptor();
  Settle();
  ASSERT_THAT(endings_, SizeIs(1));
  EXPECT_EQ(endings_[0].by, EndedBy::kServer);
  EXPECT_EQ(endings_[0].code, CloseCode::kProtocolError);
  EXPECT_EQ(endings_[0].owner.user_id, UserId(7));
}

TEST_F(WebSocketConnectionTest, EndsWithinTwoSecondsWhenTheClientDoesNotCloseToo) {
  OpenAndGreet();
  Send("\xF1\x80");

  Pass(milliseconds(1900));
  EXPECT_THAT(endings_, IsEmpty());

  Pass(milliseconds(100));
  EXPECT_THAT(endings_, SizeIs(1));
}

TEST_F(WebSocketConnectionTest, AnswersACloseAndEndsAtOnce) {
  OpenAndGreet();
  std::string close;
  websocket::AppendMaskedClose(close, CloseCode::kGoingAway, "bye", kMask);

  Send(close + std::string(10'000, 'x'));

  EXPECT_THAT(Read(), ElementsAre("close:1001", "end"));
  ASSERT_THAT(endings_, SizeIs(1));
  EXPECT_EQ(endings_[0].by, EndedBy::kClient);
  EXPECT_EQ(endings_[0].code, CloseCode::kGoingAway);
}

TEST_F(WebSocketConnectionTest, EndsAtOnceWhenTheClientIsGoneInMidFrame) {
  OpenAndGreet();
  Send(Frame(Opcode::kText, kHeartbeat).substr(0, 10));

  client_ = FileDescriptor();
  Settle();

  ASSERT_THAT(endings_, SizeIs(1));
  EXPECT_EQ(endings_[0].by, EndedBy::kNetwork);
  EXPECT_EQ(hub_.connection_count(), 0u);
}

TEST_F(WebSocketConnectionTest, ClosesAMessageThatDoesNotEndIn30Seconds) {
  OpenAndGreet();
  Send(Frame(Opcode::kText, kHeartbeat).substr(0, 10));

  Pass(seconds(29));
  EXPECT_THAT(Read(), IsEmpty());

  Send(Frame(Opcode::kText, kHeartbeat).substr(10, 1));
  Pass(seconds(1));
  EXPECT_THAT(Read(), ElementsAre("close:1008", "end"));
}

TEST_F(WebSocketConnectionTest, KeepsAConnectionThatIsAlwaysInTheMidstOfAnotherMessage) {
  OpenAndGreet();
  const std::string heartbeat = Frame(Opcode::kText, kHeartbeat);
  Send(heartbeat.substr(0, 10));

  for (int i = 0; i < 4; ++i) {
    Pass(seconds(20));
    Send(heartbeat.substr(10) + heartbeat.substr(0, 10));
  }

  EXPECT_THAT(Read(), ElementsAre("message", "message", "message", "message"));
}

TEST_F(WebSocketConnectionTest, ClosesAClientThatReadsNothingFor10Seconds) {
  OpenAndGreet();
  FillUntilBlocked();

  Pass(seconds(10));
  const Words words = Read();

  EXPECT_THAT(words, ::testing::Contains("message"));
  EXPECT_THAT(words, ::testing::Not(::testing::Contains("violation")));
  ASSERT_GE(words.size(), 2u);
  EXPECT_EQ(words[words.size() - 2], "close:4008");
  EXPECT_EQ(words.back(), "end");
}

TEST_F(WebSocketConnectionTest, KeepsAClientThatReadsSlowlyButSteadily) {
  OpenAndGreet();
  FillUntilBlocked();

  Words words;
  for (int i = 0; i < 10; ++i) {
    Pass(seconds(9));
    for (int piece = 0; piece < 8; ++piece) {
      std::string bytes = ReadBytes(16 * kKibibyte);
      Parse(bytes, words);
    }
    FillUntilBlocked();
  }

  EXPECT_THAT(words, ::testing::Each("message"));
  EXPECT_THAT(endings_, IsEmpty());
}

TEST_F(WebSocketConnectionTest, PongsOfABlockedClientTakeBoundedMemoryAndBreakNoFrame) {
  OpenAndGreet();
  FillUntilBlocked();

  for (int i = 0; i < 40; ++i) Send(Frame(Opcode::kPing, "p" + std::to_string(i)));
  const Words words = Read();

  EXPECT_EQ(std::ranges::count_if(words, [](const auto& w) { return w.starts_with("pong"); }), 1);
  EXPECT_THAT(words, ::testing::Contains("pong:p39"));
  EXPECT_THAT(words, ::testing::Not(::testing::Contains("violation")));
}

TEST_F(WebSocketConnectionTest, WritesWhatWaitsBeforeItClosesForARestart) {
  OpenAndGreet();
  FillUntilBlocked();

  connection_->EndWith(CloseCode::kServerRestart, "restart");
  Settle();
  const Words words = Read();

  ASSERT_GE(words.size(), 2u);
  EXPECT_EQ(words[words.size() - 2], "close:1012");
  EXPECT_THAT(words, ::testing::Not(::testing::Contains("violation")));
  EXPECT_EQ(shared_.hub.connection_count(), 0u);
}

TEST_F(WebSocketConnectionTest, CutsOffAClientThatTakesNotEvenTheCloseFrame) {
  OpenAndGreet();
  FillUntilBlocked();
  connection_->EndWith(CloseCode::kServerRestart, "restart");
  Settle();

  Pass(seconds(5));

  ASSERT_THAT(endings_, SizeIs(1));
  EXPECT_EQ(endings_[0].code, CloseCode::kServerRestart);
}

}  // namespace
}  // namespace chat::net
