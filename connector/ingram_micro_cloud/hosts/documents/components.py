"""The shared schemas of a document: each once, under a name that is free."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from ingram_micro_cloud.hosts.documents.translation import Json, translated

Kind = Literal["input", "answer"]
_OPEN: Final = frozenset(
    {
        "$ref", "additionalProperties", "allOf", "anyOf", "deprecated", "description", "items", "oneOf", "prefixItems",
        "properties", "title", "type",
    }
)  # fmt: skip
"""Words about kinds of values and their names; every other word narrows."""


def opened(schema: object) -> object:
    """Return the schema of an answer as far as it is sure: names and types, no limits.

    Answers are read leniently. Members and values that the vendor adds are kept, and what it leaves out stays out, so
    nothing here may be required, and nothing may be forbidden.
    """
    if isinstance(schema, list):
        return [opened(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    found: Json = {}
    for word, value in schema.items():
        if word == "properties" and isinstance(value, Mapping):
            found[word] = {name: opened(member) for name, member in value.items()}
        elif word == "oneOf":
            found["anyOf"] = [*found.get("anyOf", []), *(opened(each) for each in value)]
        elif word in _OPEN and not (word == "additionalProperties" and isinstance(value, bool)):
            found[word] = opened(value)
    return found


class Components:
    """Collects the shared schemas that a document refers to."""

    def __init__(self) -> None:
        self.schemas: dict[str, Json] = {}
        self._names: dict[tuple[Kind, str, str], str] = {}
        self._reserved: set[str] = set()

    def translated(self, schema: object, definitions: Mapping[str, object], kind: Kind) -> Json:
        """Return a schema for the document; what it refers to is collected.

        Args:
            schema: JSON Schema 2020-12.
            definitions: Its ``$defs``.
            kind: Of an input, or of an answer: one name may stand for two schemas then.
        """
        return translated(schema, lambda name: f"#/components/schemas/{self._named(name, definitions, kind)}")

    def _named(self, name: str, definitions: Mapping[str, object], kind: Kind) -> str:
        raw = definitions[name]
        key = (kind, name, json.dumps(raw, sort_keys=True, default=str))
        if key in self._names:
            return self._names[key]
        chosen = self._names[key] = self._free(name, kind)
        self._reserved.add(chosen)
        schema = self.translated(raw, definitions, kind)
        twin = next((each for each in self._like(name) if self.schemas.get(each) == schema), None)
        if twin is not None:
            self._names[key] = twin
            return twin
        self.schemas[chosen] = schema
        return chosen

    def _free(self, name: str, kind: Kind) -> str:
        candidates = [
            name,
            f"{name}_{kind}",
            *(f"{name}_{kind}_{number}" for number in range(2, len(self._reserved) + 3)),
        ]
        return next(each for each in candidates if each not in self._reserved)

    def _like(self, name: str) -> list[str]:
        return [each for each in self.schemas if each.startswith(name)]


def definitions_of(schema: Mapping[str, Any]) -> Mapping[str, object]:
    """Return the ``$defs`` of a schema."""
    found = schema.get("$defs")
    return found if isinstance(found, Mapping) else {}
