"""Reads which compilers and linkers signed a binary, and expects the pinned ones and no other.

Every object file carries its compiler's name in its .comment section, and the linker keeps them all.
GCC's stands there too: it compiled the pinned libstdc++ and libc that the binary contains.
Argument: the binary.
"""

import json
import pathlib
import re
import subprocess
import sys
import unittest

from tools.testing import report

RUNFILES = pathlib.Path(__file__).absolute().parents[3]
BINARY = sys.argv.pop()


def _pinned_version(name):
    """The version of a package in the lock file, without Debian's epoch."""
    lock = json.loads((RUNFILES / "chat/third_party/debian/lock.json").read_text())
    versions = {
        entry["package"]: entry["version"]
        for entries in lock.values() for entry in entries
    }
    return versions[name].split(":")[-1]


def _expected_signatures():
    clang, _, clang_revision = _pinned_version("clang-19").partition("-")
    linker = _pinned_version("lld-19").partition("-")[0]
    gcc = _pinned_version("libstdc++-12-dev")
    return {
        f"Linker: Debian LLD {linker}",
        f"Debian clang version {clang} ({clang_revision})",
        f"GCC: (Debian {gcc}) {gcc.partition('-')[0]}",
    }


def _signatures(path):
    text = subprocess.run(
        [str(RUNFILES / "clang19/bin/llvm-readelf"), "-p", ".comment", str(path)],
        check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^\[\s*[0-9a-f]+\]\s+(.*)$", text.replace("\n ", "\n"), re.MULTILINE))


class CommentTest(unittest.TestCase):

    def test_only_pinned_tools_signed_the_binary(self):
        self.assertEqual(_signatures(BINARY), _expected_signatures())


if __name__ == "__main__":
    report.main()
