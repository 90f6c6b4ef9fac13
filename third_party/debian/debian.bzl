"""Repository rules for pinned source tarballs and binary packages from a Debian mirror.

The mirror is the machine's own: the environment variable CHAT_DEBIAN_MIRROR, else what apt is
configured with. The bytes are pinned by checksum, so it does not matter which mirror they
come from, and no mirror's name stands in this project.
"""

# The suites whose mirror is asked first. Any other Debian line serves too: all releases
# share one pool.
_PREFERRED_CODENAME = "bookworm"

# The project's own BUILD file replaces what a library brings for Bazel itself.
_REMOVE_BUILD_FILES = "find . -type f '(' -name 'BUILD*' -o -name 'WORKSPACE*' ')' -delete"

_INDEX_FORMAT = "$(LABEL)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)"

def _addresses(ctx, uri):
    """Returns the web addresses that apt's name for a mirror stands for."""
    if uri.startswith("mirror+file:"):
        lines = ctx.read(uri[len("mirror+file:"):]).splitlines()
        uris = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    else:
        uris = [uri]
    return [uri.rstrip("/") for uri in uris if uri.startswith("http")]

def _apt_mirrors(ctx):
    """Returns the base URLs of the Debian mirrors apt knows, the preferred release's first."""
    if not ctx.which("apt-get"):
        return []
    result = ctx.execute(["apt-get", "indextargets", "--format", _INDEX_FORMAT])
    preferred, others = [], []
    for line in result.stdout.splitlines():
        label, codename, component, uri = line.split("|", 3)
        if label == "Debian" and component == "main":
            mirrors = preferred if codename == _PREFERRED_CODENAME else others
            mirrors.extend(_addresses(ctx, uri))
    return depset(preferred + others, order = "preorder").to_list()

def _mirrors(ctx):
    """Returns the base URLs of the mirrors to try."""
    override = ctx.os.environ.get("CHAT_DEBIAN_MIRROR")
    mirrors = [override.rstrip("/")] if override else _apt_mirrors(ctx)
    if not mirrors:
        fail("No Debian mirror is known: run `apt-get update`, or set CHAT_DEBIAN_MIRROR to the " +
             "base URL of a Debian mirror.")
    return mirrors

def _run(ctx, command):
    """Runs a shell command in the repository's folder."""
    result = ctx.execute(["sh", "-euc", command])
    if result.return_code != 0:
        fail("%s: `%s` failed: %s" % (ctx.name, command, result.stderr))

def _prepare(ctx):
    for command in ctx.attr.prepare:
        _run(ctx, command)

def _add_files(ctx):
    """Puts the project's own files, the BUILD file first, into the repository's folder."""
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")
    for label, path in ctx.attr.files.items():
        ctx.symlink(label, path)
    for label in ctx.attr.needs:
        ctx.path(label)

def _debian_source_impl(ctx):
    # tar and not Bazel's own extraction, which cannot leave out what a library brings along: of
    # Boost's 52,000 files 16,000 are needed, and the disk is what takes the time.
    ctx.download(
        url = ["%s/%s" % (mirror, ctx.attr.path) for mirror in _mirrors(ctx)],
        output = "source.tar",
        sha256 = ctx.attr.sha256,
    )
    options = ["--strip-components=1"]
    if ctx.attr.rename:
        options.append("--transform='%s'" % ctx.attr.rename)
    options += ["--wildcards", "--no-wildcards-match-slash"] + ["'%s'" % pattern for pattern in ctx.attr.only]
    _run(ctx, "tar -xf source.tar %s && rm source.tar" % " ".join(options))
    _run(ctx, _REMOVE_BUILD_FILES)
    _add_files(ctx)
    _prepare(ctx)

_COMMON_ATTRS = {
    "build_file": attr.label(mandatory = True),
    "files": attr.label_keyed_string_dict(doc = "Our files, and where in the repository they go."),
    "needs": attr.label_list(doc = "Files of other repositories that `prepare` reads."),
    "prepare": attr.string_list(doc = "Shell commands that reshape what was unpacked."),
}

debian_source = repository_rule(
    implementation = _debian_source_impl,
    doc = "A source tarball from Debian's pool, unpacked.",
    attrs = dict(
        _COMMON_ATTRS,
        only = attr.string_list(
            default = ["*"],
            doc = "Wildcards for what is unpacked, from the folder around everything.",
        ),
        path = attr.string(mandatory = True, doc = "Where the tarball is, from the mirror's base."),
        rename = attr.string(doc = "A sed expression on every path, before that folder is dropped."),
        sha256 = attr.string(mandatory = True),
    ),
    environ = ["CHAT_DEBIAN_MIRROR"],
)

def _unpack(ctx, entry, mirrors, folder):
    """Downloads one package of the lock file and unpacks it into a folder."""
    ctx.download(
        url = ["%s/%s" % (mirror, entry["path"]) for mirror in mirrors],
        output = "package.deb",
        sha256 = entry["sha256"],
    )
    _run(ctx, "dpkg-deb -x package.deb %s && rm package.deb" % folder)

# What was unpacked becomes self-contained: no documents, no absolute links (they would lead to the
# host's own files), no links to packages that nothing here needs.
_MAKE_SELF_CONTAINED = """
for share in {folder}/usr/share/*; do
    case " {shares} " in *" ${{share##*/}} "*) ;; *) rm -rf "$share" ;; esac
done
find {folder} -type l -lname '/*' | while read -r link; do
    ln -snrf "{folder}$(readlink "$link")" "$link"
done
find {folder} -xtype l -delete
"""

def _debian_packages_impl(ctx):
    lock = json.decode(ctx.read(ctx.attr.lock))
    mirrors = _mirrors(ctx)
    for name, folder in ctx.attr.sets.items():
        for entry in lock[name]:
            _unpack(ctx, entry, mirrors, folder)
        _run(ctx, _MAKE_SELF_CONTAINED.format(folder = folder, shares = " ".join(ctx.attr.shares)))
    _add_files(ctx)
    _prepare(ctx)

debian_packages = repository_rule(
    implementation = _debian_packages_impl,
    doc = "Sets of pinned .deb packages, each unpacked into a folder of its own.",
    attrs = dict(
        _COMMON_ATTRS,
        lock = attr.label(default = "//third_party/debian:lock.json"),
        sets = attr.string_dict(mandatory = True, doc = "Sets of the lock file, and their folders."),
        shares = attr.string_list(doc = "Folders of usr/share that a program reads when it runs."),
    ),
    environ = ["CHAT_DEBIAN_MIRROR"],
)
