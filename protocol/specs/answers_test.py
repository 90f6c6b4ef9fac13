"""Finds what is wrong with an answer, and nothing wrong with one that is right."""

import json
import unittest

from protocol.specs import answers
from protocol.specs import documents
from tools.testing import report

_USER = {"user_id": "1", "username": "alice", "display_name": "Alice", "bot": False,
         "created_at": "2026-11-22T19:03:00.125Z"}
_PROBLEM = {"type": "about:blank", "title": "Not Found", "status": 404, "code": "not_found",
            "detail": "There is nothing."}


class AnswersTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.rules = answers.AnswerRules(documents.read_openapi())

    def _fault(self, method, target, status, value, media_type="application/json"):
        return self.rules.find_fault(method, target, status, media_type,
                                     "" if value is None else json.dumps(value))

    def test_finds_nothing_wrong_with_what_is_described(self):
        self.assertIsNone(self._fault("GET", "/v1/users/me", 200, {"user": _USER}))
        self.assertIsNone(self._fault("GET", "/v1/users/17?x=y", 200, {"user": _USER}))
        self.assertIsNone(self._fault("HEAD", "/v1/users/me", 200, None))
        self.assertIsNone(self._fault("DELETE", "/v1/blocks/17", 204, None, ""))
        for target in ("/v1/users/17", "/v1/nothing"):
            self.assertIsNone(self._fault("GET", target, 404, _PROBLEM, "application/problem+json"))

    def test_finds_what_a_body_lacks_and_what_it_has_too_much(self):
        lacking = {name: value for name, value in _USER.items() if name != "username"}
        self.assertIn("'username' is a required property",
                      self._fault("GET", "/v1/users/me", 200, {"user": lacking}))
        self.assertIn("'password' was unexpected",
                      self._fault("GET", "/v1/users/me", 200, {"user": _USER | {"password": "x"}}))
        self.assertIn("does not match",
                      self._fault("GET", "/v1/users/me", 200, {"user": _USER | {"user_id": "x"}}))
        self.assertIn("has a body", self._fault("DELETE", "/v1/blocks/17", 204, {}))

    def test_finds_statuses_types_and_operations_that_are_not_described(self):
        self.assertEqual(self._fault("GET", "/v1/users/me", 202, {}), "no such status is described")
        self.assertEqual(self._fault("GET", "/v1/users/me", 200, {}, "text/plain"),
                         "text/plain is not described")
        self.assertEqual(self._fault("PUT", "/v1/users/me", 200, {}), "no such operation is described")
        self.assertEqual(self._fault("GET", "/v1/nothing", 200, {}), "no such operation is described")


if __name__ == "__main__":
    report.main()
