"""Tests the use of the pinned clang-format on small trees."""

import pathlib
import shutil
import tempfile
import unittest

from tools.testing import report
from tools.tidy import formatting

_STYLE = pathlib.Path(__file__).absolute().parents[2] / ".clang-format"
_UGLY = "int  a;\nint  b;\n"
_FORMATTED = "int a;\nint b;\n"


class FormattingTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        shutil.copy(_STYLE, self.root / ".clang-format")
        (self.root / "ugly.cc").write_text(_UGLY)
        (self.root / "formatted.cc").write_text(_FORMATTED)

    def _unformatted(self):
        found = formatting.unformatted(self.root, ["formatted.cc", "ugly.cc"])
        return [(finding.path, finding.line) for finding in found]

    def test_names_what_it_would_change_once(self):
        self.assertEqual(self._unformatted(), [("ugly.cc", 1)])
        self.assertEqual((self.root / "ugly.cc").read_text(), _UGLY)

    def test_formats_in_place(self):
        formatting.apply(self.root, ["formatted.cc", "ugly.cc"])
        self.assertEqual((self.root / "ugly.cc").read_text(), _FORMATTED)
        self.assertEqual(self._unformatted(), [])

    def test_broken_style_is_an_error(self):
        (self.root / ".clang-format").write_text("BasedOnStyle: Nobody\n")
        with self.assertRaises(RuntimeError):
            self._unformatted()


if __name__ == "__main__":
    report.main()
