#include "server/web/docs/docs_files.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace chat::web {
namespace {

constexpr unsigned char kIndexHtml[] = {
#embed "embedded/index.html"
};

constexpr unsigned char kInitJs[] = {
#embed "embedded/init.js"
};

constexpr unsigned char kSwaggerUiCss[] = {
#embed "embedded/swagger-ui.css"
};

constexpr unsigned char kSwaggerUiJs[] = {
#embed "embedded/swagger-ui-bundle.js"
};

constexpr unsigned char kSwaggerUiLicense[] = {
#embed "embedded/LICENSE"
};

constexpr unsigned char kSwaggerUiNotice[] = {
#embed "embedded/NOTICE"
};

constexpr unsigned char kOpenApi[] = {
#embed "embedded/openapi.yaml"
};

constexpr unsigned char kAsyncApi[] = {
#embed "embedded/asyncapi.yaml"
};

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kJavaScript = "text/javascript; charset=utf-8";
constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kYaml = "application/yaml";  // Source: RFC 9512 §2.1

template <std::size_t size>
std::string_view View(const unsigned char (&bytes)[size]) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const WebFile> DocsFiles() {
  static const auto files = std::to_array<WebFile>({
      {"/docs", kHtml, View(kIndexHtml)},
      {"/docs/init.js", kJavaScript, View(kInitJs)},
      {"/docs/swagger-ui.css", kCss, View(kSwaggerUiCss)},
      {"/docs/swagger-ui-bundle.js", kJavaScript, View(kSwaggerUiJs)},
      {"/docs/swagger-ui-license", kText, View(kSwaggerUiLicense)},
      {"/docs/swagger-ui-notice", kText, View(kSwaggerUiNotice)},
      {"/openapi.yaml", kYaml, View(kOpenApi)},
      {"/asyncapi.yaml", kYaml, View(kAsyncApi)},
  });
  return files;
}

}  // namespace chat::web
