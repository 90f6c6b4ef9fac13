"""Reads planted folders and expects the sources in them, and nothing else."""

import pathlib
import tempfile
import unittest

from tools.testing import report
from tools.tidy import source_tree


class ReadTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def plant(self, path, content):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def test_leaves_out_what_bazel_git_and_a_running_server_put_there(self):
        self.plant("server/a.cc", b"int a;\n")
        for path in [".git/config", "bazel-out/a", "chat-data/chat.sqlite3", ".env",
                     "tests/browser/node_modules/a.js"]:
            self.plant(path, b"not ours")

        self.assertEqual(source_tree.read(self.root).paths, {"server/a.cc"})

    def test_a_picture_is_a_file_without_text(self):
        self.plant("docs/images/a.png", b"\x89PNG\0" + b"X" * 3)

        self.assertEqual(source_tree.read(self.root).file("docs/images/a.png").text, "")


if __name__ == "__main__":
    report.main()
