"""Counts the test cases in the reports below a folder; prints the passed and the failed ones."""

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


def main():
    cases = [
        passed
        for report in sorted(pathlib.Path(sys.argv[1]).rglob("test.xml"))
        for passed in _cases(report)
    ]
    print(cases.count(True), cases.count(False))


if __name__ == "__main__":
    main()
