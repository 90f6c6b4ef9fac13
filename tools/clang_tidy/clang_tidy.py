"""Runs the pinned clang-tidy over files of ours, with the checks of .clang-tidy.

    ./bazelw run //:clang_tidy                          # all of server/core
    ./bazelw run //:clang_tidy -- server/net loadgen    # files and folders
    ./bazelw run //:clang_tidy -- --base main           # what has changed since main

It fails if there is any finding. It takes seconds for each file, so it is no test.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys

from tools.clang_tidy import selection
from tools.compile_commands import compile_commands
from tools.tidy import source_tree

_WITHOUT_ARGUMENTS = ["server/core"]

# Generated or large files make it slow; more than this is a hang.
_SECONDS_MAX = 300


def _clang_tidy():
    """Returns the path of the pinned clang-tidy among the runfiles of this program."""
    return str(pathlib.Path(__file__).absolute().parents[3] / "clang_tidy/bin/clang-tidy")


def _git(root, *arguments):
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split("\n")


def _changed(root, base):
    """The files that differ from where this branch left the base, unknown ones included."""
    (fork,) = filter(None, _git(root, "merge-base", base, "HEAD"))
    changed = _git(root, "diff", "--name-only", "--diff-filter=d", fork)
    return changed + _git(root, "ls-files", "--others", "--exclude-standard")


def _check(root, path):
    """Returns whether a file is clean, and what clang-tidy says of it."""
    try:
        result = subprocess.run(
            [_clang_tidy(), "--quiet", "-p", root, path], cwd=root, timeout=_SECONDS_MAX,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except subprocess.TimeoutExpired:
        return False, f"{path}: clang-tidy was not done after {_SECONDS_MAX} s"
    return result.returncode == 0, result.stdout


def _check_all(root, paths):
    """Prints what is found, and returns how many files are not clean."""
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for clean, text in pool.map(lambda path: _check(root, path), paths):
            if not clean:
                failed += 1
                print(text)
    return failed


def _parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", help="check what has changed since this commit or branch")
    parser.add_argument("paths", nargs="*", help="files and folders, from the top of the tree")
    return parser.parse_args()


def main():
    arguments = _parse()
    # Where the user called Bazel's workspace; Bazel sets it for `run`.
    root = pathlib.Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    tree = source_tree.read(root)
    compiled = {entry["file"] for entry in compile_commands.write(root)}
    if arguments.base:
        wanted = _changed(root, arguments.base)
    else:
        known = [file.path for file in tree.cpp_files]
        wanted = selection.below(known, arguments.paths or _WITHOUT_ARGUMENTS)
    includes = {file.path: [path for _, path, _ in file.includes] for file in tree.cpp_files}
    paths = selection.readers(wanted, compiled, includes)
    failed = _check_all(root, paths)
    print(f"clang-tidy: {len(paths)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
