"""What a server exposes on /metrics, read as Prometheus reads it."""

import re
import urllib.request

_PATIENCE_S = 30
_SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


class Exposition:
    """One reading of the page."""

    def __init__(self, admin_address):
        self.kinds = {}  # by the name of the family
        self.samples = []  # name, labels, value
        with urllib.request.urlopen(f"http://{admin_address}/metrics",
                                    timeout=_PATIENCE_S) as response:
            for line in response.read().decode().splitlines():
                self._read_line(line)

    def _read_line(self, line):
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            self.kinds[name] = kind
        elif not line.startswith("#"):
            name, labels, value = _SAMPLE.fullmatch(line).groups()
            self.samples.append((name, dict(_LABEL.findall(labels or "")), float(value)))

    def family_of(self, sample_name):
        """The family of a sample; a histogram's samples are named otherwise than itself."""
        if sample_name in self.kinds:
            return sample_name
        return re.sub(r"_(bucket|sum|count)$", "", sample_name)

    def labels(self):
        """Which values each label of each sample name has."""
        found = {}
        for name, labels, _ in self.samples:
            of_name = found.setdefault(name, {})
            for label, value in labels.items():
                of_name.setdefault(label, set()).add(value)
        return found

    def total(self, sample_name, **labels):
        """The sum over all samples that have these labels."""
        return sum(value for name, found, value in self.samples
                   if name == sample_name and labels.items() <= found.items())
