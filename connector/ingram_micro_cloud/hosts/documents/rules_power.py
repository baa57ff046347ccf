"""Rules of Power Platform and Logic Apps for the Swagger document."""

from collections.abc import Iterator, Mapping
from typing import Final

from ingram_micro_cloud.hosts.documents.findings import DocumentKind, Found, Rule
from ingram_micro_cloud.hosts.documents.rules_document import compact
from ingram_micro_cloud.hosts.documents.translation import Json
from ingram_micro_cloud.hosts.documents.walking import (
    Met,
    operations_of,
    references_in,
    schemas_in,
    schemas_of,
    target_of,
)

MOST_BYTES: Final = 1_000_000
MOST_OPERATIONS: Final = 256
MOST_SCHEMAS: Final = 512
VISIBILITIES: Final = frozenset({"important", "advanced", "internal"})
_SWAGGER: Final[tuple[DocumentKind, ...]] = ("swagger",)


def _version(document: Json) -> Iterator[Found]:
    if document.get("swagger") != "2.0":
        yield "swagger", f"is {document.get('swagger')!r} and must be 2.0."


def _size(document: Json) -> Iterator[Found]:
    size = len(compact(document).encode())
    if size >= MOST_BYTES:
        yield "", f"The document has {size:,} bytes and must have fewer than {MOST_BYTES:,}."


def _count(document: Json) -> Iterator[Found]:
    count = len(list(operations_of(document)))
    if count > MOST_OPERATIONS:
        yield "paths", f"hold {count} operations; {MOST_OPERATIONS} are the most."


def _schemas(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        for place, each in met.parameters:
            if each.get("in") == "body" and (count := _schemas_of(each.get("schema", {}), document)) > MOST_SCHEMAS:
                yield place, f"holds {count} schemas; {MOST_SCHEMAS} are the most."


def _schemas_of(schema: Json, document: Json) -> int:
    parts, wanted, seen = [schema], set(references_in(schema)), set[str]()
    while wanted:
        reference = wanted.pop()
        seen.add(reference)
        part = target_of(reference, document)
        if isinstance(part, dict):
            parts.append(part)
            wanted |= set(references_in(part)) - seen
    return sum(1 for part in parts for _ in schemas_in(part))


def _security(document: Json) -> Iterator[Found]:
    schemes = document.get("securityDefinitions", {})
    if len(schemes) != 1:
        yield "securityDefinitions", f"hold {len(schemes)} schemes and must hold one."
    for name, scheme in schemes.items():
        code = scheme.get("type") == "oauth2" and scheme.get("flow") == "accessCode"
        if not code and scheme.get("type") not in ("apiKey", "basic"):
            yield f"securityDefinitions.{name}", "must be a key, Basic, or OAuth with an authorization code."


def _host(document: Json) -> Iterator[Found]:
    host = document.get("host", "")
    if not host or "/" in host:
        yield "host", "must be a host without a scheme."
    if not str(document.get("basePath", "")).startswith("/"):
        yield "basePath", "must begin with a slash."
    if document.get("schemes") not in (["https"], ["http"]):
        yield "schemes", "must hold http or https."


def _hints(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        for place, each in met.parameters:
            if each.get("in") != "body" and not each.get("x-ms-summary"):
                yield place, "needs x-ms-summary."
    for place, told in [*((met.place, met.told) for met in operations_of(document)), *schemas_of(document)]:
        visibility = told.get("x-ms-visibility")
        if visibility is not None and visibility not in VISIBILITIES:
            yield place, f"{visibility!r} is no visibility."


def _drop_downs(document: Json) -> Iterator[Found]:
    known = {met.told.get("operationId"): met for met in operations_of(document)}
    for place, schema in schemas_of(document):
        values = schema.get("x-ms-dynamic-values")
        if not isinstance(values, Mapping):
            continue
        source = known.get(values.get("operationId"))
        if source is None:
            yield place, f"is filled by {values.get('operationId')!r}, which is no operation."
            continue
        yield from ((place, sentence) for sentence in _wrong(values.get("parameters", {}), source))


def _wrong(given: Mapping[str, object], source: Met) -> Iterator[str]:
    taken = {each["name"]: each for _, each in source.parameters}
    for name in given.keys() - taken.keys():
        yield f"gives {name!r}, which {source.told['operationId']} does not take."
    for name, each in taken.items():
        if each.get("required") and name not in given:
            yield f"does not give {name!r}, which {source.told['operationId']} needs."


def _hidden(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        for place, each in met.parameters:
            if each.get("x-ms-visibility") == "internal" and each.get("required") and "default" not in each:
                yield place, "is hidden and required, and so needs a default."


RULES: Final = (
    Rule("R25", "The version is 2.0.", "A custom connector is made from nothing else.", _version, _SWAGGER),
    Rule("R26", "Fewer than 1,000,000 bytes.", "A definition must be smaller than 1 MB.", _size, _SWAGGER),
    Rule("R27", f"At most {MOST_OPERATIONS} operations.", "Logic Apps takes no more.", _count, _SWAGGER),
    Rule("R28", f"At most {MOST_SCHEMAS} schemas in a body.", "Logic Apps takes no more.", _schemas, _SWAGGER),
    Rule(
        "R29", "One security definition: a key, Basic, or OAuth with a code.",
        "The first one wins, and client credentials are not known.", _security, _SWAGGER,
    ),
    Rule("R30", "host, basePath and schemes are there.", "The connector's address is made of them.", _host, _SWAGGER),
    Rule(
        "R31", "Parameters have x-ms-summary, and visibilities are known ones.",
        "Designers show these, and else the bare names.", _hints, _SWAGGER,
    ),
    Rule(
        "R32", "Drop-downs name an operation, and give what it takes and needs.", "They stay empty otherwise.",
        _drop_downs, _SWAGGER,
    ),
    Rule(
        "R33", "What is hidden and required has a default.", "Nobody could fill it otherwise.", _hidden, _SWAGGER,
    ),
)  # fmt: skip
