"""Holds answers of a server to what the OpenAPI document says of them."""

import copy
import json
import re

import jsonschema

from protocol.specs import documents

# What any request may also be answered with, as the document says at its head.
_ANYWHERE = {404, 405, 408, 413, 414, 415, 431, 500}


def _closed(openapi):
    """The document, with objects that have no other fields than it names."""
    closed = copy.deepcopy(openapi)
    for schema in closed["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return closed


class AnswerRules:
    """What the document says, ready to be asked."""

    def __init__(self, openapi):
        self._openapi = _closed(openapi)
        self._resolver = jsonschema.RefResolver.from_schema(self._openapi)
        self._patterns = {
            path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path.replace(".", r"\.")))
            for path in openapi["paths"]}

    def find_path(self, target):
        """The path of the document that a request's target is of; None where there is none."""
        target = target.split("?")[0]
        if target in self._patterns:
            return target
        return next((path for path, pattern in self._patterns.items()
                     if pattern.fullmatch(target)), None)

    def find_fault(self, method, target, status, media_type, body):
        """What the document does not say of an answer, in one sentence; None when there is nothing."""
        path = self.find_path(target)
        item = self._openapi["paths"].get(path, {})
        operation = item.get({"HEAD": "get"}.get(method, method.lower()))
        if operation is None and status not in _ANYWHERE:
            return "no such operation is described"
        responses = operation["responses"] if operation else {}
        response = responses.get(str(status))
        if response is None and status in _ANYWHERE:
            response = {"$ref": "#/components/responses/Problem"}
        if response is None:
            return "no such status is described"
        while "$ref" in response:
            response = documents.resolve(self._openapi, response["$ref"])
        return self._find_fault_of_body(response, media_type, "" if method == "HEAD" else body)

    def _find_fault_of_body(self, response, media_type, body):
        if "content" not in response:
            return f"has a body: {body}" if body else None
        if media_type not in response["content"]:
            return f"{media_type} is not described"
        if not media_type.endswith("json") or not body:
            return None
        schema = response["content"][media_type]["schema"]
        validator = jsonschema.Draft202012Validator(schema, resolver=self._resolver)
        fault = jsonschema.exceptions.best_match(validator.iter_errors(json.loads(body)))
        return fault and f"{fault.json_path}: {fault.message}"
