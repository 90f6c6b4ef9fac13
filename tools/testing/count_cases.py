"""Counts the test cases in the reports below a folder; prints the passed and the failed ones.

.ci/run calls it on Bazel's folder of test results.
"""

import pathlib
import sys
from xml.etree import ElementTree


def _cases(report):
    """Whether each case of a report passed; a report that cannot be read is a failed case."""
    try:
        root = ElementTree.parse(report).getroot()
    except ElementTree.ParseError:
        return [False]
    return [
        case.find("failure") is None and case.find("error") is None
        for case in root.iter("testcase")
        if case.get("status") != "notrun"
    ]


def count(folder):
    """Returns how many cases passed, and how many failed."""
    cases = [
        passed
        for report in sorted(pathlib.Path(folder).rglob("test.xml"))
        for passed in _cases(report)
    ]
    return cases.count(True), cases.count(False)


if __name__ == "__main__":
    print(*count(sys.argv[1]))
