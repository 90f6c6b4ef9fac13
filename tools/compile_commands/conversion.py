"""Turns Bazel's list of compilations into what clangd and clang-tidy read.

A compilation of Bazel runs in its execution root, where our files are links. Here the same command
is said from the source tree, so that whoever reads it speaks of our files and nothing else.
"""

import dataclasses
import re

# Options of the build's own bookkeeping, with the argument that follows them.
_DROPPED_WITH_ARGUMENT = {"-MF", "-o"}

# The same without an argument. What serves layering_check goes too: its module maps are made by a
# build only, and the build is where it is checked.
_DROPPED = re.compile(
    r"-MD$|-frandom-seed=|-fmodule-name=|-fmodule-map-file=|-fmodules-strict-decluse$|"
    r"-Wprivate-header$")

# A path below the execution root that the source tree does not have.
_BAZELS_PATH = re.compile(r"^(-I|-iquote|-isystem|[-\w]+=)?(external|bazel-out)/")


@dataclasses.dataclass(frozen=True)
class Places:
    """Where things are on this machine, as absolute paths."""

    source_tree: str
    external: str  # Bazel's folder of external repositories
    bazel_out: str  # Bazel's folder of outputs


def _at_home(argument, places):
    """An argument with its path, if it has one of Bazel's, made absolute."""
    roots = {"external": places.external, "bazel-out": places.bazel_out}
    return _BAZELS_PATH.sub(lambda match: f"{match[1] or ''}{roots[match[2]]}/", argument)


def _command(arguments, places):
    kept, skip = [], False
    for argument in arguments:
        if not skip and argument not in _DROPPED_WITH_ARGUMENT and not _DROPPED.match(argument):
            kept.append(_at_home(argument, places))
        skip = not skip and argument in _DROPPED_WITH_ARGUMENT
    return kept


def _source(arguments):
    return arguments[arguments.index("-c") + 1]


def entries(actions, places):
    """Returns the entries of compile_commands.json, by file, for aquery's actions.

    Sources that the build makes are left out, as nobody edits them; of a file that several targets
    compile the first counts.
    """
    found = {}
    for action in actions:
        arguments = action["arguments"]
        source = _source(arguments)
        if source not in found and not source.startswith(("bazel-out/", "external/")):
            found[source] = {
                "directory": places.source_tree,
                "file": source,
                "arguments": _command(arguments, places),
            }
    return [found[source] for source in sorted(found)]
