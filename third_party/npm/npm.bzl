"""Repository rule for pinned packages from an npm registry.

The registry is the machine's own: the environment variable CHAT_NPM_REGISTRY, else what npm is
configured with. The bytes are pinned by checksum, so it does not matter which registry they come
from. Nothing of a package is run.
"""

def _registry(ctx):
    """Returns the base URL of the registry that this machine uses."""
    override = ctx.os.environ.get("CHAT_NPM_REGISTRY")
    if override:
        return override.rstrip("/")
    npm = ctx.which("npm")
    if not npm:
        fail("There is no npm to ask for its registry: install it (bazelw does), or set CHAT_NPM_REGISTRY.")
    result = ctx.execute([npm, "config", "get", "registry"])
    registry = result.stdout.strip()
    if result.return_code != 0 or not registry.startswith("http"):
        fail("npm does not say its registry: " + result.stderr)
    return registry.rstrip("/")

def _npm_package_impl(ctx):
    package, version = ctx.attr.package, ctx.attr.version
    ctx.download_and_extract(
        url = "%s/%s/-/%s-%s.tgz" % (_registry(ctx), package, package, version),
        integrity = ctx.attr.integrity,
        stripPrefix = "package",
    )
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

npm_package = repository_rule(
    implementation = _npm_package_impl,
    doc = "A package without a scope from an npm registry, unpacked.",
    attrs = {
        "build_file": attr.label(mandatory = True),
        "integrity": attr.string(mandatory = True, doc = "As `npm view PACKAGE@VERSION dist.integrity` says it."),
        "package": attr.string(mandatory = True),
        "version": attr.string(mandatory = True),
    },
    environ = ["CHAT_NPM_REGISTRY"],
)
