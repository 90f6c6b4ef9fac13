"""Runs a file's unittest cases and reports each of them to Bazel.

Bazel counts a test that writes no report of its own as one case. Python tests of this project end
with `report.main()` instead of `unittest.main()`, so that CI counts every case, as it does for C++.
"""

import os
import sys
import time
import unittest
from xml.etree import ElementTree


class _Result(unittest.TextTestResult):
    """Remembers every case with its duration and, if it failed, why."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = []

    def startTest(self, test):
        self._started_s = time.monotonic()
        self._problems = []
        super().startTest(test)

    def stopTest(self, test):
        super().stopTest(test)
        duration_s = time.monotonic() - self._started_s
        self.cases.append((test, duration_s, self._problems))

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._problems.append(("failure", self.failures[-1][1]))

    def addError(self, test, err):
        super().addError(test, err)
        if isinstance(test, unittest.TestCase):
            self._problems.append(("error", self.errors[-1][1]))
        else:
            # What fails before the first case, as setUpClass does, has no case of its own.
            self.cases.append((test, 0.0, [("error", self.errors[-1][1])]))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            kind = "failure" if issubclass(err[0], test.failureException) else "error"
            self._problems.append((kind, f"{subtest}: {err[1]}"))


def _write_xml(cases, path):
    suite = ElementTree.Element("testsuite", name="python", tests=str(len(cases)))
    for test, duration_s, problems in cases:
        case = ElementTree.SubElement(
            suite, "testcase", name=test.id().rsplit(".", 1)[-1],
            classname=type(test).__name__, time=f"{duration_s:.3f}")
        for kind, text in problems:
            ElementTree.SubElement(case, kind, message=text.strip().splitlines()[-1]).text = text
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def main():
    """Runs every test of the main module and exits with 1 if one failed or none ran."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(resultclass=_Result, verbosity=2).run(suite)
    if "XML_OUTPUT_FILE" in os.environ:
        _write_xml(result.cases, os.environ["XML_OUTPUT_FILE"])
    sys.exit(0 if result.wasSuccessful() and result.cases else 1)
