"""Naming of tests: what a test is called says what must hold."""

import re

from tools.tidy.source_tree import Finding

_TEST = re.compile(r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST)\(\s*(\w+)\s*,\s*(\w+)\s*\)",
                   re.MULTILINE)


def test_name(tree):
    for file in tree.cpp_files:
        for match in _TEST.finditer(file.code):
            line = file.code.count("\n", 0, match.start(1)) + 1
            suite, name = match[1], match[2]
            if not suite.endswith(("Test", "Contract")):
                yield Finding(file.path, line, "test_name",
                              f"{suite}: a suite ends with Test, one of a port with Contract")
            if "_" in name or len(re.findall(r"[A-Z][a-z0-9]*", name)) < 2:
                yield Finding(file.path, line, "test_name",
                              f"{name}: a test's name is a sentence in CamelCase")


RULES = [test_name]
