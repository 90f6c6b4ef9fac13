"""Runs a scenario test, and then holds every HTTP answer that it got to the OpenAPI document.

usage: validated_run.py PROGRAM [ARGUMENT...]
"""

import json
import os
import pathlib
import subprocess
import sys

from protocol.specs import answers
from protocol.specs import documents


def _run(program, arguments, record):
    environment = os.environ | {"CHAT_HTTP_RECORD": str(record)}
    return subprocess.run([program, *arguments], env=environment, check=False).returncode


def _find_faults(record):
    lines = record.read_text(encoding="utf-8").splitlines()
    if not lines:
        yield "no answer was written down"
    rules = answers.AnswerRules(documents.read_openapi())
    for line in lines:
        exchange = json.loads(line)
        fault = rules.find_fault(exchange["method"], exchange["target"], exchange["status"],
                                 exchange["media_type"], exchange["body"])
        if fault:
            yield "{method} {target}: {status}: ".format(**exchange) + fault


def main():
    record = pathlib.Path(os.environ["TEST_TMPDIR"], "http_record.jsonl")
    record.touch()
    failure = _run(sys.argv[1], sys.argv[2:], record)
    if failure:
        sys.exit(failure)
    faults = sorted(set(_find_faults(record)))
    for fault in faults:
        print(f"Not as openapi.yaml says: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
