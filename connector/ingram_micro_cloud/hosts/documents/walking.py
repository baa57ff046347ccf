"""Going through a document, OpenAPI 3.0 or Swagger 2.0, with the place of everything that is met."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ingram_micro_cloud.hosts.documents.translation import Json

METHODS: Final = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "trace"})
_DATA: Final = frozenset({"default", "enum", "example", "examples"})
_PARTS: Final = ("additionalProperties", "items", "not")
_BRANCHES: Final = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Met:
    """One operation of a document."""

    place: str
    path: str
    method: str
    told: Json

    @property
    def parameters(self) -> list[tuple[str, Json]]:
        """Its parameters with their places."""
        return [(f"{self.place}.parameters.{at}", each) for at, each in enumerate(self.told.get("parameters", []))]

    @property
    def body(self) -> Json:
        """The schema of what it takes as JSON, or an empty one."""
        found: Json = self.told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        return found

    @property
    def answer(self) -> Json:
        """The schema of its success as JSON, or an empty one."""
        success = self.told.get("responses", {}).get("200", {})
        found: Json = success.get("content", {}).get("application/json", {}).get("schema", {})
        return found


def operations_of(document: Json) -> Iterator[Met]:
    """Yield every operation."""
    for path, item in document.get("paths", {}).items():
        for method, told in item.items():
            if method in METHODS:
                yield Met(f"paths.{path}.{method}", path, method, told)


def schemas_of(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield every schema, outer ones first; of Swagger also the parameters that are their own schema."""
    yield from _found(document, "", named=False)


def schemas_in(schema: Json, place: str = "") -> Iterator[tuple[str, Json]]:
    """Yield a schema and every schema inside it; references are not followed."""
    yield place, schema
    for name, member in schema.get("properties", {}).items():
        yield from schemas_in(member, f"{place}.properties.{name}")
    for word in _PARTS:
        if isinstance(schema.get(word), dict):
            yield from schemas_in(schema[word], f"{place}.{word}")
    for word in _BRANCHES:
        for position, each in enumerate(schema.get(word, [])):
            yield from schemas_in(each, f"{place}.{word}.{position}")


def references_in(value: object) -> Iterator[str]:
    """Yield every reference inside a value."""
    if isinstance(value, Mapping):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        for word, each in value.items():
            if word not in _DATA:
                yield from references_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from references_in(each)


def target_of(reference: str, document: Json) -> Any | None:  # noqa: ANN401  # whatever stands there
    """Return what a reference leads to inside the document, or None."""
    here: Any = document
    if not reference.startswith("#/"):
        return None
    for step in reference[2:].split("/"):
        if not isinstance(here, Mapping) or step not in here:
            return None
        here = here[step]
    return here


def resolved_in(schema: Json, document: Json) -> Json:
    """Return a schema, or what its reference leads to; an empty one where that is nowhere."""
    found = target_of(schema["$ref"], document) if "$ref" in schema else schema
    return found if isinstance(found, dict) else {}


def _found(value: object, place: str, *, named: bool) -> Iterator[tuple[str, Json]]:
    """Look for schemas; ``named`` says that the keys are names and no words."""
    if isinstance(value, list):
        for position, each in enumerate(value):
            yield from _found(each, f"{place}.{position}", named=False)
    if not isinstance(value, Mapping):
        return
    for word, each in value.items():
        inner = f"{place}.{word}".lstrip(".")
        is_schema = place.endswith(("schemas", "definitions")) if named else word == "schema"
        if is_schema and isinstance(each, dict):
            yield from schemas_in(each, inner)
        elif named or word not in _DATA:
            yield from _found(each, inner, named=word in ("schemas", "definitions", "responses", "paths"))
    if not named and "in" in value and "type" in value and isinstance(value, dict) and "schema" not in value:
        yield place, value
