"""Holds the specifications to the server's routes, to chat.proto, and to the golden examples."""

import json
import pathlib
import re
import unittest

import jsonschema

from protocol.specs import documents, schema_rules
from tools.testing import report

# The tests of this file run in their runfiles, which are laid out as the source tree is.
_DESCRIPTORS = pathlib.Path("protocol/chat_proto-descriptor-set.proto.bin")
_ERRORS = pathlib.Path("protocol/errors.cc")
_GOLDEN = pathlib.Path("protocol/golden")
_ROUTES = pathlib.Path("server")

# Routes.Add(Method::kGet, "/path", …) and {.method = Method::kGet, .pattern = "/path", …}, where a
# constant of the same file may stand for the path.
_METHOD = re.compile(r"Method::k(\w+),")
_PATH = re.compile(r'\s*(?:\.pattern = )?(?:std::string\()?(?:"(/[^"]*)"|(k\w+))')
_CONSTANT = re.compile(r'std::string_view (k\w+) =\s*"(/[^"]*)"')

# What the server answers by other means than a route that names its method.
_UPGRADE = {("get", "/v1/ws")}
_PAGES = {("get", path) for path in ("/", "/docs", "/openapi.yaml", "/asyncapi.yaml")}

# Nothing but frames holds these; they stand in the AsyncAPI document as its messages.
_FRAMES = {"client": "ClientFrame", "server": "ServerFrame"}


def _routes_in(text):
    constants = dict(_CONSTANT.findall(text))
    for method in _METHOD.finditer(text):
        path = _PATH.match(text, method.end())
        assert path, f"no path after {text[method.start():method.end() + 40]}"
        yield method[1].lower(), path[1] or constants[path[2]]


def _routes_in_code():
    sources = [file.read_text(encoding="utf-8") for file in _ROUTES.rglob("*.cc")]
    return {route for text in sources for route in _routes_in(text)}


def _camel_case(name):
    return "".join(word.capitalize() for word in name.split("_"))


def _golden(folder):
    for file in sorted((_GOLDEN / folder).glob("*.json")):
        yield file.stem, json.loads(file.read_text(encoding="utf-8"))


def _validate(document, reference, value):
    """Raises when a value does not fit a schema of the document."""
    resolver = jsonschema.RefResolver.from_schema(document)
    jsonschema.Draft202012Validator({"$ref": reference}, resolver=resolver).validate(value)


class _SpecificationCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.openapi = documents.read_openapi()
        cls.asyncapi = documents.read_asyncapi()
        cls.messages = schema_rules.read_messages(_DESCRIPTORS.read_bytes())

    def _schemas_of_messages(self, document):
        schemas = document["components"]["schemas"]
        return {name: schema for name, schema in schemas.items() if name in self.messages}

    def _check_schemas(self, document):
        for name, schema in self._schemas_of_messages(document).items():
            with self.subTest(name):
                message = self.messages[name]
                self.assertEqual(
                    {key: schema_rules.shape(value)
                     for key, value in schema.get("properties", {}).items()},
                    {field.name: schema_rules.expected_shape(field) for field in message.field})
                self._check_required(set(schema.get("required", [])), message)

    def _check_required(self, required, message):
        if schema_rules.is_written_by_clients(message):
            self.assertLessEqual(required, {field.name for field in message.field})
        else:
            self.assertEqual(required, schema_rules.always_printed(message))

    def _check_references(self, document):
        for reference in documents.references(document):
            with self.subTest(reference):
                documents.resolve(document, reference)

    def _check_that_each_schema_is_used(self, document):
        used = set(documents.references(document))
        for name in document["components"]["schemas"]:
            self.assertIn(f"#/components/schemas/{name}", used)


class OpenApiTest(_SpecificationCase):

    def test_names_every_route_of_the_server_and_no_other(self):
        named = {(method, path) for method, path, _ in documents.operations(self.openapi)}
        self.assertEqual(named, _routes_in_code() | _UPGRADE | _PAGES)

    def test_schemas_have_exactly_the_fields_of_the_messages(self):
        self._check_schemas(self.openapi)

    def test_names_every_error_code(self):
        codes = re.findall(r'\{ErrorCode::k\w+, "(\w+)", \d+\}', _ERRORS.read_text("utf-8"))
        problem = self.openapi["components"]["schemas"]["Problem"]
        self.assertEqual(problem["properties"]["code"]["examples"], codes)

    def test_every_golden_body_fits_its_schema(self):
        schemas = self._schemas_of_messages(self.openapi)
        bodies = {name for name in schemas if name.endswith(("Request", "Response", "Problem"))}
        checked = set()
        for stem, body in _golden("http"):
            # An example's name is its body's, with a word more where a body has two examples.
            name = max((name for name in bodies if _camel_case(stem).startswith(name)),
                       key=len, default=None)
            if name is None:
                continue
            with self.subTest(stem):
                _validate(self.openapi, f"#/components/schemas/{name}", body)
                checked.add(name)
        self.assertEqual(checked, bodies)

    def test_a_golden_body_with_another_field_would_not_fit(self):
        with self.assertRaises(jsonschema.ValidationError):
            _validate(self.openapi, "#/components/schemas/HealthResponse", {"state": "ok"})

    def test_every_reference_leads_somewhere_and_every_schema_is_used(self):
        self._check_references(self.openapi)
        self._check_that_each_schema_is_used(self.openapi)

    def test_operations_have_ids_of_their_own_and_describe_their_paths(self):
        ids = []
        for method, path, operation in documents.operations(self.openapi):
            ids.append(operation["operationId"])
            with self.subTest(f"{method} {path}"):
                self.assertEqual(self._path_parameters(operation),
                                 re.findall(r"\{(\w+)\}", path))
                self.assertTrue(operation["summary"].endswith("."))
        self.assertEqual(len(ids), len(set(ids)))

    def _path_parameters(self, operation):
        parameters = [
            documents.resolve(self.openapi, parameter["$ref"]) if "$ref" in parameter else parameter
            for parameter in operation.get("parameters", [])
        ]
        return [parameter["name"] for parameter in parameters if parameter["in"] == "path"]


class AsyncApiTest(_SpecificationCase):

    def _bodies(self, side):
        """Returns the bodies that a frame may have, by name."""
        frame = self.messages[_FRAMES[side]]
        return {field.name: field for field in frame.field if not field.proto3_optional}

    def test_describes_every_body_of_both_frames_and_no_other(self):
        expected = {f"{side}_{name}" for side in _FRAMES for name in self._bodies(side)}
        self.assertEqual(set(self.asyncapi["components"]["messages"]), expected)
        self.assertEqual(set(self.asyncapi["channels"]["socket"]["messages"]), expected)

    def test_every_payload_is_a_frame_with_its_body(self):
        for side in _FRAMES:
            for name, field in self._bodies(side).items():
                with self.subTest(f"{side} {name}"):
                    message = self.asyncapi["components"]["messages"][f"{side}_{name}"]
                    self.assertEqual(message["payload"], {
                        "type": "object",
                        "required": [name],
                        "properties": {
                            "ref": {"$ref": "#/components/schemas/Ref"},
                            name: schema_rules.expected_shape(field),
                        },
                    })

    def test_the_server_receives_every_command_and_sends_every_event(self):
        expected = {f"receive_{name}": "receive" for name in self._bodies("client")}
        expected |= {f"send_{name}": "send" for name in self._bodies("server")}
        operations = self.asyncapi["operations"]
        self.assertEqual({name: operation["action"] for name, operation in operations.items()},
                         expected)

    def test_schemas_have_exactly_the_fields_of_the_messages(self):
        self._check_schemas(self.asyncapi)

    def test_says_the_same_of_what_both_documents_have(self):
        schemas = self.openapi["components"]["schemas"]
        for name, schema in self.asyncapi["components"]["schemas"].items():
            if name in schemas:
                self.assertEqual(schema, schemas[name], name)

    def test_every_golden_frame_fits_its_payload(self):
        for side in _FRAMES:
            for stem, frame in _golden(f"{side}_frames"):
                with self.subTest(f"{side} {stem}"):
                    name = next(key for key in frame if key != "ref")
                    _validate(self.asyncapi, f"#/components/messages/{side}_{name}/payload", frame)

    def test_every_reference_leads_somewhere_and_every_schema_is_used(self):
        self._check_references(self.asyncapi)
        self._check_that_each_schema_is_used(self.asyncapi)


if __name__ == "__main__":
    report.main()
