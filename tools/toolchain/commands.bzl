"""Writes down the command lines with which the C++ toolchain compiles and links."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _command(features, action, variables):
    tool = cc_common.get_tool_for_action(feature_configuration = features, action_name = action)
    return [tool] + cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = action,
        variables = variables,
    )

def _toolchain_commands_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(ctx = ctx, cc_toolchain = toolchain)
    compile_variables = cc_common.create_compile_variables(
        cc_toolchain = toolchain,
        feature_configuration = features,
        output_file = "program.o",
        source_file = "program.cc",
    )
    link_variables = cc_common.create_link_variables(
        cc_toolchain = toolchain,
        feature_configuration = features,
        output_file = "program",
    )
    output = ctx.actions.declare_file(ctx.label.name + ".json")
    ctx.actions.write(output, json.encode({
        "compile": _command(features, ACTION_NAMES.cpp_compile, compile_variables),
        "link": _command(features, ACTION_NAMES.cpp_link_executable, link_variables),
    }))
    return [DefaultInfo(
        files = depset([output]),
        runfiles = ctx.runfiles([output], transitive_files = toolchain.all_files),
    )]

toolchain_commands = rule(
    implementation = _toolchain_commands_impl,
    attrs = {
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    incompatible_use_toolchain_transition = True,
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
