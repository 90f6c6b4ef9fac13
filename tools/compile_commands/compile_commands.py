"""Writes compile_commands.json into the source tree, for clangd and clang-tidy.

Run it as `./bazelw run //:compile_commands`, again whenever files or flags have changed. It asks
Bazel for the compilations and compiles nothing; only headers that the build makes are made, so that
whoever reads a file finds them.
"""

import json
import os
import pathlib
import subprocess
import sys

from tools.compile_commands import conversion

_TARGETS = "//..."
_QUERY = f"mnemonic(CppCompile, {_TARGETS})"

# All that compilations need and no compilation. The name is Bazel's own.
_HEADERS_ONLY = "--output_groups=compilation_prerequisites_INTERNAL_"


def _bazel(root, *arguments):
    """Returns what Bazel prints; what it says meanwhile goes to the user."""
    return subprocess.run(
        [root / "bazelw", *arguments], cwd=root, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def _places(root):
    lines = _bazel(root, "info", "output_base", "output_path").splitlines()
    known = dict(line.split(": ", 1) for line in lines)
    return conversion.Places(
        source_tree=str(root),
        external=known["output_base"] + "/external",
        bazel_out=known["output_path"])


def _replace(path, entries):
    # Readers watch the file, so it is never there by half.
    unfinished = path.with_suffix(".json.unfinished")
    unfinished.write_text(json.dumps(entries, indent=1) + "\n")
    unfinished.replace(path)


def write(root):
    """Writes the file into a source tree and returns its entries."""
    _bazel(root, "build", _HEADERS_ONLY, _TARGETS)
    answer = _bazel(
        root, "aquery", "--output=jsonproto", "--include_artifacts=false", _QUERY)
    entries = conversion.entries(json.loads(answer)["actions"], _places(root))
    _replace(root / "compile_commands.json", entries)
    return entries


def main():
    # Where the user called Bazel's workspace; Bazel sets it for `run`.
    root = pathlib.Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    print(f"compile_commands.json has {len(write(root))} files")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        # Bazel has said why.
        sys.exit(error.returncode)
