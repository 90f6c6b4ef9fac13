"""Documents: links resolve, and every flag of .bazelrc has its reason."""

import posixpath
import re

from tools.tidy.source_tree import Finding

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


def _prose_lines(file):
    """The numbered lines outside of fenced code."""
    fenced = False
    for number, line in enumerate(file.lines, 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def _anchors(file):
    """The names a link can give to the headings of a document."""
    anchors = set()
    for _, line in _prose_lines(file):
        match = _HEADING.match(line)
        if match:
            slug = re.sub(r"[^\w\- ]", "", match[1].lower()).replace(" ", "-")
            anchors.add(slug)
    return anchors


def _problem(tree, file, target):
    """Why a link leads nowhere, or None."""
    path, _, anchor = target.partition("#")
    if path:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), path))
        if not tree.has(path):
            return f"{target} leads nowhere"
    document = tree.file(path) if path else file
    if anchor and document and document.path.endswith(".md") and anchor not in _anchors(document):
        return f"{target}: the document has no such heading"
    return None


def links_resolve(tree):
    for file in tree.files:
        if not file.path.endswith(".md"):
            continue
        for number, line in _prose_lines(file):
            for match in _LINK.finditer(re.sub(r"`[^`]*`", "", line)):
                target = match[1] or match[2]
                if re.match(r"[a-z]+:", target):
                    continue
                problem = _problem(tree, file, target)
                if problem:
                    yield Finding(file.path, number, "links_resolve", problem)


def bazelrc_reasons(tree):
    """A paragraph of flags begins with a comment."""
    file = tree.file(".bazelrc")
    previous = ""
    for number, line in enumerate(file.lines if file else [], 1):
        is_flag = line.strip() and not line.startswith("#")
        if is_flag and not previous.strip():
            yield Finding(file.path, number, "bazelrc_reasons", "a flag has its reason above it")
        previous = line


RULES = [links_resolve, bazelrc_reasons]
