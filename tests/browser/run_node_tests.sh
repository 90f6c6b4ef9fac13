#!/bin/bash
# Runs every *_test.mjs below a folder in the machine's Node, with a report that names each case.
# usage: run_node_tests.sh FOLDER
set -euo pipefail

if ! command -v node >/dev/null; then
  echo "Node is not installed; run tests/browser/setup first." >&2
  exit 1
fi

# Symlinks are followed: Bazel's runfiles are some.
mapfile -t tests < <(find -L "$1" -name '*_test.mjs' -not -path '*/node_modules/*' | sort)
exec node --test \
  --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=junit --test-reporter-destination="${XML_OUTPUT_FILE:-/dev/null}" \
  "${tests[@]}"
