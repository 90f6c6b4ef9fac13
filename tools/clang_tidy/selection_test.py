"""Chooses what clang-tidy reads, from small trees."""

import unittest

from tools.clang_tidy import selection
from tools.testing import report


class SelectionTest(unittest.TestCase):

    def test_folder_stands_for_all_that_is_below(self):
        paths = ["server/core/hub.cc", "server/core/hub.h", "server/core_x/a.cc", "server/main.cc"]
        self.assertEqual(
            selection.below(paths, ["server/core", "server/main.cc"]),
            ["server/core/hub.cc", "server/core/hub.h", "server/main.cc"])

    def test_compiled_file_is_read_itself(self):
        self.assertEqual(selection.readers(["a.cc"], {"a.cc", "b.cc"}, {}), ["a.cc"])

    def test_header_is_read_through_the_file_of_its_name(self):
        includes = {"a.cc": ["b.h"], "b.cc": ["b.h"]}
        self.assertEqual(selection.readers(["b.h"], {"a.cc", "b.cc"}, includes), ["b.cc"])

    def test_header_without_such_a_file_is_read_through_the_first_that_includes_it(self):
        includes = {"z.cc": ["b.h"], "c.cc": ["b.h"]}
        self.assertEqual(selection.readers(["b.h"], {"c.cc", "z.cc"}, includes), ["c.cc"])

    def test_what_no_one_compiles_is_not_read(self):
        self.assertEqual(selection.readers(["README.md", "gone.cc", "x.h"], {"a.cc"}, {}), [])


if __name__ == "__main__":
    report.main()
