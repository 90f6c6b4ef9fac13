"""Scenario tests, whose HTTP answers are all held to the OpenAPI document."""

load("//tools/bazel:rules.bzl", "chat_cc_binary")

def chat_scenario_test(name, srcs, deps, size, data):
    """A C++ test that fails also when an answer that it got is not what openapi.yaml describes."""
    program = name + "_program"
    chat_cc_binary(
        name = program,
        testonly = True,
        srcs = srcs,
        deps = deps,
    )
    native.py_test(
        name = name,
        size = size,
        srcs = ["validated_run.py"],
        args = ["$(rootpath :%s)" % program],
        data = data + [":" + program],
        main = "validated_run.py",
        deps = ["//protocol/specs:answers"],
    )
