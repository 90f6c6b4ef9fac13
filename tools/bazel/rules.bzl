"""The project's own C++ rules: Bazel's, with the settings that all our code shares.

All of our targets use these; what comes from outside keeps Bazel's own rules. They take the same
attributes.
"""

_WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wextra-semi",
    "-Wimplicit-fallthrough",
    "-Wnon-virtual-dtor",
    "-Werror",
    # #embed, which puts the web client's files into the binary, is C23's.
    "-Wno-c23-extensions",
]

# A target may include only what its direct dependencies export.
_FEATURES = ["layering_check"]

def chat_cc_library(name, copts = [], features = [], **kwargs):
    """A library with warnings as errors and layering_check."""
    native.cc_library(
        name = name,
        copts = _WARNINGS + copts,
        features = _FEATURES + features,
        **kwargs
    )

def chat_cc_binary(name, copts = [], features = [], **kwargs):
    """A binary with warnings as errors and layering_check."""
    native.cc_binary(
        name = name,
        copts = _WARNINGS + copts,
        features = _FEATURES + features,
        **kwargs
    )

def chat_cc_test(name, copts = [], features = [], size = "small", **kwargs):
    """A test with warnings as errors and layering_check, small unless it says otherwise."""
    native.cc_test(
        name = name,
        size = size,
        copts = _WARNINGS + copts,
        features = _FEATURES + features,
        **kwargs
    )

def chat_proto_library(name, **kwargs):
    """A schema `foo_proto`, and its C++ code as `foo_cc_proto`."""
    if not name.endswith("_proto"):
        fail("chat_proto_library's name must end with _proto: %s" % name)
    native.proto_library(name = name, **kwargs)
    native.cc_proto_library(
        name = name[:-len("_proto")] + "_cc_proto",
        visibility = kwargs.get("visibility"),
        deps = [":" + name],
    )
