#include "server/web/docs/docs_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace chat::web {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::set<std::string> Paths(std::span<const WebFile> files) {
  std::set<std::string> paths;
  for (const WebFile& file : files) paths.emplace(file.path);
  return paths;
}

std::string FindText(std::string_view path) {
  const auto files = DocsFiles();
  const auto found = std::ranges::find(files, path, &WebFile::path);
  return found == files.end() ? std::string() : std::string(found->bytes);
}

// The first group of every match.
std::vector<std::string> FindAll(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end;
       ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

TEST(DocsFilesTest, HasEachPathOnceAndNoneOfTheWebClients) {
  std::set<std::string> paths = Paths(DocsFiles());
  EXPECT_EQ(paths.size(), DocsFiles().size());
  paths.merge(Paths(Files()));
  EXPECT_EQ(paths.size(), DocsFiles().size() + Files().size());
}

TEST(DocsFilesTest, ContainsEverythingThatThePageNames) {
  std::set<std::string> paths = Paths(DocsFiles());
  paths.merge(Paths(Files()));
  const auto named = FindAll(FindText("/docs"), R"re((?:src|href)="([^"#]+)")re");
  EXPECT_THAT(named, Contains("/docs/init.js"));
  for (const std::string& path : named) EXPECT_THAT(paths, Contains(path));
}

TEST(DocsFilesTest, PageHasNoInlineScriptOrStyle) {
  const std::string page = FindText("/docs");
  EXPECT_THAT(FindAll(page, R"re(<(script|style)(?![^>]* src=))re"), IsEmpty());
  EXPECT_THAT(FindAll(page, R"re(\s(style|on[a-z]+)=)re"), IsEmpty());
}

TEST(DocsFilesTest, SwaggerUiShowsTheServersOwnDocumentAndAsksNobodyElse) {
  const std::string start = FindText("/docs/init.js");
  EXPECT_THAT(FindAll(start, R"re(url: '([^']+)')re"), ElementsAre("/openapi.yaml"));
  EXPECT_THAT(start, HasSubstr("validatorUrl: null"));
  EXPECT_THAT(FindText("/docs/swagger-ui-license"), HasSubstr("Apache License"));
}

TEST(DocsFilesTest, CarriesBothSpecifications) {
  EXPECT_THAT(FindText("/openapi.yaml"), HasSubstr("\nopenapi: 3.1.0\n"));
  EXPECT_THAT(FindText("/asyncapi.yaml"), HasSubstr("\nasyncapi: 3.0.0\n"));
  EXPECT_THAT(FindText("/openapi.yaml"), Not(HasSubstr("\r")));
}

}  // namespace
}  // namespace chat::web
