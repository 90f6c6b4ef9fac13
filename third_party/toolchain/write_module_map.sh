#!/bin/sh
# Writes crosstool.modulemap into the toolchain's folder: every header that any of our files may
# include without a dependency of its own, which are those of the system, the compiler and Boost.
set -eu
{
    echo 'module "crosstool" [system] {'
    find -L llvm/usr/lib/llvm-19/lib/clang/19/include sysroot/usr/include \
        sysroot/usr/lib/gcc/x86_64-linux-gnu/12/include ../boost/include -type f |
        LC_ALL=C sort | sed 's|.*|  textual header "&"|'
    echo '}'
} >crosstool.modulemap
