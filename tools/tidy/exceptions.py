"""The list of violations that are known and allowed; it may only shrink.

A line of exceptions.txt is a rule and a path: every violation of that rule in that file is allowed.
A line without a violation is stale, and fails the test like one.
"""


def parse(text):
    """Returns the (rule, path) pairs of the list; # begins a comment."""
    lines = (line.split("#")[0].split() for line in text.splitlines())
    return {(words[0], words[1]) for words in lines if words}


def apply(findings, exceptions):
    """Returns (findings that no exception allows, exceptions that allow nothing)."""
    remaining = [f for f in findings if (f.rule, f.path) not in exceptions]
    used = {(f.rule, f.path) for f in findings}
    return remaining, sorted(exceptions - used)
