"""Holds requests and answers against the vendor's OpenAPI document, when SIMPLEAPI_DOCUMENT names it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

THIN_ROWS = ("Customer", "Account")
"""Seen live and in the vendor's samples: rows of the customer list lack what the document requires of a customer."""
WHOLE_NUMBER_FORMATS = {"int32": 2**31, "int64": 2**63}


@dataclass
class VendorDocument:
    """The document, and how much was held against it."""

    operations: list[tuple[str, re.Pattern[str], Mapping[str, object]]]
    schemas: Mapping[str, object]
    requests: int = 0
    answers: int = 0
    mismatches: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> "VendorDocument":
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # safe loader
        operations = []
        for template, methods in document["paths"].items():
            pattern = re.compile(".*" + re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)) + "$")
            operations += [(method.upper(), pattern, operation) for method, operation in methods.items()]
        operations.sort(key=lambda each: -len(each[1].pattern))
        return cls(operations, {n: _strict(s) for n, s in document["components"]["schemas"].items()})

    def check_request(self, request: httpx.Request) -> None:
        operation = self._operation(request)
        if operation is None:
            self.mismatches.append(f"{request.method} {request.url.path} is not in the document")
            return
        self.requests += 1
        self.seen.add(str(operation["operationId"]))
        parameters = operation.get("parameters", [])
        known = {p["name"]: p["schema"] for p in parameters if p["in"] == "query"}  # type: ignore[attr-defined]
        for name, value in request.url.params.multi_items():
            if name not in known:
                self.mismatches.append(f"{operation['operationId']}: unknown query name {name}")
            elif known[name].get("type") == "integer" and not value.isdecimal():
                self.mismatches.append(f"{operation['operationId']}: {name} is not a whole number")
        if "X-Subscription-Key" not in request.headers:
            self.mismatches.append(f"{operation['operationId']}: no X-Subscription-Key")
        body = operation.get("requestBody")
        if isinstance(body, Mapping):
            schema = body["content"]["application/json"]["schema"]
            self._check(operation, "request", schema, json.loads(request.content), writing=True)

    def operation(self, operation_id: str) -> Mapping[str, object]:
        return next(each for _, _, each in self.operations if each["operationId"] == operation_id)

    def body_problems(self, operation_id: str, body: object) -> list[str]:
        """Return what is wrong with a request body that was never sent."""
        operation, before = self.operation(operation_id), len(self.mismatches)
        declared: Any = operation["requestBody"]
        self.requests += 1
        self._check(operation, "request", declared["content"]["application/json"]["schema"], body, writing=True)
        found = self.mismatches[before:]
        del self.mismatches[before:]
        return found

    def check_answer(self, request: httpx.Request, response: httpx.Response, body: bytes) -> None:
        operation = self._operation(request)
        if operation is None or not response.is_success or not body:
            return
        self.answers += 1
        responses = operation["responses"]
        content = responses["default"]["content"]["application/json"]["schema"]  # type: ignore[index]
        listed = str(content["$ref"]).rsplit("/", 1)[-1].startswith("ResultList")
        self._check(operation, "answer", content, json.loads(body), writing=False, thin=listed)

    def _operation(self, request: httpx.Request) -> Mapping[str, object] | None:
        path = request.url.path
        return next(
            (op for method, pattern, op in self.operations if method == request.method and pattern.match(path)), None
        )

    def _check(
        self,
        operation: Mapping[str, object],
        what: str,
        schema: Mapping[str, object],
        value: object,
        *,
        writing: bool,
        thin: bool = False,
    ) -> None:
        name = f"{operation['operationId']} {what}"
        schemas = {n: _without_required(s) if thin and n in THIN_ROWS else s for n, s in self.schemas.items()}
        whole = {"$ref": str(schema["$ref"]).replace("#/components/schemas/", "#/$defs/"), "$defs": schemas}
        validator = Draft202012Validator(whole, format_checker=FormatChecker(("date", "uuid")))
        problem = best_match(validator.iter_errors(value))
        if problem is not None:
            place = "/".join(str(step) for step in problem.absolute_path)
            self.mismatches.append(f"{name}: /{place}: {problem.message[:300]}")
        self.mismatches += [f"{name}: {each}" for each in self._misplaced(schema, value, "", writing=writing)]

    def _misplaced(self, schema: Mapping[str, object], value: object, place: str, *, writing: bool) -> list[str]:
        """Return read-only members that were sent, and members the document does not know, nested ones too."""
        schema = self.resolved(schema)
        found: list[str] = []
        if isinstance(value, Mapping):
            properties = self.properties(schema)
            for name, member in value.items():
                inner = properties.get(name)
                if inner is None:
                    if not isinstance(schema.get("additionalProperties"), Mapping) and properties:
                        found.append(f"{place}/{name} is not in the document")
                elif writing and inner.get("readOnly"):
                    found.append(f"{place}/{name} is read-only")
                else:
                    found += self._misplaced(inner, member, f"{place}/{name}", writing=writing)
        elif isinstance(value, list):
            items = schema.get("items")
            for position, member in enumerate(value):
                found += self._misplaced(
                    items if isinstance(items, Mapping) else {}, member, f"{place}/{position}", writing=writing
                )
        return found

    def resolved(self, schema: Mapping[str, object]) -> Mapping[str, object]:
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        found = self.schemas[reference.rsplit("/", 1)[-1]]
        return found if isinstance(found, Mapping) else {}

    def properties(self, schema: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
        found: dict[str, Mapping[str, object]] = {}
        parts = schema.get("allOf")
        for part in parts if isinstance(parts, list) else []:
            found |= self.properties(self.resolved(part))
        own = schema.get("properties")
        return found | dict(own) if isinstance(own, Mapping) else found


class DocumentedTransport(httpx.AsyncBaseTransport):
    """Passes everything through and holds it against the document."""

    def __init__(self, inner: httpx.AsyncBaseTransport, document: VendorDocument) -> None:
        self._inner, self._document = inner, document

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if "/storage/" in request.url.path:
            return await self._inner.handle_async_request(request)  # a signed file is no part of the API
        self._document.check_request(request)
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        self._document.check_answer(request, response, body)
        return httpx.Response(
            response.status_code, headers=response.headers, content=body, extensions=response.extensions
        )


def _without_required(schema: object) -> object:
    return {key: value for key, value in schema.items() if key != "required"} if isinstance(schema, Mapping) else schema


def _strict(schema: object) -> object:
    """Return a document schema in today's dialect: local references, whole numbers in range."""
    if isinstance(schema, Mapping):
        made = {
            key: value.replace("#/components/schemas/", "#/$defs/")
            if key == "$ref" and isinstance(value, str)
            else {name: _strict(member) for name, member in value.items()}
            if key == "properties" and isinstance(value, Mapping)
            else _strict(value)
            for key, value in schema.items()
            if key not in ("example", "description")
        }
        bound = WHOLE_NUMBER_FORMATS.get(str(schema.get("format")))
        if bound is not None:
            made |= {"maximum": bound - 1}
        if (
            schema.get("type") == "object"
            and "properties" not in schema
            and "additionalProperties" not in schema
            and "allOf" not in schema
        ):
            # The document writes "object" where its own text allows any JSON value (parameter values).
            made.pop("type")
        return made
    if isinstance(schema, list):
        return [_strict(member) for member in schema]
    return schema
