// The HTTP API as typed calls: messages of the schema in and out, in their JSON form.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <type_traits>
#include <utility>

#include "protocol/chat.pb.h"
#include "tests/harness/http_client.h"
#include "tests/harness/socket.h"

namespace chat::testing {

// An answer: `body` when it went well, `problem` when it was refused.
template <typename Body>
struct ApiAnswer {
  int status = 0;
  Body body;
  v1::Problem problem;
};

// What 204 answers with.
struct NoBody {};

// Thread: one. Lifetime: any; it holds no connection.
class Api {
 public:
  explicit Api(Endpoint server) : client_(std::move(server)) {}

  // Whose calls these are from now on; empty for nobody's.
  void set_access_token(std::string token) { access_token_ = std::move(token); }
  const std::string& access_token() const { return access_token_; }

  template <typename Body>
  ApiAnswer<Body> Get(std::string target) const {
    return Call<Body>({.method = "GET", .target = std::move(target)});
  }

  template <typename Body>
  ApiAnswer<Body> Post(std::string target) const {
    return Call<Body>({.method = "POST", .target = std::move(target)});
  }

  template <typename Body>
  ApiAnswer<Body> Post(std::string target, const google::protobuf::Message& body) const {
    return Call<Body>({.method = "POST", .target = std::move(target), .body = Encode(body)});
  }

  template <typename Body>
  ApiAnswer<Body> Patch(std::string target, const google::protobuf::Message& body) const {
    return Call<Body>({.method = "PATCH", .target = std::move(target), .body = Encode(body)});
  }

  template <typename Body>
  ApiAnswer<Body> Put(std::string target, const google::protobuf::Message& body) const {
    return Call<Body>({.method = "PUT", .target = std::move(target), .body = Encode(body)});
  }

  ApiAnswer<NoBody> Put(std::string target) const {
    return Call<NoBody>({.method = "PUT", .target = std::move(target)});
  }

  ApiAnswer<NoBody> Delete(std::string target) const {
    return Call<NoBody>({.method = "DELETE", .target = std::move(target)});
  }

 private:
  template <typename Body>
  ApiAnswer<Body> Call(HttpRequest request) const {
    ApiAnswer<Body> answer;
    request.access_token = access_token_;
    const HttpAnswer got = client_.Do(request);
    answer.status = got.status;
    if (got.status >= 400) {
      Decode(got, answer.problem);
    } else if constexpr (!std::is_same_v<Body, NoBody>) {
      Decode(got, answer.body);
    }
    return answer;
  }

  static std::string Encode(const google::protobuf::Message& body);

  // Errors: throws Surprise when it is no such message.
  static void Decode(const HttpAnswer& answer, google::protobuf::Message& body);

  HttpClient client_;
  std::string access_token_;
};

}  // namespace chat::testing
