"""Rules about the document as a whole: version, size, title, address, sign-in, references, paths."""

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from ingram_micro_cloud.hosts.documents.findings import Found, Rule
from ingram_micro_cloud.hosts.documents.texts import LONGEST_OVERVIEW
from ingram_micro_cloud.hosts.documents.translation import Json
from ingram_micro_cloud.hosts.documents.walking import Met, operations_of, references_in, target_of

MOST_BYTES: Final = 450_000


def compact(document: Json) -> str:
    """Return the document as it is exported: JSON in ASCII on one line, without spaces."""
    return json.dumps(document, separators=(",", ":"))


def _version(document: Json) -> Iterator[Found]:
    version = document.get("openapi")
    if not isinstance(version, str) or not re.fullmatch(r"3\.0\.\d+", version):
        yield "openapi", f"is {version!r} and must be 3.0.x."


def _size(document: Json) -> Iterator[Found]:
    size = len(compact(document).encode())
    if size > MOST_BYTES:
        yield "", f"The document has {size:,} bytes; {MOST_BYTES:,} are the most."


def _title(document: Json) -> Iterator[Found]:
    title = str(document.get("info", {}).get("title", "")).strip()
    if not re.fullmatch(r"[^\W_][\w .-]*", title):
        yield "info.title", "needs letters, digits, spaces, dots or dashes, and nothing else."
    elif title.casefold().endswith(" api"):
        yield "info.title", "ends in API, which is dropped."


def _overview(document: Json) -> Iterator[Found]:
    info = document.get("info", {})
    text = str(info.get("description", "")).strip()
    if not text or len(text) > LONGEST_OVERVIEW:
        yield "info.description", f"needs 1 to {LONGEST_OVERVIEW} characters and has {len(text)}."
    if not str(info.get("version", "")).strip():
        yield "info.version", "is missing."


def _server(document: Json) -> Iterator[Found]:
    servers = document.get("servers") or [{}]
    address = str(servers[0].get("url", ""))
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield "servers.0.url", "must be a whole address with its host."
    elif address.endswith("/") or parts.query or parts.fragment or parts.username:
        yield "servers.0.url", "must be bare: no slash at its end, no query, no credentials."


def _security(document: Json) -> Iterator[Found]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    if len(schemes) != 1:
        yield "components.securitySchemes", f"holds {len(schemes)} schemes and must hold one."
    for name, scheme in schemes.items():
        bearer = scheme.get("type") == "http" and str(scheme.get("scheme", "")).casefold() == "bearer"
        if not bearer and not (scheme.get("type") == "apiKey" and scheme.get("in") == "header"):
            yield f"components.securitySchemes.{name}", "must be a bearer token or a key in a header."
    wanted = [
        ("security", document.get("security")),
        *((met.place, met.told.get("security")) for met in _own(document)),
    ]
    for place, requirement in wanted:
        if requirement != [{name: []} for name in schemes][:1]:
            yield place, "must ask for the one scheme."


def _own(document: Json) -> list[Met]:
    return [met for met in operations_of(document) if "security" in met.told]


def _references(document: Json) -> Iterator[Found]:
    for reference in sorted(set(references_in(document))):
        if target_of(reference, document) is None:
            yield reference, "leads nowhere inside the document."
        elif _returns(reference, document):
            yield reference, "leads back to itself."


def _returns(start: str, document: Json) -> bool:
    wanted, seen = set(references_in(target_of(start, document))), set[str]()
    while wanted:
        reference = wanted.pop()
        if reference == start:
            return True
        seen.add(reference)
        wanted |= set(references_in(target_of(reference, document))) - seen
    return False


def _paths(document: Json) -> Iterator[Found]:
    for path in document.get("paths", {}):
        if not re.fullmatch(r"(/[^/?#\s]+)+", path):
            yield f"paths.{path}", "must begin with a slash, not end in one, and hold no query."


RULES: Final = (
    Rule("R01", "The version is 3.0.x.", "2.0 is converted only as a file; 3.1 is not read everywhere.", _version),
    Rule("R02", f"At most {MOST_BYTES:,} bytes.", "The importer stops at about 500 KB.", _size),
    Rule(
        "R03", "info.title is plain and does not end in API.",
        "It becomes the integration's name: special characters are refused, and a last API is dropped.", _title,
        ("openapi", "swagger"),
    ),
    Rule(
        "R04", f"info.description has 1 to {LONGEST_OVERVIEW} characters, and there is a version.",
        "The description is needed and cut there; without a version it is 0.0.1.", _overview, ("openapi", "swagger"),
    ),
    Rule("R05", "The first server is a bare, whole address.", "Its host is the one the platform will call.", _server),
    Rule(
        "R06", "One security scheme, a bearer token or a key in a header, asked for everywhere.",
        "The platform signs in one way, and knows no signatures and no OpenID Connect.", _security,
    ),
    Rule(
        "R17", "Every reference leads to something in the document, and none back to itself.",
        "The importer follows references to their end.", _references, ("openapi", "swagger"),
    ),
    Rule(
        "R18", "Paths begin with a slash and do not end in one.", "A path with a slash at its end is not imported.",
        _paths, ("openapi", "swagger"),
    ),
)  # fmt: skip
