#include "tests/harness/http_client.h"

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <optional>
#include <string_view>

namespace chat::testing {
namespace {

// Names a file to which each answer goes as a line of JSON, for whoever runs a test and checks all
// of them (tests/scenarios/validated_run.py).
constexpr const char* kRecordVariable = "CHAT_HTTP_RECORD";

void Record(const HttpRequest& request, const HttpAnswer& answer) {
  static std::mutex mutex;
  const char* const file = std::getenv(kRecordVariable);
  if (file == nullptr) return;
  const std::string_view content_type = answer.header("Content-Type");
  const boost::json::object line{{"method", request.method},
                                 {"target", request.target},
                                 {"status", answer.status},
                                 {"media_type", content_type.substr(0, content_type.find(';'))},
                                 {"body", answer.body}};
  const std::lock_guard lock(mutex);
  std::ofstream(file, std::ios::app) << line << '\n';
}

}  // namespace

HttpAnswer HttpClient::Do(const HttpRequest& request) const {
  const Deadline deadline;
  Socket socket = Socket::Connect(server_);
  socket.Send(loadgen::EncodeHttpRequest(request, server_.ToString()), deadline);
  std::string bytes;
  ReceiveOutcome outcome;
  do {
    outcome = socket.Receive(bytes, deadline);
  } while (outcome == ReceiveOutcome::kBytes);
  std::optional<HttpAnswer> answer = loadgen::ParseHttpAnswer(bytes);
  if (outcome == ReceiveOutcome::kEnd && answer) {
    Record(request, *answer);
    return *std::move(answer);
  }
  throw Surprise(request.method + ' ' + request.target + " got no whole answer: " + bytes);
}

}  // namespace chat::testing
