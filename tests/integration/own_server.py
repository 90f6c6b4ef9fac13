"""The server as Python tests start it: a process of its own, on free ports and with data of its own."""

import os
import pathlib
import re
import subprocess
import tempfile
import threading

_PATIENCE_S = 30


class OwnServer:
    """Runs from its making until stop()."""

    def __init__(self, folder, log_name):
        self._log = open(pathlib.Path(_output_folder(), log_name), "w", encoding="utf-8")
        self._process = subprocess.Popen(
            [str(pathlib.Path("server/server").resolve()), "--listen=127.0.0.1:0",
             "--admin-listen=off", f"--data-dir={folder}/data", "--rate-limits=off"],
            cwd=folder, stdout=subprocess.PIPE, stderr=self._log, text=True)
        self.address = self._read_address()

    def _read_address(self):
        # A server that stays silent ends the reading by its own end.
        impatience = threading.Timer(_PATIENCE_S, self._process.kill)
        impatience.start()
        try:
            for line in self._process.stdout:
                match = re.match(r"listening on http://(\S+)", line)
                if match:
                    return match[1]
        finally:
            impatience.cancel()
        raise AssertionError("the server does not say where it listens")

    def stop(self):
        """Asks it to stop; its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(_PATIENCE_S)
        finally:
            self._process.kill()
            self._process.stdout.close()
            self._log.close()


def _output_folder():
    return os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR", tempfile.gettempdir())
