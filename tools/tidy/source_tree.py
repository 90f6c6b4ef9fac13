"""The files of the source tree as the tidy rules see them.

A rule takes a SourceTree and yields Findings. Tests of rules plant their own small trees.
"""

import dataclasses
import functools
import os
import pathlib
import re

from tools.tidy import cpp_text

_SKIPPED_FOLDERS = {".git", ".cache", ".vscode", "__pycache__", "node_modules"}

# What `./bazelw run` leaves beside the sources, as .gitignore names it.
_USERS_OWN = {"chat-data", ".env", "compile_commands.json"}

CPP_SUFFIXES = (".cc", ".h")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """One violation of a rule."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"


@dataclasses.dataclass(frozen=True)
class SourceFile:
    """One file: its path from the root of the tree, and its text."""

    path: str
    text: str

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_cpp(self):
        return self.path.endswith(CPP_SUFFIXES)

    @property
    def is_test(self):
        return re.search(r"_test\.(cc|py)$", self.path) is not None

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def code(self):
        """The text of a C++ file with comments and literals blanked, line by line the same."""
        return cpp_text.blank_comments_and_literals(self.text)

    @functools.cached_property
    def code_lines(self):
        return self.code.split("\n")

    @functools.cached_property
    def includes(self):
        """(line number, path, is quoted) of every #include."""
        pattern = re.compile(r'^\s*#include\s*([<"])([^>"]+)[>"]')
        found = []
        for number, line in enumerate(self.lines, 1):
            match = pattern.match(line)
            if match and self.code_lines[number - 1].strip():
                found.append((number, match[2], match[1] == '"'))
        return found


class SourceTree:
    """All files of the project; what Bazel and git put beside them is left out."""

    def __init__(self, files):
        self.files = sorted(files, key=lambda file: file.path)
        self._by_path = {file.path: file for file in self.files}
        self.paths = set(self._by_path)

    @property
    def cpp_files(self):
        return [file for file in self.files if file.is_cpp]

    def file(self, path):
        """Returns the file of that path, or None."""
        return self._by_path.get(path)

    def is_test_code(self, file):
        """Whether the file is a test, or a target of its folder that is `testonly` lists it."""
        if file.is_test:
            return True
        folder, _, name = file.path.rpartition("/")
        build = self.file(f"{folder}/BUILD.bazel")
        targets = re.split(r"(?m)^\)$", build.text) if build else []
        return any("testonly = True" in target and f'"{name}"' in target for target in targets)

    def has(self, path):
        """Whether the path is a file or a folder of the tree."""
        return path in self.paths or any(known.startswith(path + "/") for known in self.paths)


def read(root):
    """Reads the source tree under a folder."""
    files = []
    for folder, subfolders, names in os.walk(root):
        top = folder == str(root)
        subfolders[:] = [
            name for name in subfolders
            if name not in _SKIPPED_FOLDERS
            and not (top and (name in _USERS_OWN or name.startswith("bazel-")))
        ]
        for name in names:
            path = pathlib.Path(folder, name)
            if top and name in _USERS_OWN:
                continue
            if path.is_file() and not path.is_symlink():
                files.append(SourceFile(path.relative_to(root).as_posix(), _text_of(path)))
    return SourceTree(files)


def _text_of(path):
    """The text of a file; none for a picture or another file that is no text."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")
