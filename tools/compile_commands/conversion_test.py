"""Converts compilations as Bazel lists them, and expects commands that work in the source tree."""

import unittest

from tools.compile_commands import conversion
from tools.testing import report

PLACES = conversion.Places(
    source_tree="/home/me/chat", external="/bazel/external", bazel_out="/bazel/execroot/bazel-out")


def _entries(*commands):
    return conversion.entries([{"arguments": command.split()} for command in commands], PLACES)


def _arguments(command):
    (entry,) = _entries(command)
    return entry["arguments"]


class ConversionTest(unittest.TestCase):

    def test_entry_names_the_file_in_the_source_tree(self):
        (entry,) = _entries("external/clang19/bin/clang -O2 -c server/main.cc -o main.o")
        self.assertEqual(entry, {
            "directory": "/home/me/chat",
            "file": "server/main.cc",
            "arguments": ["/bazel/external/clang19/bin/clang", "-O2", "-c", "server/main.cc"],
        })

    def test_paths_of_bazel_become_absolute(self):
        arguments = _arguments(
            "clang -resource-dir=external/clang19/lib --sysroot=external/clang19/sysroot -iquote . "
            "-iquote bazel-out/k8-opt/bin -isystem external/boost/include "
            "-Ibazel-out/k8-opt/bin/x -c a.cc")
        self.assertEqual(arguments, [
            "clang", "-resource-dir=/bazel/external/clang19/lib",
            "--sysroot=/bazel/external/clang19/sysroot", "-iquote", ".",
            "-iquote", "/bazel/execroot/bazel-out/k8-opt/bin",
            "-isystem", "/bazel/external/boost/include",
            "-I/bazel/execroot/bazel-out/k8-opt/bin/x", "-c", "a.cc",
        ])

    def test_paths_of_ours_that_only_look_alike_stay(self):
        self.assertEqual(
            _arguments("clang -iquote server/external/x -DNAME=my-external/ -c external.cc"),
            ["clang", "-iquote", "server/external/x", "-DNAME=my-external/", "-c", "external.cc"])

    def test_bookkeeping_of_the_build_is_dropped(self):
        arguments = _arguments(
            "clang -MD -MF a.d -frandom-seed=a.o -fmodule-name=//a:a -fmodule-map-file=a.cppmap "
            "-fmodules-strict-decluse -Wprivate-header -c a.cc -o a.o")
        self.assertEqual(arguments, ["clang", "-c", "a.cc"])

    def test_warnings_and_definitions_stay(self):
        arguments = _arguments('clang -Wall -Werror -D__DATE__="redacted" -std=c++23 -c a.cc')
        self.assertEqual(
            arguments, ["clang", "-Wall", "-Werror", '-D__DATE__="redacted"', "-std=c++23", "-c",
                        "a.cc"])

    def test_sources_that_the_build_makes_are_left_out(self):
        self.assertEqual(
            _entries("clang -c bazel-out/k8-opt/bin/chat.pb.cc", "clang -c external/fmt/os.cc"), [])

    def test_entries_are_sorted_and_each_file_is_there_once(self):
        found = _entries("clang -DFIRST -c b.cc", "clang -c a.cc", "clang -DSECOND -c b.cc")
        self.assertEqual([entry["file"] for entry in found], ["a.cc", "b.cc"])
        self.assertIn("-DFIRST", found[1]["arguments"])


if __name__ == "__main__":
    report.main()
