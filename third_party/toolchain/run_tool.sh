#!/bin/sh
# Runs the pinned tool whose name this script is called by, with the pinned libraries beside it.
# It needs nothing of the host but sh and libc, and passes no path of the host on.
root=${0%/bin/*}
libraries=$root/llvm/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH="$libraries:$root/llvm/lib/x86_64-linux-gnu:$root/llvm/usr/lib/llvm-19/lib"
export PATH=
exec "$root/llvm/usr/lib/llvm-19/bin/${0##*/}" "$@"
