"""The one list of everything the build takes from outside, each pinned by its checksum."""

load("//third_party/debian:debian.bzl", "debian_packages", "debian_source")

def third_party_repositories():
    """Declares every external repository of the project."""
    _bazel_stubs()
    _toolchain()
    _libraries()
    _test_libraries()

def _bazel_stubs():
    """What Bazel would fetch from the net by itself, given locally instead."""
    for name in ["rules_cc", "rules_java", "remote_coverage_tools"]:
        native.local_repository(
            name = name,
            path = "third_party/bazel_stubs/" + name,
        )

def _toolchain():
    debian_packages(
        name = "clang19",
        build_file = "//third_party/toolchain:clang19.BUILD",
        # Its module map lists Boost's headers too.
        needs = ["@boost//:BUILD.bazel"],
        files = {
            "//third_party/toolchain:run_tool.sh": "bin/run_tool",
            "//third_party/toolchain:write_module_map.sh": "write_module_map.sh",
        },
        prepare = [
            # Every tool is the same script under another name.
            "for tool in clang clang-format ld.lld llvm-ar llvm-cov llvm-dwp llvm-nm llvm-objcopy " +
            "llvm-objdump llvm-profdata llvm-readelf llvm-strip; do " +
            "ln -s run_tool \"bin/$tool\"; done",
            "./write_module_map.sh",
        ],
        sets = {
            "toolchain": "llvm",
            "sysroot": "sysroot",
        },
    )
    debian_packages(
        name = "protoc",
        build_file = "//third_party/protobuf:protoc.BUILD",
        files = {"//third_party/protobuf:protoc.sh": "protoc.sh"},
        sets = {"protoc": "packages"},
    )

def _libraries():
    debian_source(
        name = "boost",
        build_file = "//third_party/boost:boost.BUILD",
        path = "pool/main/b/boost1.88/boost1.88_1.88.0.orig.tar.xz",
        # A folder per library, as in Boost's own repository: merge their headers into one tree.
        prepare = [
            "mkdir include && cp -rl libs/*/include/. libs/numeric/*/include/. include/",
            "find . -mindepth 1 -maxdepth 1 ! -name include ! -name BUILD.bazel -exec rm -r {} +",
        ],
        sha256 = "5fe04fe91e9148c233784082a27a9bc5e0efef2d0eac5ea0940cf455d97f9fdc",
        strip_prefix = "boost",
    )

    # The name is Bazel's own choice: --proto_compiler and --proto_toolchain_for_cc point there.
    debian_source(
        name = "com_google_protobuf",
        build_file = "//third_party/protobuf:protobuf.BUILD",
        path = "pool/main/p/protobuf/protobuf_3.21.12.orig.tar.gz",
        sha256 = "930c2c3b5ecc6c9c12615cf5ad93f1cd6e12d0aba862b572e076259970ac3a53",
        strip_prefix = "protobuf-3.21.12",
    )

def _test_libraries():
    debian_source(
        name = "googletest",
        build_file = "//third_party/googletest:googletest.BUILD",
        path = "pool/main/g/googletest/googletest_1.16.0.orig.tar.gz",
        sha256 = "2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01",
        strip_prefix = "googletest-1.16.0",
    )
