"""Includes and the first lines of a C++ file."""

import re

from tools.tidy.source_tree import Finding

_GENERATED = re.compile(r"\.pb\.h$")


def own_header_first(tree):
    """Proves that every header can be included by itself."""
    for file in tree.cpp_files:
        header = re.sub(r"\.cc$", ".h", file.path)
        if not file.path.endswith(".cc") or header not in tree.paths:
            continue
        first = file.includes[0][1] if file.includes else None
        if first != header:
            yield Finding(file.path, 1, "own_header_first", f"the first include is {header}")


def include_from_root(tree):
    for file in tree.cpp_files:
        for line, path, is_quoted in file.includes:
            if is_quoted and path not in tree.paths and not _GENERATED.search(path):
                yield Finding(file.path, line, "include_from_root",
                              f'"{path}" is no file of the tree: our paths start at its root, '
                              f"and what comes from outside stands in <>")


def pragma_once(tree):
    for file in tree.cpp_files:
        if file.path.endswith(".h") and "#pragma once" not in file.lines:
            yield Finding(file.path, 1, "pragma_once", "a header has #pragma once")


def head_comment(tree):
    """A header speaks for its source and its test too."""
    for file in tree.cpp_files:
        header = re.sub(r"(_test)?\.cc$", ".h", file.path)
        is_explained = header != file.path and header in tree.paths
        if not is_explained and not file.text.startswith("// "):
            yield Finding(file.path, 1, "head_comment",
                          "a file begins with what it is, what it is not and who uses it")


RULES = [own_header_first, include_from_root, pragma_once, head_comment]
