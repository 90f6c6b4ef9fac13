"""Repository rule for pinned packages from an npm registry.

The registry is the machine's own: the environment variable CHAT_NPM_REGISTRY, else what npm is
configured with. Where there is no npm, its public default serves. The bytes are pinned by
checksum, so it does not matter which registry they come from. Nothing of a package is run.
"""

# Where npm itself looks when nobody told it otherwise.
_DEFAULT_REGISTRY = "https://registry.npmjs.org"

def _configured_registries(ctx):
    """Returns the registry that this machine's npm uses, or nothing."""
    npm = ctx.which("npm")
    if not npm:
        return []
    result = ctx.execute([npm, "config", "get", "registry"])
    registry = result.stdout.strip()
    return [registry] if result.return_code == 0 and registry.startswith("http") else []

def _registries(ctx):
    """Returns the base URLs of the registries to try."""
    override = ctx.os.environ.get("CHAT_NPM_REGISTRY")
    registries = [override] if override else _configured_registries(ctx) + [_DEFAULT_REGISTRY]
    return depset([registry.rstrip("/") for registry in registries], order = "preorder").to_list()

def _npm_package_impl(ctx):
    package, version = ctx.attr.package, ctx.attr.version
    ctx.download_and_extract(
        url = [
            "%s/%s/-/%s-%s.tgz" % (registry, package, package, version)
            for registry in _registries(ctx)
        ],
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
