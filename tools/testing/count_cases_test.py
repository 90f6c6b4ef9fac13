"""Tests the count on reports as Bazel, GoogleTest and Node write them."""

import pathlib
import tempfile
import unittest

from tools.testing import count_cases, report

_PASSED = '<testcase name="a" status="run" result="completed"/>'
_FAILED = '<testcase name="b" status="run"><failure message="no"/></testcase>'
_TIMED_OUT = '<testcase name="c" status="run"><error message="exited with 142"/></testcase>'
_NOT_RUN = '<testcase name="d" status="notrun" result="suppressed"/>'


class CountCasesTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def _write(self, path, text):
        report_file = self.folder / path / "test.xml"
        report_file.parent.mkdir(parents=True)
        report_file.write_text(text)

    def _expect(self, passed, failed):
        self.assertEqual(count_cases.count(self.folder), (passed, failed))

    def test_no_reports_are_no_cases(self):
        self._expect(0, 0)

    def test_adds_up_all_reports(self):
        self._write("a/b_test", f"<testsuites><testsuite>{_PASSED}{_FAILED}</testsuite></testsuites>")
        self._write("c_test", f"<testsuites><testsuite>{_PASSED}{_TIMED_OUT}</testsuite></testsuites>")
        self._expect(2, 2)

    def test_every_shard_has_its_report(self):
        self._write("a_test/shard_1_of_2", f"<testsuites>{_PASSED}</testsuites>")
        self._write("a_test/shard_2_of_2", f"<testsuites>{_PASSED}</testsuites>")
        self._expect(2, 0)

    def test_case_that_did_not_run_is_not_counted(self):
        self._write("a_test", f"<testsuites>{_PASSED}{_NOT_RUN}</testsuites>")
        self._expect(1, 0)

    def test_broken_report_is_a_failed_case(self):
        self._write("a_test", f"<testsuites>{_PASSED}")
        self._expect(0, 1)


if __name__ == "__main__":
    report.main()
