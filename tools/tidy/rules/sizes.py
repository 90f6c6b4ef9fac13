"""Sizes: nothing grows past the length at which it should have been split."""

from tools.tidy import cpp_functions
from tools.tidy.source_tree import Finding

FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 4
FILE_LINES_MAX = {"header": 200, "source": 400, "main": 60, "test": 500}


def _kind(file):
    if file.name == "main.cc":
        return "main"
    if file.is_test:
        return "test"
    return "header" if file.path.endswith(".h") else "source"


def file_size(tree):
    for file in tree.files:
        if not file.path.endswith((".cc", ".h", ".py")):
            continue
        kind = _kind(file)
        limit = FILE_LINES_MAX[kind]
        if len(file.lines) > limit:
            yield Finding(file.path, len(file.lines), "file_size",
                          f"{len(file.lines)} lines; a {kind} file has at most {limit}")


def function_size(tree):
    for file in tree.cpp_files:
        for function in cpp_functions.find(file.code):
            if function.length > FUNCTION_LINES_MAX:
                yield Finding(file.path, function.line, "function_size",
                              f"a function of {function.length} lines; "
                              f"at most {FUNCTION_LINES_MAX}")


def parameter_count(tree):
    for file in tree.cpp_files:
        for function in cpp_functions.find(file.code):
            count = len(function.parameters())
            if count > PARAMETERS_MAX:
                yield Finding(file.path, function.line, "parameter_count",
                              f"{count} parameters; past {PARAMETERS_MAX} they are a struct")


RULES = [file_size, function_size, parameter_count]
