"""Expands the toolchain's own command lines and expects no file of the host in them.

What clang and its linker would search and read is what decides the result: if none of it is the
host's, hiding or changing the host's compilers cannot change the result.
"""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from tools.testing import report

# The execution root as the runfiles repeat it: external/clang19 is below.
ROOT = pathlib.Path(__file__).absolute().parents[2]
COMMANDS = json.loads((ROOT / "tools/toolchain/commands.json").read_text())

# What the finished program asks for when it starts; nothing reads it while building.
LOADER = "/lib64/ld-linux-x86-64.so.2"

PROGRAM = '#include <expected>\n#include <iostream>\nint main() { std::cout << "made"; }\n'


def _run(command, folder):
    # No environment at all, so no PATH: what is not pinned cannot be found by name either.
    return subprocess.run(
        command, cwd=folder, env={}, check=True, capture_output=True, text=True)


class HermeticTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "external").symlink_to(ROOT / "external")
        (self.folder / "program.cc").write_text(PROGRAM)

    def _host_paths(self, command):
        """The absolute paths that clang would use for a command, but the ones of this test."""
        expanded = _run([*command, "-###"], self.folder).stderr
        paths = re.findall(r'(?:"|=|-[LI])(/[^"]+)', expanded)
        return {path for path in paths if not path.startswith((str(self.folder), "/tmp/"))}

    def test_compilation_reads_nothing_of_the_host(self):
        self.assertEqual(self._host_paths(COMMANDS["compile"]), set())

    def test_linking_reads_nothing_of_the_host(self):
        (self.folder / "program.o").touch()
        self.assertEqual(self._host_paths([*COMMANDS["link"], "program.o"]), {LOADER})

    def test_compiler_of_the_host_would_be_noticed(self):
        without_sysroot = [
            argument for argument in COMMANDS["compile"] if not argument.startswith("--sysroot")]
        self.assertNotEqual(self._host_paths(without_sysroot), set())

    def test_builds_a_program_without_environment(self):
        _run(COMMANDS["compile"], self.folder)
        _run([*COMMANDS["link"], "program.o"], self.folder)
        self.assertEqual(_run(["./program"], self.folder).stdout, "made")


if __name__ == "__main__":
    report.main()
