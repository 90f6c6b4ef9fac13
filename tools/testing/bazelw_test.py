"""Runs bazelw on machines that differ in what stands in PATH. All commands there are stand-ins."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from tools.testing import report

BAZELW = pathlib.Path(__file__).absolute().parents[2] / "bazelw"

# Says who was called, with what, and which version Debian's launcher was told.
_SPEAKS = 'echo "$(basename "$0") $* version=${USE_BAZEL_VERSION-none}"'


class BazelwTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)
        for tool in ["basename", "dirname", "env", "chmod"]:
            (self.path / tool).symlink_to(shutil.which(tool))
        self._add("id", "echo 0")
        self._add("npm")

    def _add(self, name, script=_SPEAKS):
        command = self.path / name
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)

    def _run(self, **environment):
        return subprocess.run(
            ["/bin/sh", str(BAZELW), "run", "//server"],
            env={"PATH": str(self.path), **environment},
            capture_output=True, text=True, check=False)

    def test_prefers_bazelisk(self):
        self._add("bazelisk")
        self._add("bazel")
        self.assertEqual(self._run().stdout, "bazelisk run //server version=none\n")

    def test_leaves_the_version_to_upstream_bazel(self):
        self._add("bazel")
        self.assertEqual(self._run().stdout, "bazel run //server version=none\n")

    def test_tells_debians_launcher_its_own_version(self):
        self._add("bazel")
        self._add("bazel-4")
        self.assertEqual(self._run().stdout, "bazel run //server version=4\n")

    def _add_apt_that_installs_bazel(self):
        bazel = self.path / "bazel"
        self._add("apt-get", f"echo \"apt-get $*\"\ncase \"$*\" in *install*)\n"
                             f"  printf '#!/bin/sh\\necho \"bazel $*\"\\n' >'{bazel}'\n"
                             f"  chmod +x '{bazel}' ;;\nesac")

    def test_installs_bazel_as_root_and_says_so(self):
        self._add_apt_that_installs_bazel()
        result = self._run()
        self.assertEqual(result.stdout, "bazel run //server\n")
        self.assertIn("installing Debian's bazel-bootstrap", result.stderr)
        self.assertIn("apt-get -q update", result.stderr)

    def test_installs_npm_beside_bazel(self):
        self._add("bazel")
        (self.path / "npm").unlink()
        self._add("apt-get", 'echo "apt-get $*"')
        result = self._run()
        self.assertEqual(result.stdout, "bazel run //server version=none\n")
        self.assertIn("found no npm; installing Debian's npm", result.stderr)
        self.assertIn("apt-get -q install -y --no-install-recommends npm\n", result.stderr)

    def test_needs_no_npm_where_the_registry_is_named(self):
        self._add("bazel")
        (self.path / "npm").unlink()
        result = self._run(CHAT_NPM_REGISTRY="http://registry.example")
        self.assertEqual(result.stdout, "bazel run //server version=none\n")
        self.assertEqual(result.stderr, "")

    def test_installs_bazel_with_sudo(self):
        self._add("id", "echo 1000")
        self._add("sudo", 'echo "sudo $*"\n"$@"')
        self._add_apt_that_installs_bazel()
        result = self._run()
        self.assertEqual(result.stdout, "bazel run //server\n")
        self.assertIn("sudo apt-get -q update", result.stderr)

    def test_says_what_is_missing_without_root(self):
        self._add("id", "echo 1000")
        self._add_apt_that_installs_bazel()
        result = self._run()
        self.assertEqual(result.returncode, 1)
        self.assertIn("As root: apt-get install bazel-bootstrap", result.stderr)

    def test_says_what_is_missing_without_apt(self):
        result = self._run()
        self.assertEqual(result.returncode, 1)
        self.assertIn("please install bazelisk", result.stderr)


if __name__ == "__main__":
    report.main()
