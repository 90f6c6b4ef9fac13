"""The Postman collection has every route of the OpenAPI document, and nothing that is not there."""

import json
import pathlib
import re
import unittest

from protocol.specs import documents
from tools.testing import report

_COLLECTION = pathlib.Path("docs/postman/chat-be.postman_collection.json")


def _requests(items):
    for item in items:
        if "item" in item:
            yield from _requests(item["item"])
        else:
            yield item


def _operation(item):
    """The method and the path of a request, as OpenAPI writes them."""
    path = "/" + "/".join(item["request"]["url"]["path"])
    return item["request"]["method"].lower(), re.sub(r":(\w+)", r"{\1}", path)


def _script(item, listen):
    return "\n".join("\n".join(event["script"]["exec"])
                     for event in item["event"] if event["listen"] == listen)


class CollectionTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.openapi = documents.read_openapi()
        collection = json.loads(_COLLECTION.read_text(encoding="utf-8"))
        cls.requests = list(_requests(collection["item"]))

    def test_has_every_route_and_no_other(self):
        described = {(method, path) for method, path, _ in documents.operations(self.openapi)}
        self.assertEqual({_operation(item) for item in self.requests}, described)

    def test_expects_of_every_request_a_status_that_is_described(self):
        for item in self.requests:
            with self.subTest(item["name"]):
                status = re.search(r"pm\.response\.to\.have\.status\((\d+)\)", _script(item, "test"))
                method, path = _operation(item)
                self.assertIn(status[1], self.openapi["paths"][path][method]["responses"])

    def test_expects_something_of_every_body(self):
        for item in self.requests:
            with self.subTest(item["name"]):
                self.assertRegex(_script(item, "test"), r"body|pm\.response\.text\(\)")

    def test_shows_the_credentials_that_are_described(self):
        for item in self.requests:
            with self.subTest(item["name"]):
                method, path = _operation(item)
                is_open = self.openapi["paths"][path][method].get("security") == []
                shows_none = item["request"]["auth"]["type"] == "noauth"
                expects_refusal = "status(401)" in _script(item, "test")
                self.assertTrue(shows_none == is_open or expects_refusal)

    def test_asks_the_admin_port_for_what_is_there(self):
        for item in self.requests:
            with self.subTest(item["name"]):
                _, path = _operation(item)
                is_admin = "servers" in self.openapi["paths"][path]
                self.assertEqual(item["request"]["url"]["host"],
                                 ["{{adminUrl}}" if is_admin else "{{baseUrl}}"])


if __name__ == "__main__":
    report.main()
