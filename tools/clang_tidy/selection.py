"""Which compiled files clang-tidy has to read in order to see some files of ours."""


def _folder_matches(path, wanted):
    return path == wanted or path.startswith(wanted.rstrip("/") + "/")


def below(paths, wanted):
    """Returns the paths that are one of `wanted`, or in a folder that is."""
    return sorted(path for path in paths if any(_folder_matches(path, one) for one in wanted))


def readers(paths, compiled, includes):
    """Returns the compiled files through which all of `paths` are read, sorted.

    A header is not compiled by itself: the first compiled file that includes it stands for it, and
    the one of its own name before all others. `includes` maps each file to the headers it includes.
    """
    chosen = set()
    for path in paths:
        if path in compiled:
            chosen.add(path)
        elif path.endswith(".h"):
            own = path.removesuffix(".h") + ".cc"
            reading = sorted(file for file in compiled if path in includes.get(file, ()))
            chosen.update([own] if own in reading else reading[:1])
    return sorted(chosen)
