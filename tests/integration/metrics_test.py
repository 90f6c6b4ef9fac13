"""Dashboard, alerts and documentation name what running servers expose, all of it, and it moves."""

import asyncio
import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import yaml

from tests.integration import own_server
from tests.integration.exposition import Exposition
from tests.integration.foreign_person import ForeignPerson
from tools.testing import report

_PATIENCE_S = 30
_DASHBOARD = pathlib.Path("deploy/grafana/dashboards/chat.json")
_RULES = pathlib.Path("deploy/prometheus/rules.yml")
_RULES_TEST = pathlib.Path("deploy/prometheus/rules_test.yml")
_PAGE = pathlib.Path("docs/operations/metrics.md")

# What Prometheus adds to whatever it scrapes, and what it calls the buckets' ends.
_ADDED_LABELS = {"instance", "job", "le"}
_ADDED_METRICS = {"up"}

_ROW = re.compile(r"\| `(chat_\w+)`(.*?) \|")
_METRIC = re.compile(r"\b(chat_\w+|up)\b(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)(=~|=)"([^"]*)"')
_GROUPING = re.compile(r"\bby \(([^)]*)\)")


def _documented():
    """What the table says of each metric: where it is, of which kind, and by which labels."""
    rows = {}
    clustered = False
    for line in _PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| **"):
            clustered = "Clustered only" in line
        match = _ROW.match(line)
        if match:
            name, words = match.groups()
            kind = re.search(r"\b(gauge|histogram)\b", words)
            rows[name] = {"kind": kind[1] if kind else "counter",
                          "labels": set(re.findall(r"by `(\w+)`", words)),
                          "clustered": clustered or "clustered" in words}
    return rows


def _alerts():
    for group in yaml.safe_load(_RULES.read_text(encoding="utf-8"))["groups"]:
        yield from group["rules"]


def _panels():
    dashboard = json.loads(_DASHBOARD.read_text(encoding="utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def _expressions():
    """Yields every expression with where it stands."""
    for alert in _alerts():
        yield alert["alert"], alert["expr"]
        # What to do names metrics as well.
        yield alert["alert"], alert["annotations"]["action"].replace('\\"', '"')
    for panel in _panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


class MetricsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        server = own_server.OwnServer(folder.name, "metrics_server.log")
        cls.addClassCleanup(server.stop)
        cluster = own_server.OwnCluster("metrics_cluster.log")
        cls.addClassCleanup(cluster.stop)
        cls.server, cls.cluster = server, cluster
        cls.embedded = Exposition(server.admin_address)
        cls.clustered = Exposition(cluster.nodes[0][1])

    def test_documentation_has_all_that_servers_expose_and_nothing_else(self):
        documented = _documented()
        self.assertEqual(set(documented), set(self.clustered.kinds))
        self.assertEqual({name for name, row in documented.items() if not row["clustered"]},
                         set(self.embedded.kinds))

    def test_documentation_has_kinds_and_labels_as_they_are(self):
        for page in (self.embedded, self.clustered):
            labels = {}
            for sample, of_sample in page.labels().items():
                labels.setdefault(page.family_of(sample), set()).update(of_sample)
            for name, kind in page.kinds.items():
                with self.subTest(name):
                    row = _documented()[name]
                    self.assertEqual(row["kind"], kind)
                    self.assertEqual(row["labels"], labels[name] - {"le"})

    def test_documentation_names_all_queues_and_results(self):
        text = _PAGE.read_text(encoding="utf-8")
        for page in (self.embedded, self.clustered):
            labels = page.labels()
            for value in (labels["chat_queue_items"]["queue"] | labels["chat_logins_total"]["result"]):
                self.assertIn(f"`{value}`", text)

    def test_dashboard_and_alerts_ask_for_what_there_is(self):
        exposed = self.clustered.labels()
        for place, expression in _expressions():
            for name, selector in _METRIC.findall(expression):
                if name in _ADDED_METRICS:
                    continue
                with self.subTest(place, metric=name):
                    # An action may speak of a histogram as a whole.
                    self.assertIn(name, set(exposed) | (
                        set(self.clustered.kinds) if place.startswith("Chat") else set()))
                    for label, _, wanted in _MATCHER.findall(selector):
                        self.assertTrue(set(wanted.split("|")) <= exposed[name][label], selector)

    def test_dashboard_and_alerts_group_by_labels_that_there_are(self):
        exposed = self.clustered.labels()
        for place, expression in _expressions():
            known = set(_ADDED_LABELS)
            for name, _ in _METRIC.findall(expression):
                known |= set(exposed.get(name, {}))
            for labels in _GROUPING.findall(expression):
                with self.subTest(place):
                    self.assertLessEqual({label.strip() for label in labels.split(",")}, known)

    def test_every_alert_says_what_to_do_and_is_documented(self):
        table = re.findall(r"^\| `(Chat\w+)` \|", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual([alert["alert"] for alert in _alerts()], table)
        for alert in _alerts():
            with self.subTest(alert["alert"]):
                self.assertEqual(set(alert["annotations"]), {"summary", "action"})
                self.assertGreater(len(alert["annotations"]["action"].split()), 5)
                self.assertIn(alert["labels"]["severity"], ("page", "ticket"))

    def test_every_panel_has_a_description_and_data(self):
        for panel in _panels():
            with self.subTest(panel["title"]):
                self.assertTrue(panel["description"])
                self.assertTrue(all(_METRIC.search(target["expr"]) for target in panel["targets"]))

    def test_every_alert_is_seen_to_fire(self):
        fired = re.findall(r'alertname="(\w+)"', _RULES_TEST.read_text(encoding="utf-8"))
        self.assertEqual([alert["alert"] for alert in _alerts()], fired)

    def test_promtool_finds_nothing_wrong_with_the_rules(self):
        promtool = pathlib.Path("../promtool/bin/promtool").absolute()
        for command in (["check", "rules", _RULES], ["check", "config", _RULES.with_name(
                "prometheus.yml")], ["test", "rules", _RULES_TEST]):
            with self.subTest(command[:2]):
                done = subprocess.run([promtool, *command], capture_output=True, text=True,
                                      check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_message_between_nodes_moves_what_it_should(self):
        asyncio.run(self._message_between_nodes())

    async def _message_between_nodes(self):
        (here, admin_here), (there, admin_there) = self.cluster.nodes
        before_here, before_there = Exposition(admin_here), Exposition(admin_there)
        alice, bob = ForeignPerson(here, "alice"), ForeignPerson(there, "bob")
        for person in (alice, bob):
            person.logs_in()
        alice.call("POST", "/v1/auth/login", 401, {"username": "alice", "password": "a wrong one"})
        alice.call("POST", "/v1/contacts", 201, {"username": bob.name})
        bob.call("POST", f"/v1/contacts/{alice.user_id}/accept", 200)
        conversation = alice.call("POST", "/v1/conversations", 201,
                                  {"kind": "direct", "user_id": bob.user_id})["conversation"]
        for person in (alice, bob):
            await person.connects()
        await alice.says(ref=1, send={"conversation_id": conversation["conversation_id"],
                                      "client_msg_id": "first", "text": "hi"})
        await alice.hears("ack")
        await bob.hears_at_last("message")

        after_here, after_there = Exposition(admin_here), Exposition(admin_there)
        self._moved(before_here, after_here, 1, "chat_send_ack_seconds_count")
        self._moved(before_here, after_here, 0, "chat_send_visible_seconds_count")
        self._moved(before_there, after_there, 1, "chat_send_visible_seconds_count")
        self._moved(before_here, after_here, 1, "chat_logins_total", result="ok")
        self._moved(before_here, after_here, 1, "chat_logins_total", result="refused")
        self._moved(before_here, after_here, 1, "chat_connections_opened_total")
        self._moved(before_here, after_here, 1, "chat_queue_wait_seconds_count", queue="appends")
        self._moved(before_here, after_here, 3, "chat_queue_wait_seconds_count", queue="hashing")
        self.assertGreater(after_here.total("chat_store_commit_changes_count"),
                           before_here.total("chat_store_commit_changes_count"))
        for person in (alice, bob):
            await person.socket.close()

    def _moved(self, before, after, by, sample, **labels):
        self.assertEqual(after.total(sample, **labels) - before.total(sample, **labels), by,
                         (sample, labels))

    def test_a_node_hears_itself_through_redis_again_and_again(self):
        admin = self.cluster.nodes[0][1]
        deadline = time.monotonic() + _PATIENCE_S
        while Exposition(admin).total("chat_redis_round_trip_seconds_count") < 2:
            self.assertLess(time.monotonic(), deadline)
        page = Exposition(admin)
        self.assertEqual(page.total("chat_redis_canaries_heard_total"),
                         page.total("chat_redis_round_trip_seconds_count"))
        self.assertEqual(page.total("chat_redis_silences_total"), 0)
        self.assertLess(page.total("chat_redis_canary_age_seconds"), 3)
        self.assertGreaterEqual(page.total("chat_redis_canary_age_seconds"), 0)


if __name__ == "__main__":
    report.main()
