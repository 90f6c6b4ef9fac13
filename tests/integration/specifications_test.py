"""The running server is what its own specifications say, as somebody finds it who reads only them."""

import json
import tempfile
import unittest
import urllib.error
import urllib.request

from protocol.specs import answers
from protocol.specs import documents
from tests.integration import own_server
from tools.testing import report

_PATIENCE_S = 30
_PASSWORD = "correct horse battery staple"


class SpecificationsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.openapi = documents.read_openapi()
        cls.rules = answers.AnswerRules(cls.openapi)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.server = own_server.OwnServer(folder.name, "specifications_server.log")
        cls.addClassCleanup(cls.server.stop)

    def _call(self, method, path, body=None, token=None):
        """One HTTP call: the status, the header fields and the bytes of its answer."""
        request = urllib.request.Request(
            f"http://{self.server.address}{path}", method=method,
            data=None if body is None else json.dumps(body).encode())
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_S) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def _calls_as_described(self, method, path, body=None, token=None):
        """One call whose answer has to be one that the specification has; the answer's JSON."""
        status, fields, answer = self._call(method, path, body, token)
        media_type = (fields["Content-Type"] or "").split(";")[0]
        self.assertIsNone(self.rules.find_fault(method, path, status, media_type, answer.decode()))
        return json.loads(answer) if media_type.endswith("json") else None

    def _public_operations(self):
        """Yields what the public port serves, by the methods and paths of the specification."""
        for method, path, operation in documents.operations(self.openapi):
            if "servers" not in self.openapi["paths"][path] and path != "/v1/ws":
                yield method, path, operation

    def test_serves_documents_and_pages_with_strict_headers(self):
        for path, content_type in (("/openapi.yaml", "application/yaml"),
                                   ("/asyncapi.yaml", "application/yaml"),
                                   ("/docs", "text/html; charset=utf-8"),
                                   ("/docs/init.js", "text/javascript; charset=utf-8"),
                                   ("/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
                                   ("/docs/swagger-ui.css", "text/css; charset=utf-8")):
            with self.subTest(path):
                status, fields, body = self._call("GET", path)
                self.assertEqual((status, fields["Content-Type"]), (200, content_type))
                policy = fields["Content-Security-Policy"]
                self.assertIn("default-src 'none'; script-src 'self'; style-src 'self'", policy)
                self.assertNotIn("unsafe", policy)
                self.assertEqual(fields["X-Content-Type-Options"], "nosniff")
                self.assertEqual(len(body), int(fields["Content-Length"]))

    def test_every_path_has_the_methods_that_are_described(self):
        described = {}
        for method, path, _ in self._public_operations():
            described.setdefault(path, set()).add(method.upper())
        for path, methods in described.items():
            with self.subTest(path):
                other = next(method for method in ("PUT", "PATCH", "DELETE", "POST")
                             if method not in methods)
                status, fields, _ = self._call(other, path.replace("{", "").replace("}", ""))
                self.assertEqual(status, 405)
                allowed = set(fields["Allow"].replace(" ", "").split(","))
                self.assertEqual(allowed - {"HEAD"}, methods)

    def test_nobody_is_served_without_the_credential_that_is_described(self):
        for method, path, operation in self._public_operations():
            if operation.get("security") == []:
                continue
            with self.subTest(f"{method} {path}"):
                status, _, _ = self._call(method.upper(), path.replace("{", "").replace("}", ""))
                self.assertEqual(status, 401)

    def test_answers_have_the_form_that_is_described(self):
        account = {"username": "reader", "email": "reader@example.org", "password": _PASSWORD}
        self._calls_as_described("POST", "/v1/auth/register", account)
        taken = self._calls_as_described("POST", "/v1/auth/register", account)
        self.assertEqual(taken["code"], "username_taken")
        login = {"username": "reader", "password": _PASSWORD}
        token = self._calls_as_described("POST", "/v1/auth/login", login)["access_token"]
        for method, path, _ in self._public_operations():
            if method == "get" and "{" not in path:
                with self.subTest(path):
                    self._calls_as_described("GET", path, token=token)
        self._calls_as_described("POST", "/v1/contacts", {"username": "nobody"}, token)
        self._calls_as_described("POST", "/v1/auth/logout", token=token)


if __name__ == "__main__":
    report.main()
