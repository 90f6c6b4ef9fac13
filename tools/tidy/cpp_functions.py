"""Finds the functions of a C++ text without a compiler.

It follows braces through namespaces and classes and takes every other brace after a parenthesis for
the body of a function. That is exact for this project's formatted code, not for all of C++.
"""

import dataclasses
import re

_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
_TEMPLATE = re.compile(r"\btemplate\s*<")
_ATTRIBUTE = re.compile(r"\[\[.*?\]\]|\balignas\s*\([^()]*\)", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Function:
    """A function with a body, or one that is only declared (then without lines)."""

    line: int
    length: int
    header: str
    is_definition: bool

    def parameters(self):
        """The texts between the commas of the parameter list."""
        match = re.search(r"\(", self.header)
        if match is None:
            return []
        inside = self.header[match.end():_closing(self.header, match.start())]
        return [part.strip() for part in _split(inside) if part.strip() not in ("", "void")]


def _closing(text, start):
    """The index of the bracket that closes the one at `start`."""
    pairs = {"(": ")", "{": "}", "<": ">"}
    opening, closing, depth = text[start], pairs[text[start]], 0
    for index in range(start, len(text)):
        if text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if depth == 0:
                return index
    return len(text) - 1


def _split(text):
    """Splits at the commas that stand in no bracket of any kind."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "(<[{") - (character in ")>]}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _without_templates(header):
    header = _ATTRIBUTE.sub("", header)
    while match := _TEMPLATE.search(header):
        end = _closing(header, match.end() - 1)
        header = header[:match.start()] + header[end + 1:]
    return header


def _opens_scope(header):
    header = _without_templates(header)
    return _SCOPE.search(header) is not None and "(" not in header


def _is_function(header):
    header = _without_templates(header).replace("operator=", "operator")
    parenthesis = header.find("(")
    return parenthesis > 0 and "=" not in header[:parenthesis] and "#" not in header


class _Scanner:
    """Walks a text once; see `find`."""

    def __init__(self, code):
        # A preprocessor line is no part of any declaration.
        self._code = re.sub(
            r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda line: re.sub(r"[^\n]", " ", line[0]), code)
        self._header_start = 0
        self._functions = []

    def scan(self):
        index = 0
        while index < len(self._code):
            index = self._step(index)
        return self._functions

    def _step(self, index):
        character = self._code[index]
        if character in ";}":
            if character == ";":
                self._add(index, is_definition=False)
            self._header_start = index + 1
            return index + 1
        if character != "{":
            return index + 1
        if _opens_scope(self._code[self._header_start:index]):
            self._header_start = index + 1
            return index + 1
        return self._skip_body(index)

    def _skip_body(self, opening):
        closing = _closing(self._code, opening)
        following = self._code[closing + 1:].lstrip()[:1]
        header = self._code[self._header_start:opening]
        # An initialiser of a member or a variable: the declaration goes on after it.
        if following and following in "{,;)" and not _is_body(header, following):
            return closing + 1
        self._add(closing, is_definition=True, header_end=opening)
        self._header_start = closing + 1
        return closing + 1

    def _add(self, end, is_definition, header_end=None):
        header = self._code[self._header_start:header_end or end]
        stripped = re.sub(r"^(\s|public:|private:|protected:)*", "", header)
        if not _is_function(stripped):
            return
        start = self._header_start + len(header) - len(stripped)
        first = self._code.count("\n", 0, start) + 1
        last = self._code.count("\n", 0, end) + 1
        self._functions.append(Function(first, last - first + 1, stripped, is_definition))


def _is_body(header, following):
    """Whether a brace before `following` is a body all the same, as in `void F() {};`."""
    return following == ";" and header.rstrip().endswith((")", "const", "override", "noexcept"))


def find(code):
    """Returns the functions of a text whose comments and literals are blanked."""
    return _Scanner(code).scan()
