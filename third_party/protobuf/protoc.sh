#!/bin/sh
# Runs the pinned protoc with the pinned libraries beside it.
root=$0.runfiles/protoc/packages
export LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu"
exec "$root/usr/bin/protoc" "$@"
