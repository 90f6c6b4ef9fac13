#include "tests/harness/http_client.h"

#include <optional>

namespace chat::testing {

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
  if (outcome == ReceiveOutcome::kEnd && answer) return *std::move(answer);
  throw Surprise(request.method + ' ' + request.target + " got no whole answer: " + bytes);
}

}  // namespace chat::testing
