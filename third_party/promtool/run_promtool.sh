#!/bin/sh
# Runs the pinned promtool. It needs no library but the C library.
exec "${0%/bin/*}/packages/usr/bin/promtool" "$@"
