"""The members a caller may set, to the bottom: by the vendor's document, and by an action's input schema."""

from collections.abc import Iterator, Mapping
from typing import Any

from ingram_micro_cloud.manifest.described import resolved
from ingram_micro_cloud.manifest.models import ActionSpec
from support.vendor_document import VendorDocument

ANY = "any"
DEEPEST = 12


def vendor_members(document: VendorDocument, operation_id: str) -> dict[str, str]:
    """Return dotted names and basic types of everything a request of this operation may hold; ``*`` is every entry."""
    operation: Any = document.operation(operation_id)
    found = {each["name"]: _kind(each["schema"]) for each in operation.get("parameters", []) if each["in"] != "header"}
    body = operation.get("requestBody")
    if body is not None:
        schema: Mapping[str, Any] = body["content"]["application/json"]["schema"]
        found |= {name: kind for name, kind in _writable(document, schema, "") if name}
    return found


def our_members(spec: ActionSpec) -> dict[str, str]:
    """Return the same for an action's inputs, by the vendor's names."""
    assert spec.request is not None
    found: dict[str, str] = {}
    for name, schema in spec.inputs.items():
        found |= dict(_declared(schema, spec.input, spec.request.vendor_name(name)))
    return found


def _writable(document: VendorDocument, schema: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    whole: Mapping[str, Any] = document.resolved(schema)
    properties = document.properties(whole)
    yield place, _kind(whole, ANY if not properties else "object")
    if "items" in whole:
        yield from _writable(document, whole["items"], f"{place}.*")
    for name, member in properties.items():
        shared = document.resolved(member)
        if not member.get("readOnly") and not shared.get("readOnly") and place.count(".") < DEEPEST:
            yield from _writable(document, member, f"{place}.{name}" if place else name)


def _declared(schema: Mapping[str, object], root: Mapping[str, object], place: str) -> Iterator[tuple[str, str]]:
    schema = resolved(schema, root)
    yield place, _kind(schema)
    items, properties = schema.get("items"), schema.get("properties")
    if isinstance(items, Mapping):
        yield from _declared(items, root, f"{place}.*")
    for name, member in properties.items() if isinstance(properties, Mapping) else ():
        yield from _declared(member, root, f"{place}.{name}")


def _kind(schema: Mapping[str, Any], default: str = ANY) -> str:
    return str(schema.get("type", default))
