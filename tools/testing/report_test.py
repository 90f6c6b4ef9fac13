"""Tests that the report says what happened, by running small test files."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

from tools.testing import report

_PASSES = "    def test_passes(self): pass\n"
_FAILS = "    def test_fails(self): self.assertEqual(1, 2)\n"
_RAISES = "    def test_raises(self): raise ValueError('no')\n"
_SUBTEST = "    def test_parts(self):\n        with self.subTest(part=1): self.fail('part')\n"
_CANNOT_SET_UP = "    @classmethod\n    def setUpClass(cls): raise ValueError('no')\n" + _PASSES


def _run(body):
    """Runs a test file with the given cases; returns its exit status and its report."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "case_test.py")
        script.write_text(
            "import unittest\nfrom tools.testing import report\n"
            f"class CaseTest(unittest.TestCase):\n    pass\n{body}\nreport.main()\n")
        xml = pathlib.Path(folder, "test.xml")
        environment = dict(
            os.environ, XML_OUTPUT_FILE=str(xml), PYTHONPATH=os.pathsep.join(sys.path))
        done = subprocess.run(
            [sys.executable, str(script)], env=environment, capture_output=True, check=False)
        return done.returncode, ElementTree.parse(xml).getroot()


class ReportTest(unittest.TestCase):

    def test_counts_every_case(self):
        status, xml = _run(_PASSES + _PASSES.replace("passes", "passes_too"))
        self.assertEqual(status, 0)
        self.assertEqual(len(xml.findall(".//testcase")), 2)

    def test_says_which_case_failed(self):
        status, xml = _run(_PASSES + _FAILS + _RAISES)
        self.assertEqual(status, 1)
        self.assertEqual([case.get("name") for case in xml.findall(".//testcase[failure]")],
                         ["test_fails"])
        self.assertEqual([case.get("name") for case in xml.findall(".//testcase[error]")],
                         ["test_raises"])

    def test_failed_part_fails_its_case(self):
        status, xml = _run(_SUBTEST)
        self.assertEqual(status, 1)
        self.assertEqual(len(xml.findall(".//testcase[failure]")), 1)

    def test_failure_before_the_first_case_is_a_case(self):
        status, xml = _run(_CANNOT_SET_UP)
        self.assertEqual(status, 1)
        self.assertEqual(len(xml.findall(".//testcase[error]")), 1)

    def test_file_without_cases_fails(self):
        status, _ = _run("")
        self.assertEqual(status, 1)


if __name__ == "__main__":
    report.main()
