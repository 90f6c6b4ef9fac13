#!/bin/sh
# Runs the pinned clang-tidy with the libraries of the pinned compiler, which stands beside it.
root=${0%/bin/*}
llvm=$root/../clang19/llvm
export LD_LIBRARY_PATH="$llvm/usr/lib/x86_64-linux-gnu:$llvm/lib/x86_64-linux-gnu:$llvm/usr/lib/llvm-19/lib"
export PATH=
exec "$root/packages/usr/lib/llvm-19/bin/clang-tidy" "$@"
