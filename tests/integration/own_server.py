"""The server as Python tests start it: processes of their own, on free ports and with data of their own."""

import os
import pathlib
import re
import subprocess
import tempfile
import threading

_PATIENCE_S = 30


class _OwnProcess:
    """Runs from its making until stop()."""

    def __init__(self, command, folder, log_name):
        self._log = open(pathlib.Path(_output_folder(), log_name), "w", encoding="utf-8")
        self._process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE,
                                         stderr=self._log, text=True)

    def _read(self, *patterns):
        """What each pattern finds in the lines that it prints, which come in this order."""
        # A process that stays silent ends the reading by its own end.
        impatience = threading.Timer(_PATIENCE_S, self._process.kill)
        impatience.start()
        found = []
        try:
            for line in self._process.stdout:
                match = re.search(patterns[len(found)], line)
                if match:
                    found.append(match.groups() if match.re.groups > 1 else match[1])
                if len(found) == len(patterns):
                    return found
        finally:
            impatience.cancel()
        raise AssertionError(f"it does not say {patterns[len(found)]}")

    def stop(self):
        """Asks it to stop; its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(_PATIENCE_S)
        finally:
            self._process.kill()
            self._process.stdout.close()
            self._log.close()


class OwnServer(_OwnProcess):
    """One with the embedded store."""

    def __init__(self, folder, log_name):
        super().__init__(
            [str(pathlib.Path("server/server").resolve()), "--listen=127.0.0.1:0",
             "--admin-listen=127.0.0.1:0", f"--data-dir={folder}/data", "--rate-limits=off"],
            folder, log_name)
        self.address, self.admin_address = self._read(r"listening on http://(\S+)",
                                                      r"admin on http://(\S+)")


class OwnCluster(_OwnProcess):
    """Two nodes with a PostgreSQL and a Redis of their own."""

    def __init__(self, log_name):
        super().__init__([str(pathlib.Path("tests/harness/cluster").resolve()), "--nodes=2"],
                         None, log_name)
        node = r"^node-\d+ +http://(\S+) +admin http://(\S+)"
        self.nodes = self._read(node, node)


def _output_folder():
    return os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR", tempfile.gettempdir())
