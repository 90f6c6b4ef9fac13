#include "tests/harness/api.h"

#include "protocol/json.h"

namespace chat::testing {

std::string Api::Encode(const google::protobuf::Message& body) { return ToJson(body); }

void Api::Decode(const HttpAnswer& answer, google::protobuf::Message& body) {
  if (ParseJson(answer.body, body)) return;
  throw Surprise("no " + body.GetTypeName() + ": " + answer.head + answer.body);
}

}  // namespace chat::testing
