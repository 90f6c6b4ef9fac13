"""The one list of everything the build takes from outside, each pinned by its checksum."""

load("//third_party/debian:debian.bzl", "debian_packages", "debian_source")
load("//third_party/npm:npm.bzl", "npm_package")

def third_party_repositories():
    """Declares every external repository of the project."""
    _bazel_stubs()
    _toolchain()
    _libraries()
    _store_libraries()
    _web()
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
    debian_packages(
        name = "clang_tidy",
        build_file = "//third_party/clang_tidy:clang_tidy.BUILD",
        files = {"//third_party/clang_tidy:run_clang_tidy.sh": "bin/clang-tidy"},
        # With a lock file of its own it never makes the compiler's repository stale.
        lock = "//third_party/clang_tidy:lock.json",
        sets = {"clang_tidy": "packages"},
    )

def _libraries():
    debian_source(
        name = "boost",
        build_file = "//third_party/boost:boost.BUILD",
        # A folder per library, as in Boost's own repository: their headers become one tree.
        only = [
            "boost/libs/*/include",
            "boost/libs/numeric/*/include",
        ],
        path = "pool/main/b/boost1.88/boost1.88_1.88.0.orig.tar.xz",
        rename = "s:^boost/libs/\\(numeric/\\)*[^/]*/include:boost/include:",
        sha256 = "5fe04fe91e9148c233784082a27a9bc5e0efef2d0eac5ea0940cf455d97f9fdc",
    )

    # The name is Bazel's own choice: --proto_compiler and --proto_toolchain_for_cc point there.
    debian_source(
        name = "com_google_protobuf",
        build_file = "//third_party/protobuf:protobuf.BUILD",
        only = ["*/src/google"],
        path = "pool/main/p/protobuf/protobuf_3.21.12.orig.tar.gz",
        sha256 = "930c2c3b5ecc6c9c12615cf5ad93f1cd6e12d0aba862b572e076259970ac3a53",
    )

    # Debian's own SQLite tarball has no amalgamation; Perl's driver carries it.
    debian_source(
        name = "sqlite",
        build_file = "//third_party/sqlite:sqlite.BUILD",
        path = "pool/main/libd/libdbd-sqlite3-perl/libdbd-sqlite3-perl_1.76.orig.tar.gz",
        sha256 = "0a33a7a935be63371071dbe600cfaefa67cd971b67580a917bbf6ebaf723c584",
    )

    debian_source(
        name = "libsodium",
        build_file = "//third_party/libsodium:libsodium.BUILD",
        path = "pool/main/libs/libsodium/libsodium_1.0.18.orig.tar.gz",
        prepare = [
            "cd src/libsodium/include/sodium && sed -e 's/@VERSION@/1.0.18/' " +
            "-e 's/@SODIUM_LIBRARY_VERSION_MAJOR@/10/' -e 's/@SODIUM_LIBRARY_VERSION_MINOR@/3/' " +
            "-e 's/@SODIUM_LIBRARY_MINIMAL_DEF@//' version.h.in >version.h",
        ],
        sha256 = "d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4",
    )

    # Unicode's own tables: what is a letter, and what it looks like in lower case.
    debian_source(
        name = "utf8proc",
        build_file = "//third_party/utf8proc:utf8proc.BUILD",
        only = ["utf8proc-2.8.0/*.[ch]"],
        path = "pool/main/u/utf8proc/utf8proc_2.8.0.orig.tar.gz",
        sha256 = "a0a60a79fe6f6d54e7d411facbfcc867a6e198608f2cd992490e46f04b1bcecc",
    )

    debian_source(
        name = "fmt",
        build_file = "//third_party/fmt:fmt.BUILD",
        path = "pool/main/f/fmtlib/fmtlib_10.1.1+ds1.orig.tar.gz",
        sha256 = "7000f214d2628f04174822f8048c573f1608194408d7931121595a03f1c18a17",
    )

    debian_source(
        name = "spdlog",
        build_file = "//third_party/spdlog:spdlog.BUILD",
        path = "pool/main/s/spdlog/spdlog_1.15.2+ds.orig.tar.xz",
        sha256 = "47c34d1efd947b6b81fe514dc772a8fb7c3a781050f7b19c09099575c16f6d5f",
    )

    debian_source(
        name = "cli11",
        build_file = "//third_party/cli11:cli11.BUILD",
        path = "pool/main/c/cli11/cli11_2.4.1+ds.orig.tar.xz",
        sha256 = "0b8fbf2398875f15f30a675c7f412123a2aaa38df2863e991de72004fd5f1292",
    )

    debian_source(
        name = "prometheus_cpp",
        build_file = "//third_party/prometheus_cpp:prometheus_cpp.BUILD",
        path = "pool/main/p/prometheus-cpp/prometheus-cpp_1.0.2.orig.tar.gz",
        prepare = [
            "echo '#define PROMETHEUS_CPP_CORE_EXPORT' >core/include/prometheus/detail/core_export.h",
        ],
        sha256 = "65838fed64c4667140a574b78eb9f5c995bab80d575b082c9c677c6795c3c607",
    )

def _store_libraries():
    """What speaks to PostgreSQL and Redis."""
    debian_packages(
        name = "openssl",
        build_file = "//third_party/openssl:openssl.BUILD",
        sets = {"openssl": "packages"},
    )

    debian_source(
        name = "hiredis",
        build_file = "//third_party/hiredis:hiredis.BUILD",
        only = ["hiredis-1.2.0/*.[ch]"],
        path = "pool/main/h/hiredis/hiredis_1.2.0.orig.tar.gz",
        # Its headers are installed in a folder of this name, and so included.
        rename = "s:^hiredis-1.2.0/:hiredis-1.2.0/hiredis/:",
        sha256 = "82ad632d31ee05da13b537c124f819eb88e18851d9cb0c30ae0552084811588c",
    )

    # What configure writes, as Debian's build of the same version has it.
    debian_packages(
        name = "libpq_headers",
        build_file = "//third_party/libpq:libpq_headers.BUILD",
        sets = {"libpq_headers": "packages"},
    )
    debian_source(
        name = "libpq",
        build_file = "//third_party/libpq:libpq.BUILD",
        files = {
            "//third_party/libpq:configure.sh": "configure.sh",
            "//third_party/libpq:pg_config_paths.h": "src/include/pg_config_paths.h",
            "@libpq_headers//:packages/usr/include/postgresql/pg_config.h": "pg_config.debian.h",
        },
        only = [
            "*/src/common",
            "*/src/include",
            "*/src/interfaces/libpq",
            "*/src/port",
        ],
        path = "pool/main/p/postgresql-15/postgresql-15_15.18.orig.tar.bz2",
        prepare = ["./configure.sh"],
        sha256 = "11df0df97fe3ea4ba9a791faaf39cee1d2fe571e78885b5b55d8517d27c323b4",
    )

    debian_source(
        name = "libpqxx",
        build_file = "//third_party/libpqxx:libpqxx.BUILD",
        files = {"//third_party/libpqxx:config.h": "include/pqxx/config-public-compiler.h"},
        only = [
            "*/include",
            "*/src",
        ],
        path = "pool/main/libp/libpqxx/libpqxx_7.10.0.orig.tar.gz",
        # The library itself is compiled with what its users see.
        prepare = ["cd include/pqxx && ln -s config-public-compiler.h config-internal-compiler.h"],
        sha256 = "d588bca36357eda8bcafd5bc1f95df1afe613fdc70c80e426fc89eecb828fc3e",
    )

def _web():
    """What is served to browsers and not ours."""
    npm_package(
        name = "swagger_ui",
        build_file = "//third_party/swagger_ui:swagger_ui.BUILD",
        integrity = "sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==",
        package = "swagger-ui-dist",
        version = "5.35.0",
    )

def _test_libraries():
    debian_packages(
        name = "postgresql",
        build_file = "//third_party/postgresql:postgresql.BUILD",
        files = {"//third_party/postgresql:run_postgresql.sh": "bin/postgres"},
        prepare = ["ln -s postgres bin/initdb"],
        sets = {"postgresql": "packages"},
        shares = ["postgresql"],
    )
    debian_packages(
        name = "redis",
        build_file = "//third_party/redis:redis.BUILD",
        files = {"//third_party/redis:run_redis.sh": "bin/redis-server"},
        prepare = ["ln -s redis-server bin/redis-sentinel", "ln -s redis-server bin/redis-cli"],
        sets = {"redis": "packages"},
    )
    debian_packages(
        name = "python_websockets",
        build_file = "//third_party/python_websockets:python_websockets.BUILD",
        sets = {"python_websockets": "packages"},
    )
    debian_packages(
        name = "promtool",
        build_file = "//third_party/promtool:promtool.BUILD",
        files = {"//third_party/promtool:run_promtool.sh": "bin/promtool"},
        lock = "//third_party/promtool:lock.json",
        sets = {"promtool": "packages"},
    )
    debian_packages(
        name = "python_checks",
        build_file = "//third_party/python_checks:python_checks.BUILD",
        lock = "//third_party/python_checks:lock.json",
        sets = {"python_checks": "packages"},
    )
    debian_source(
        name = "googletest",
        build_file = "//third_party/googletest:googletest.BUILD",
        path = "pool/main/g/googletest/googletest_1.16.0.orig.tar.gz",
        sha256 = "2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01",
    )
