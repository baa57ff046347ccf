"""Rules about operations: names, headings, parameters, bodies, answers."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from ingram_micro_cloud.hosts.documents.findings import DocumentKind, Found, Rule
from ingram_micro_cloud.hosts.documents.texts import LONGEST_DESCRIPTION, LONGEST_SUMMARY, MARKUP
from ingram_micro_cloud.hosts.documents.translation import Json
from ingram_micro_cloud.hosts.documents.walking import operations_of, resolved_in
from ingram_micro_cloud.hosts.surface.naming import RESERVED

MOST_ROWS: Final = 1000
_BODIES: Final = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
_BOTH: Final[tuple[DocumentKind, ...]] = ("openapi", "swagger")


def _summaries(document: Json) -> Iterator[Found]:
    counted = Counter(str(met.told.get("summary", "")).strip().casefold() for met in operations_of(document))
    for met in operations_of(document):
        summary = str(met.told.get("summary", "")).strip()
        if not summary or len(summary) > LONGEST_SUMMARY:
            yield f"{met.place}.summary", f"needs 1 to {LONGEST_SUMMARY} characters and has {len(summary)}."
        elif counted[summary.casefold()] > 1:
            yield f"{met.place}.summary", f"{summary!r} is used more than once."


def _ids(document: Json) -> Iterator[Found]:
    counted = Counter(_snake(str(met.told.get("operationId", ""))) for met in operations_of(document))
    for met in operations_of(document):
        name = str(met.told.get("operationId", ""))
        if not re.fullmatch(r"[A-Za-z]\w*", name):
            yield f"{met.place}.operationId", "must be a name of letters, digits and underscores."
        elif counted[_snake(name)] > 1:
            yield f"{met.place}.operationId", f"{name!r} is used more than once."


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).casefold()


def _tags(document: Json) -> Iterator[Found]:
    declared = [str(tag.get("name", "")) for tag in document.get("tags", [])]
    for name, times in Counter(each.title() for each in declared).items():
        if times > 1:
            yield "tags", f"{name!r} is declared more than once."
    for met in operations_of(document):
        tags = met.told.get("tags", [])
        if len(tags) != 1:
            yield f"{met.place}.tags", "must hold one tag."
        elif tags[0] not in declared:
            yield f"{met.place}.tags", f"{tags[0]!r} is not declared in the document's tags."


def _descriptions(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        for place, told in [(met.place, met.told), *met.parameters]:
            text = str(told.get("description", "")).strip()
            if not text or len(text) > LONGEST_DESCRIPTION:
                yield f"{place}.description", f"needs 1 to {LONGEST_DESCRIPTION} characters and has {len(text)}."
            elif MARKUP.search(text):
                yield f"{place}.description", "must be plain text."


def _deprecated(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        if met.told.get("deprecated"):
            yield met.place, "is marked as deprecated."


def _places(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        in_path = {each["name"] for _, each in met.parameters if each.get("in") == "path"}
        if in_path != set(re.findall(r"\{(\w+)\}", met.path)):
            yield met.place, "must declare the parameters of its path, and no others."
        for place, each in met.parameters:
            if each.get("in") == "path" and each.get("required") is not True:
                yield place, "is in the path and must be required."
            elif each.get("in") not in ("path", "query", "header", "body"):
                yield place, f"is in {each.get('in')!r}, which is passed over."


def _reserved(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        for place, each in met.parameters:
            if each.get("name") in RESERVED:
                yield place, f"{each['name']!r} is a name the importer keeps for itself."
        for name in met.body.get("properties", {}):
            if name in RESERVED:
                yield f"{met.place}.requestBody.{name}", "is a name the importer keeps for itself."


def _bodies(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        if "requestBody" in met.told:
            content = met.told["requestBody"].get("content", {})
            if not any("schema" in content.get(each, {}) for each in _BODIES):
                yield f"{met.place}.requestBody", "needs content of a kind that is read: JSON, form or multipart."


def _answers(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        found = met.told.get("responses", {})
        if not any(re.fullmatch(r"2\d\d|2XX", status) for status in found):
            yield f"{met.place}.responses", "holds no success."
        for status, each in found.items():
            content = each.get("content", {})
            if not content or not all("schema" in media for media in content.values()):
                yield f"{met.place}.responses.{status}", "needs content with a schema."


def _lists(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        paging = {each["name"]: each for _, each in met.parameters if each.get("name") in ("offset", "limit")}
        members = resolved_in(met.answer, document).get("properties", {})
        if not paging and not _is_list(members):
            continue
        if len(paging) != 2:
            yield met.place, "must take both offset and limit."
        if "total" not in members or not _is_list(members):
            yield f"{met.place}.responses.200", "must answer a list with items and total at its top."
        if "limit" in paging and not paging["limit"].get("schema", {}).get("maximum", MOST_ROWS + 1) <= MOST_ROWS:
            yield met.place, f"must not take a limit above {MOST_ROWS}."


def _is_list(members: Json) -> bool:
    return bool(members.get("items", {}).get("type") == "array")


RULES: Final = (
    Rule(
        "R07", f"Every operation has a summary of at most {LONGEST_SUMMARY} characters that no other has.",
        "It becomes the action's name; longer ones cannot be saved.", _summaries, _BOTH,
    ),
    Rule(
        "R08", "Every operation has an operationId that stays unique in snake case.",
        "It becomes the action's reference, which stored workflows hold.", _ids, _BOTH,
    ),
    Rule(
        "R09", "Every operation has one tag, declared once in the document's tags.",
        "It becomes the action's category. An undeclared one breaks the import; generators make one resource per tag.",
        _tags, _BOTH,
    ),
    Rule(
        "R10", f"Descriptions of operations and parameters are plain text of 1 to {LONGEST_DESCRIPTION} characters.",
        "Longer ones broke saving, and HTML is stripped.", _descriptions, _BOTH,
    ),
    Rule("R11", "No operation is deprecated.", "Deprecated ones are passed over without a word.", _deprecated, _BOTH),
    Rule(
        "R12", "Parameters in the path are declared and required, and none is a cookie.",
        "Cookies are passed over; an undeclared part of a path is sent as it is written.", _places, _BOTH,
    ),
    Rule(
        "R13", "No parameter and no top member of a body has a reserved name.",
        "The platform keeps its own values under these names.", _reserved,
    ),
    Rule(
        "R14", "Every body has content as JSON, form or multipart.", "Other bodies are passed over.", _bodies,
    ),
    Rule("R15", "Every response has content with a schema, and one is a success.", "The importer reads it.", _answers),
    Rule(
        "R23", "A list takes offset and limit (at most 1000) and answers items and total.",
        "By these names the platform finds out how to read every page.", _lists,
    ),
)  # fmt: skip
