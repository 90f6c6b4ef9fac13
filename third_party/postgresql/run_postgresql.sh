#!/bin/sh
# Runs the pinned program of PostgreSQL whose name this script is called by, with the pinned
# libraries beside it. It becomes that program: same process, and it still dies with its parent.
root=${0%/bin/*}/packages
program=$root/usr/lib/postgresql/15/bin/${0##*/}
libraries=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu
if [ "$(id -u)" -ne 0 ] && id -un >/dev/null 2>&1; then
    exec env "LD_LIBRARY_PATH=$libraries" "$program" "$@"
fi

# PostgreSQL refuses root, and a user without a name. Both are called nobody in a user namespace of
# their own, where they have the same files as before. Where there are none to have (containers),
# root becomes the real nobody, who may read what root may: the program may lie in root's home.
become='unshare --user --map-user=65534 --map-group=65534'
if ! $become true 2>/dev/null; then
    become='setpriv --reuid=65534 --regid=65534 --clear-groups'
    # access(2) asks for the real user without its capabilities, unless this bit is set.
    become="$become --securebits=+no_setuid_fixup"
    become="$become --inh-caps=-all,+dac_override --ambient-caps=-all,+dac_override"
fi
# Who changes users loses the wish to die with the parent.
exec $become setpriv --pdeathsig KILL env "LD_LIBRARY_PATH=$libraries" "$program" "$@"
