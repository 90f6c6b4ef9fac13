"""Plants a violation of every rule and expects the rule to find it, and nothing more."""

import unittest

from tools.testing import report
from tools.tidy import exceptions
from tools.tidy.rules import documents, includes, layers, naming, sizes, wording
from tools.tidy.source_tree import Finding, SourceFile, SourceTree

# Put together, so that this file does not contain what it plants.
LONG_BODY = "  Call();\n" * 69


def _found(rule, *files):
    """The (path, line) pairs that a rule finds in a tree of (path, text) files."""
    tree = SourceTree([SourceFile(path, text) for path, text in files])
    findings = list(rule(tree))
    assert all(finding.rule == rule.__name__ for finding in findings)
    return [(finding.path, finding.line) for finding in findings]


class RuleCase(unittest.TestCase):
    """Short forms of the two expectations that all rules share."""

    def expect_finding(self, rule, path, text, line=1):
        self.assertEqual(_found(rule, (path, text)), [(path, line)])

    def expect_none(self, rule, path, text):
        self.assertEqual(_found(rule, (path, text)), [])


class SizesTest(RuleCase):

    def test_file_size(self):
        for path, limit in [("a.h", 200), ("a.cc", 400), ("main.cc", 60), ("a_test.cc", 500)]:
            self.expect_none(sizes.file_size, path, "\n" * limit)
            self.expect_finding(sizes.file_size, path, "\n" * (limit + 1), limit + 1)

    def test_function_size(self):
        self.expect_none(sizes.function_size, "a.cc", "void F() {\n" + LONG_BODY[10:] + "}\n")
        self.expect_finding(
            sizes.function_size, "a.cc", "namespace chat {\nvoid F() {\n" + LONG_BODY + "}\n}\n", 2)

    def test_parameter_count(self):
        self.expect_none(sizes.parameter_count, "a.h", "void F(int a, std::map<int, int> b);\n")
        self.expect_finding(
            sizes.parameter_count, "a.h", "void F(int a, int b, int c, int d, int e);\n")


class WordingTest(RuleCase):

    def test_empty_file_name(self):
        self.expect_none(wording.empty_file_name, "protocol/base64.h", "")
        self.expect_none(wording.empty_file_name, "server/data_directory.h", "")
        self.expect_finding(wording.empty_file_name, "server/session_data.h", "")
        self.expect_finding(wording.empty_file_name, "server/string_utils.h", "")
        self.expect_finding(wording.empty_file_name, "server/common/a.h", "")

    def test_empty_type_name(self):
        self.expect_none(wording.empty_type_name, "a.h", "class Base64Text;\nclass DataDirectory {\n")
        for declaration in [
                "class HubManager {", "struct SessionInfo {", "enum class HelperKind {",
                "using HubBase = Hub;", "class FrameWrapper final : public Frame {"]:
            self.expect_finding(wording.empty_type_name, "a.h", declaration)

    def test_banned_word(self):
        for word in ["FIXME", "XXX", "NOLINT(foo)", "NOLINTNEXTLINE", "GTEST_SKIP", "DISABLED_A"]:
            self.expect_finding(wording.banned_word, "a.cc", f"\n// {word}\n", 2)
        self.expect_none(wording.banned_word, "a.cc", "// XXXL is a size.\n")

    def test_banned_code(self):
        for code in [
                "x.value();", "x->value();", "co_spawn(io, F(), asio::detached);",
                "class A : std::enable_shared_from_this<A> {", "std::this_thread::sleep_for(1s);",
                "sleep(1);"]:
            self.expect_finding(wording.banned_code, "a.cc", code)
        self.expect_none(wording.banned_code, "a.cc", "// x.value() hides a throw, as \"sleep(\"\n")
        self.expect_finding(wording.banned_code, "a.py", "time.sleep(1)\n")


class LayersTest(RuleCase):

    def test_beast(self):
        code = "#include <boost/beast/http.hpp>\n"
        for path in ["server/app/a.cc", "server/core/a.h", "protocol/a.cc", "tests/a.cc"]:
            self.expect_finding(layers.beast, path, code)
        for path in ["server/net/a.cc", "server/http/a.cc", "loadgen/a.cc", "protocol/a_test.cc"]:
            self.expect_none(layers.beast, path, code)
        self.expect_finding(layers.beast, "server/app/a.cc", "#include <boost/beast.hpp>\n")

    def test_pure_includes(self):
        for header in ["thread", "mutex", "atomic", "boost/asio/io_context.hpp", "boost/asio.hpp"]:
            code = f"#include <{header}>\n"
            self.expect_finding(layers.pure_includes, "server/core/a.cc", code)
            self.expect_finding(layers.pure_includes, "server/cluster/a.cc", code)
            self.expect_finding(layers.pure_includes, "protocol/websocket/a.h", code)
            self.expect_none(layers.pure_includes, "server/runtime/a.cc", code)
            self.expect_none(layers.pure_includes, "protocol/a_test.cc", code)

    def test_support_of_tests_is_test_code(self):
        build = 'chat_cc_library(\n    name = "peer",\n    %ssrcs = ["peer.cc"],\n)\n'
        peer = ("protocol/peer.cc", "#include <boost/beast/core.hpp>\n")
        test_only = ("protocol/BUILD.bazel", build % "testonly = True,\n    ")
        shipped = ("protocol/BUILD.bazel", build % "")
        for rule in [layers.pure_includes, layers.beast]:
            self.assertEqual(_found(rule, peer, test_only), [])
            self.assertEqual(_found(rule, peer, shipped), [("protocol/peer.cc", 1)])

    def test_pure_time(self):
        for call in ["std::chrono::steady_clock::now()", "time(nullptr)", "std::time(nullptr)"]:
            self.expect_finding(layers.pure_time, "server/core/a.cc", f"auto t = {call};\n")
        self.expect_none(layers.pure_time, "server/core/a.cc", "steady_clock::time_point t;\n")
        self.expect_none(layers.pure_time, "server/core/a.cc", "auto t = clock.time(1);\n")

    def test_no_locks(self):
        self.expect_finding(layers.no_locks, "server/net/a.h", "#include <mutex>\n")
        self.expect_finding(layers.no_locks, "server/http/a.cc", "#include <atomic>\n")
        self.expect_none(layers.no_locks, "server/sqlite/a.cc", "#include <mutex>\n")


class IncludesTest(RuleCase):

    def test_own_header_first(self):
        header = ("protocol/a.h", "")
        wrong = ("protocol/a.cc", '#include <string>\n#include "protocol/a.h"\n')
        right = ("protocol/a.cc", '#include "protocol/a.h"\n#include <string>\n')
        self.assertEqual(_found(includes.own_header_first, header, wrong), [("protocol/a.cc", 1)])
        self.assertEqual(_found(includes.own_header_first, header, right), [])

    def test_include_from_root(self):
        self.expect_finding(includes.include_from_root, "protocol/a.cc", '\n#include "b.h"\n', 2)
        self.expect_none(includes.include_from_root, "a.cc", '#include "protocol/chat.pb.h"\n')

    def test_pragma_once(self):
        self.expect_finding(includes.pragma_once, "a.h", "#ifndef A_H\n")
        self.expect_none(includes.pragma_once, "a.h", "// A.\n#pragma once\n")

    def test_include_quotes(self):
        self.expect_finding(includes.include_from_root, "a.cc", '#include "gtest/gtest.h"\n')
        self.expect_none(includes.include_from_root, "a.cc", "#include <gtest/gtest.h>\n")

    def test_head_comment(self):
        self.expect_finding(includes.head_comment, "a.h", "#pragma once\n")
        self.expect_none(includes.head_comment, "a.h", "// A.\n#pragma once\n")
        self.expect_finding(includes.head_comment, "a.cc", "int b;\n")

    def test_header_speaks_for_its_source_and_its_test(self):
        files = [("a.h", "// A.\n"), ("a.cc", "int b;\n"), ("a_test.cc", "int c;\n")]
        self.assertEqual(_found(includes.head_comment, *files), [])


class DocumentsTest(RuleCase):

    def test_links_resolve(self):
        for text in ["[a](b.md)", "![a](a.png)", "[a](../docs)", "[a](#no-heading)"]:
            self.expect_finding(documents.links_resolve, "a.md", f"\n{text}\n", 2)
        for text in ["[a](https://example.org/)", "`[a](b.md)`", "```\n[a](b.md)\n```", "[a](a.md)",
                     "# The `heading`, one\n[a](#the-heading-one)"]:
            self.expect_none(documents.links_resolve, "a.md", text)

    def test_link_to_heading_of_other_document(self):
        other = ("docs/b.md", "# One\n")
        good, bad = ("docs/a.md", "[b](b.md#one)"), ("docs/a.md", "[b](b.md#two)")
        self.assertEqual(_found(documents.links_resolve, other, good), [])
        self.assertEqual(_found(documents.links_resolve, other, bad), [("docs/a.md", 1)])

    def test_link_to_folder(self):
        files = [("docs/b.md", ""), ("a.md", "[docs](docs) [docs](docs/)")]
        self.assertEqual(_found(documents.links_resolve, *files), [])

    def test_bazelrc_reasons(self):
        self.expect_none(documents.bazelrc_reasons, ".bazelrc", "# Why.\nbuild --a\nbuild --b\n")
        self.expect_finding(
            documents.bazelrc_reasons, ".bazelrc", "# Why.\nbuild --a\n\nbuild --b\n", 4)


class NamingTest(RuleCase):

    def test_test_name(self):
        self.expect_none(naming.test_name, "a_test.cc", "TEST(OutboxTest, RefusesFrame) {")
        self.expect_none(naming.test_name, "a.cc", "TEST_P(StoreContract, KeepsMessages) {")
        self.expect_finding(naming.test_name, "a_test.cc", "TEST(Outbox, RefusesFrame) {")
        self.expect_finding(naming.test_name, "a_test.cc", "TEST_F(OutboxTest, Works) {")
        self.expect_finding(naming.test_name, "a_test.cc", "TEST(OutboxTest,\n     Refuses_Frame) {")


class ExceptionsTest(unittest.TestCase):

    FINDING = Finding("a.cc", 3, "file_size", "too long")

    def test_allows_what_it_lists(self):
        listed = exceptions.parse("# Known.\nfile_size a.cc  # why\n")
        self.assertEqual(exceptions.apply([self.FINDING], listed), ([], []))

    def test_allows_nothing_else(self):
        for line in ["file_size b.cc", "function_size a.cc"]:
            remaining, _ = exceptions.apply([self.FINDING], exceptions.parse(line))
            self.assertEqual(remaining, [self.FINDING])

    def test_names_what_is_stale(self):
        listed = exceptions.parse("file_size a.cc\n")
        self.assertEqual(exceptions.apply([], listed), ([], [("file_size", "a.cc")]))


if __name__ == "__main__":
    report.main()
