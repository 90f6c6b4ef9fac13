"""Holds the source tree to the house rules of STYLE.md, one case per rule."""

import pathlib
import unittest

from tools.testing import report
from tools.tidy import exceptions, formatting, source_tree
from tools.tidy.rules import documents, includes, layers, naming, sizes, wording

RULES = [
    rule
    for module in (documents, includes, layers, naming, sizes, wording)
    for rule in module.RULES
]

# This file in the runfiles is a link to itself in the source tree, which is how the test finds the
# tree. It has to: a rule that only sees what some target lists would miss the file that no one
# listed. The target is therefore local and never cached (see BUILD.bazel).
ROOT = pathlib.Path(__file__).resolve().parents[2]


def setUpModule():
    global tree, allowed
    tree = source_tree.read(ROOT)
    allowed = exceptions.parse((ROOT / "tools/tidy/exceptions.txt").read_text())


def _allowed_of(rule):
    return {(name, path) for name, path in allowed if name == rule}


class TidyTest(unittest.TestCase):

    def _expect_none(self, rule, findings):
        remaining, stale = exceptions.apply(sorted(findings), _allowed_of(rule))
        lines = [str(finding) for finding in remaining]
        lines += [f"tools/tidy/exceptions.txt: `{' '.join(entry)}` is stale" for entry in stale]
        if lines:
            self.fail("\n" + "\n".join(lines))

    def test_tree_is_the_source_tree(self):
        self.assertTrue(tree.has("WORKSPACE"))
        self.assertGreater(len(tree.cpp_files), 50)

    def test_format(self):
        paths = [file.path for file in tree.cpp_files]
        self._expect_none("format", list(formatting.unformatted(ROOT, paths)))

    def test_exceptions_name_known_rules(self):
        known = {rule.__name__ for rule in RULES} | {"format"}
        self.assertEqual({rule for rule, _ in allowed} - known, set())


def _case(rule):
    return lambda self: self._expect_none(rule.__name__, list(rule(tree)))


for _rule in RULES:
    setattr(TidyTest, f"test_{_rule.__name__}", _case(_rule))


if __name__ == "__main__":
    report.main()
