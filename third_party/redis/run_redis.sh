#!/bin/sh
# Runs the pinned program of Redis whose name this script is called by, with the pinned libraries
# beside it. It becomes that program: same process, and it still dies with its parent.
root=${0%/bin/*}/packages
export LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu"
exec "$root/usr/bin/${0##*/}" "$@"
