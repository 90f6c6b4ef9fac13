"""Blanks what is not code in a C++ text, so that the rules can search it for words."""

import re

# In this order: a comment may contain a quote, and a literal may contain a comment's beginning.
# A quote after a letter or digit separates digits, as in 10'000.
_NOT_CODE = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|(?:u8|[uUL])?R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![A-Za-z0-9_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


def _blank(match):
    text = match[0]
    blanked = re.sub(r"[^\n]", " ", text)
    if text.startswith("/"):
        return blanked
    # A literal stays something: the quotes at its ends.
    return '"' + blanked[1:-1] + '"'


def blank_comments_and_literals(text):
    """Returns the text, equally long, without the content of comments and literals."""
    return _NOT_CODE.sub(_blank, text)
