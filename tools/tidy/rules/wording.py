"""Wording: names that say nothing, and words that no file of ours may contain."""

import re

from tools.tidy.source_tree import Finding

# Empty wherever they stand in a name.
_EMPTY_WORDS = {
    "common", "helper", "helpers", "manager", "misc", "processor", "util", "utils", "wrapper",
}

# Empty as the thing that is named; as a qualifier they can have a meaning ("data directory").
_EMPTY_NOUNS = {"base", "data", "info"}

_TYPE = re.compile(
    r"\b(?:class|struct|union|concept|enum(?:\s+class)?|using)\s+(?:\[\[\w+\]\]\s*)?([A-Za-z_]\w*)"
    r"(?=\s*(?:[:{;=]|final\b|$))", re.MULTILINE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")

# Words in any text of ours, comments included.
_BANNED_WORDS = re.compile(r"\b(FIXME|XXX|NOLINT\w*|GTEST_SKIP|DISABLED_\w*)\b")

# Calls in C++ code, and why not.
_BANNED_CODE = [
    (re.compile(r"(?:\.|->)value\(\)"), "value() hides a throw: test first, then dereference"),
    (re.compile(r"\bdetached\b"), "spawn through a task group, which counts, cancels and waits"),
    (re.compile(r"\b(enable_)?shared_from_this\b"), "ownership is said, not found out"),
    (re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|\bsleep\("),
     "wait for an event with a deadline"),
]
_BANNED_PYTHON = [(re.compile(r"\btime\.sleep\("), "wait for an event with a deadline")]

# The rules' own files and their tests spell out what they ban.
_OWN_FOLDER = "tools/tidy/"


def _empty_words(words):
    """The words of a name that say nothing."""
    words = [word.lower() for word in words]
    return sorted(_EMPTY_WORDS.intersection(words) | _EMPTY_NOUNS.intersection(words[-1:]))


def empty_file_name(tree):
    for file in tree.files:
        stems = [part.split(".")[0] for part in file.path.split("/")]
        for stem in stems:
            empty = _empty_words(re.split(r"[_-]", stem))
            if empty and not file.path.startswith("third_party/"):
                yield Finding(file.path, 1, "empty_file_name", f"{empty} says nothing")


def empty_type_name(tree):
    for file in tree.cpp_files:
        for match in _TYPE.finditer(file.code):
            empty = _empty_words(_WORD.findall(match[1]))
            if empty and not match[1].islower():
                line = file.code.count("\n", 0, match.start()) + 1
                yield Finding(file.path, line, "empty_type_name",
                              f"{match[1]}: {empty} says nothing")


def banned_word(tree):
    for file in tree.files:
        if file.path.startswith(_OWN_FOLDER):
            continue
        for number, line in enumerate(file.lines, 1):
            match = _BANNED_WORDS.search(line)
            if match:
                yield Finding(file.path, number, "banned_word", f"{match[0]} is banned")


def _search(file, lines, banned):
    for number, line in enumerate(lines, 1):
        for pattern, reason in banned:
            match = pattern.search(line)
            if match:
                yield Finding(file.path, number, "banned_code", f"{match[0]}: {reason}")


def banned_code(tree):
    for file in tree.files:
        if file.path.startswith(_OWN_FOLDER):
            continue
        if file.is_cpp:
            yield from _search(file, file.code_lines, _BANNED_CODE)
        elif file.path.endswith(".py"):
            yield from _search(file, file.lines, _BANNED_PYTHON)


RULES = [empty_file_name, empty_type_name, banned_word, banned_code]
