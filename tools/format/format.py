"""Formats all C++ files of the source tree; with --check, names those it would change instead.

Run it as `./bazelw run //:format`, or `./bazelw run //:format -- --check`.
"""

import argparse
import os
import pathlib
import sys

from tools.tidy import formatting, source_tree


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if one would")
    arguments = parser.parse_args()
    # Where the user called Bazel's workspace; Bazel sets it for `run`.
    root = pathlib.Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    paths = [file.path for file in source_tree.read(root).cpp_files]
    if not arguments.check:
        formatting.apply(root, paths)
        return 0
    findings = list(formatting.unformatted(root, paths))
    for finding in findings:
        print(finding)
    print(f"{len(paths)} files, {len(findings)} to format")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
