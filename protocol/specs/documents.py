"""Reads the two specifications, and finds what stands in them."""

import pathlib

import yaml

_FOLDER = pathlib.Path(__file__).parent

_METHODS = {"get", "put", "post", "delete", "patch"}


def read_openapi():
    return _read("openapi.yaml")


def read_asyncapi():
    return _read("asyncapi.yaml")


def _read(name):
    return yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))


def operations(openapi):
    """Yields each operation with its method, in lower case, and its path."""
    for path, item in openapi["paths"].items():
        for method in _METHODS.intersection(item):
            yield method, path, item[method]


def references(node):
    """Yields every `$ref` in a part of a document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(document, reference):
    """Returns what a reference within a document stands for; KeyError when there is no such thing."""
    if not reference.startswith("#/"):
        raise KeyError(reference)
    node = document
    for step in reference[2:].split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node
