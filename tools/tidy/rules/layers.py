"""Layers: what a folder may know. Bazel's visibility says the same of our own targets."""

import re

from tools.tidy.source_tree import Finding

_BEAST = re.compile(r"boost/beast(/|\.hpp)")
_ASIO = re.compile(r"boost/(asio|beast)(/|\.hpp)")
_THREADS = {
    "atomic", "barrier", "condition_variable", "future", "latch", "mutex", "semaphore",
    "shared_mutex", "stop_token", "thread",
}
_CLOCK = re.compile(
    r"\b(system|steady|high_resolution|utc|file)_clock::now\b"
    r"|\b(clock_gettime|gettimeofday|timespec_get)\b|\bstd::time\(|(?<![\w:.>])time\(")

# Plain rules: bytes and values in, values out.
_PURE = ("protocol/", "server/cluster/", "server/core/")

# One shard per core: what one thread owns needs no lock.
_SINGLE_THREADED = ("server/http/", "server/net/")

_KNOWS_BEAST = ("loadgen/", "server/http/", "server/net/", "third_party/")


def _may_know_beast(tree, file):
    # The frame codec is compared with Beast's, in tests.
    return file.path.startswith(_KNOWS_BEAST) or (
        file.path.startswith("protocol/") and tree.is_test_code(file))


def beast(tree):
    for file in tree.cpp_files:
        if _may_know_beast(tree, file):
            continue
        for line, path, _ in file.includes:
            if _BEAST.match(path):
                yield Finding(file.path, line, "beast",
                              "only server/net, server/http and loadgen know Beast")


def _pure_files(tree):
    return [
        file for file in tree.cpp_files
        if file.path.startswith(_PURE) and not tree.is_test_code(file)
    ]


def pure_includes(tree):
    for file in _pure_files(tree):
        for line, path, _ in file.includes:
            if path in _THREADS or _ASIO.match(path):
                yield Finding(file.path, line, "pure_includes",
                              f"<{path}>: the pure layers have no threads and no Asio")


def pure_time(tree):
    for file in _pure_files(tree):
        for number, line in enumerate(file.code_lines, 1):
            match = _CLOCK.search(line)
            if match:
                yield Finding(file.path, number, "pure_time",
                              f"{match[0]}: the pure layers are told the time, they read no clock")


def no_locks(tree):
    for file in tree.cpp_files:
        if not file.path.startswith(_SINGLE_THREADED) or tree.is_test_code(file):
            continue
        for line, path, _ in file.includes:
            if path in _THREADS - {"thread"} or path == "boost/asio/strand.hpp":
                yield Finding(file.path, line, "no_locks",
                              f"<{path}>: a shard is one thread, so net and http have no locks")


RULES = [beast, pure_includes, pure_time, no_locks]
