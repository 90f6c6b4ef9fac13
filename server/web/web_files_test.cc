#include "server/web/web_files.h"

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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::set<std::string> Paths() {
  std::set<std::string> paths;
  for (const WebFile& file : Files()) paths.emplace(file.path);
  return paths;
}

std::string_view FindBytes(std::string_view path) {
  const auto files = Files();
  const auto found = std::ranges::find(files, path, &WebFile::path);
  return found == files.end() ? std::string_view() : found->bytes;
}

// The first group of every match.
std::vector<std::string> FindAll(std::string_view text, const char* pattern) {
  const std::regex expression(pattern);
  const std::string subject(text);
  std::vector<std::string> found;
  for (std::sregex_iterator match(subject.begin(), subject.end(), expression), end; match != end;
       ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

// "./b.js" seen from "/views/a.js" is "/views/b.js".
std::string Resolve(std::string_view from, std::string_view relative) {
  std::string folder(from.substr(0, from.rfind('/')));
  while (true) {
    if (relative.starts_with("./")) {
      relative.remove_prefix(2);
    } else if (relative.starts_with("../")) {
      relative.remove_prefix(3);
      folder.resize(folder.rfind('/'));
    } else {
      return folder + "/" + std::string(relative);
    }
  }
}

TEST(WebFilesTest, ServesThePageAtTheRoot) {
  EXPECT_THAT(FindBytes("/"), StartsWith("<!doctype html>"));
}

TEST(WebFilesTest, HasEachPathOnceAndNoEmptyFile) {
  EXPECT_EQ(Paths().size(), Files().size());
  for (const WebFile& file : Files()) {
    EXPECT_THAT(std::string(file.path), StartsWith("/"));
    EXPECT_THAT(std::string(file.bytes), Not(IsEmpty())) << file.path;
  }
}

TEST(WebFilesTest, ContainsEverythingThatThePageNames) {
  const auto named = FindAll(FindBytes("/"), R"re((?:src|href)="([^"#]+)")re");
  EXPECT_THAT(named, Contains("/main.js"));
  for (const std::string& path : named) EXPECT_THAT(Paths(), Contains(path));
}

TEST(WebFilesTest, ContainsEveryImportedModule) {
  for (const WebFile& file : Files()) {
    for (const std::string& module : FindAll(file.bytes, R"re(from '([^']+)')re")) {
      EXPECT_THAT(Paths(), Contains(Resolve(file.path, module))) << file.path;
    }
  }
}

TEST(WebFilesTest, PageHasNoInlineScriptOrStyle) {
  const std::string_view page = FindBytes("/");
  EXPECT_THAT(FindAll(page, R"re(<(script|style)(?![^>]* src=))re"), IsEmpty());
  EXPECT_THAT(FindAll(page, R"re(\s(style|on[a-z]+)=)re"), IsEmpty());
}

TEST(WebFilesTest, NamesNoOtherHost) {
  for (const WebFile& file : Files()) {
    for (const std::string& url : FindAll(file.bytes, R"re((https?://[^'" ]+))re")) {
      EXPECT_EQ(url, "http://www.w3.org/2000/svg") << file.path;
    }
  }
}

TEST(WebFilesTest, NeverParsesTextAsMarkupOrCode) {
  for (const WebFile& file : Files()) {
    if (!file.path.ends_with(".js")) continue;
    for (const char* sink : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                             "createContextualFragment", "eval(", "new Function"}) {
      EXPECT_THAT(std::string(file.bytes), Not(HasSubstr(sink))) << file.path;
    }
  }
}

}  // namespace
}  // namespace chat::web
