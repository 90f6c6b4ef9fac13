"""Which of our C++ files clang-format would change. Used by //:format and by the tidy test."""

import os
import pathlib
import re
import subprocess

from tools.tidy.source_tree import Finding

# Below the folder of the runfiles, where Bazel puts the pinned tool.
_CLANG_FORMAT = "clang19/bin/clang-format"

_VIOLATION = re.compile(r"^(.+?):(\d+):\d+: error: .*\[-Wclang-format-violations\]$", re.MULTILINE)


def clang_format():
    """Returns the path of the pinned clang-format among the runfiles of this program."""
    root = pathlib.Path(__file__).absolute().parents[3]
    return str(root / _CLANG_FORMAT)


def apply(root, paths):
    """Formats the files in place."""
    if paths:
        subprocess.run([clang_format(), "-i", *paths], cwd=root, check=True)


def unformatted(root, paths):
    """Yields a finding for the first line of each file that clang-format would change."""
    if not paths:
        return
    result = subprocess.run(
        [clang_format(), "--dry-run", "--Werror", "--ferror-limit=1", *paths],
        cwd=root, env=dict(os.environ, LC_ALL="C"), capture_output=True, text=True, check=False)
    found = _VIOLATION.findall(result.stderr)
    if result.returncode != 0 and not found:
        raise RuntimeError(f"clang-format failed: {result.stderr}")
    seen = set()
    for path, line in found:
        if path not in seen:
            yield Finding(path, int(line), "format", "run `./bazelw run //:format`")
        seen.add(path)
