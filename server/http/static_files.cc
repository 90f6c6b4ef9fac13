#include "server/http/static_files.h"

#include <cstdint>
#include <string>

namespace chat::http {
namespace {

// FNV-1a: tells versions of our own files apart; nobody else chooses the bytes.
std::uint64_t Fingerprint(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

std::string MakeEtag(std::string_view bytes) {
  return "\"" + std::to_string(bytes.size()) + "-" + std::to_string(Fingerprint(bytes)) + "\"";
}

// The tags of If-None-Match are compared weakly; ours have no comma in them.
bool IsKnown(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

std::vector<Field> MakeHeaders(const std::string& etag) {
  return {{"ETag", etag},
          {"Cache-Control", "no-cache"},
          {"Content-Security-Policy", std::string(kContentSecurityPolicy)},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Referrer-Policy", "no-referrer"},
          {"X-Frame-Options", "DENY"}};
}

Response Answer(const EmbeddedFile& file, const std::string& etag, const Request& request) {
  if (IsKnown(request.header("if-none-match").value_or(""), etag)) {
    return {.status = Status::kNotModified, .headers = MakeHeaders(etag)};
  }
  return {.content_type = std::string(file.content_type),
          .headers = MakeHeaders(etag),
          .embedded_body = file.bytes};
}

}  // namespace

void AddStaticFiles(Router& router, std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) {
    router.Add({.method = Method::kGet,
                .pattern = std::string(file.path),
                .handler = [file, etag = MakeEtag(file.bytes)](Request request)
                    -> asio::awaitable<Response> { co_return Answer(file, etag, request); }});
  }
}

}  // namespace chat::http
