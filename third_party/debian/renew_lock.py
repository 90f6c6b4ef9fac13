"""Renews each lock.json from the sets.json beside it: the pinned .deb packages of the build.

Reads the package index of Debian 12's `main` suite that apt has downloaded, and of no
other suite: an old stable release's main suite no longer changes, so what is pinned from
it stays fetchable. Run by hand on a Debian 12 machine after `apt-get update`:

    python3 third_party/debian/renew_lock.py
"""

import json
import pathlib
import re
import subprocess
import sys

RELEASE = "bookworm"
COMPONENT = "main"
HERE = pathlib.Path(__file__).resolve().parent

# A repository is fetched anew when its lock file changes. What only checks has one of its own, so that a
# change to it does not fetch, and rebuild with, the compiler again.
FOLDERS = [HERE] + [HERE.parent / name for name in ("clang_tidy", "promtool", "python_checks")]


def read_index():
    """Returns the text of the release's package index, as apt has it on disk."""
    form = "$(CODENAME) $(COMPONENT) $(CREATED_BY) $(FILENAME)"
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", form],
        check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        codename, component, created_by, filename = line.split(" ", 3)
        if (codename, component, created_by) == (RELEASE, COMPONENT, "Packages"):
            return subprocess.run(
                ["/usr/lib/apt/apt-helper", "cat-file", filename],
                check=True, capture_output=True, text=True).stdout
    sys.exit(f"apt has no index of {RELEASE} {COMPONENT}; run apt-get update first.")


def parse_index(text):
    """Returns a dict of package name to its fields."""
    packages = {}
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z0-9-]+): (.*)$", stanza, re.MULTILINE))
        if "Package" in fields:
            packages[fields["Package"]] = fields
    return packages


def dependencies(fields):
    """Returns what a package needs: one list of alternatives per dependency."""
    text = ", ".join(filter(None, [fields.get("Pre-Depends"), fields.get("Depends")]))
    return [
        [re.split(r"[ :(]", alternative.strip())[0] for alternative in need.split("|")]
        for need in text.split(", ") if need
    ]


def lock_set(name, wanted, index):
    """Returns the lock entries of one set, and stops if the set is not closed."""
    inside, left_out = set(wanted["packages"]), set(wanted["left_out"])
    used, missing = set(), set()
    for package in inside:
        for alternatives in dependencies(index[package]):
            if inside.intersection(alternatives):
                continue
            outside = left_out.intersection(alternatives)
            if not outside:
                missing.add(f"{package} needs {' or '.join(alternatives)}")
            used |= outside
    if missing:
        sys.exit(f"{name} is not closed:\n" + "\n".join(sorted(missing)))
    if left_out - used:
        sys.exit(f"{name}: nothing needs {sorted(left_out - used)}, do not leave it out")
    return [
        {
            "package": package,
            "version": index[package]["Version"],
            "path": index[package]["Filename"],
            "sha256": index[package]["SHA256"],
        }
        for package in sorted(inside)
    ]


def main():
    index = parse_index(read_index())
    for folder in FOLDERS:
        sets = json.loads((folder / "sets.json").read_text())
        lock = {name: lock_set(name, wanted, index) for name, wanted in sets.items()}
        (folder / "lock.json").write_text(json.dumps(lock, indent=2) + "\n")


if __name__ == "__main__":
    main()
