"""Turns `$ref: schemas/address.yaml` into schemas that stand on their own, and loosens them for answers."""

from collections.abc import Iterator, Mapping

from ingram_micro_cloud.manifest.models import JsonSchema

PREFIX = "schemas/"
SUFFIX = ".yaml"


def shared_name(reference: str) -> str | None:
    """Return the shared schema a reference names, or None when it names none."""
    if reference.startswith(PREFIX) and reference.endswith(SUFFIX):
        return reference.removeprefix(PREFIX).removesuffix(SUFFIX)
    return None


def localised(schema: object) -> object:
    """Return the schema with references to shared files pointing into its own ``$defs``."""
    if isinstance(schema, Mapping):
        return {
            key: f"#/$defs/{shared_name(value)}"
            if key == "$ref" and isinstance(value, str) and shared_name(value)
            else localised(value)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [localised(member) for member in schema]
    return schema


def references(schema: object, location: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield place and value of every ``$ref`` in a schema."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield (*location, key), value
            else:
                yield from references(value, (*location, key))
    elif isinstance(schema, list):
        for position, member in enumerate(schema):
            yield from references(member, (*location, position))


def endless(schemas: Mapping[str, object], name: str) -> bool:
    """Return whether a shared schema is itself, by references with no member and no element between them.

    A schema of a tree may name itself below ``properties`` or ``items``: each step goes one level down in the value.
    """
    seen: set[str] = set()
    waiting = [schemas[name]]
    while waiting:
        for reference in _in_place(waiting.pop()):
            used = shared_name(reference)
            if used == name:
                return True
            if used is not None and used in schemas and used not in seen:
                seen.add(used)
                waiting.append(schemas[used])
    return False


def _in_place(schema: object) -> Iterator[str]:
    """Yield the references of a schema that are held against the same value as the schema itself."""
    if not isinstance(schema, Mapping):
        return
    if isinstance(reference := schema.get("$ref"), str):
        yield reference
    for key in ("allOf", "anyOf", "oneOf"):
        members = schema.get(key)
        for member in members if isinstance(members, list) else ():
            yield from _in_place(member)
    for key in ("not", "if", "then", "else"):
        yield from _in_place(schema.get(key))
    dependent = schema.get("dependentSchemas")
    for member in dependent.values() if isinstance(dependent, Mapping) else ():
        yield from _in_place(member)


class SharedSchemas:
    """The schemas of one folder of actions, ready to be embedded; ``folder`` is how messages call theirs."""

    def __init__(self, raw: Mapping[str, object], folder: str = "actions/schemas/") -> None:
        self.folder = folder
        self._raw = raw
        self._schemas = {name: localised(schema) for name, schema in raw.items()}
        self._uses = {
            name: {each for _, ref in references(schema) if (each := shared_name(ref))} for name, schema in raw.items()
        }

    def __contains__(self, name: str) -> bool:
        return name in self._schemas

    def begun(self, schema: object) -> object:
        """Return an input that begins from a shared schema with its own properties and required names first.

        ``{$ref: schemas/customer_input.yaml, required: [id], properties: {id: …}}`` is the shared object and an id.
        """
        if not isinstance(schema, Mapping):
            return schema
        base = self._raw.get(shared_name(str(schema.get("$ref"))) or "")
        if not isinstance(base, Mapping):
            return schema
        own = {key: value for key, value in schema.items() if key != "$ref"}
        required = [*_names(own.get("required")), *_names(base.get("required"))]
        properties = {**_members(own.get("properties")), **_members(base.get("properties"))}
        return {**base, **own, "required": required, "properties": properties}

    def embed(self, schema: JsonSchema) -> JsonSchema:
        """Return the schema with every shared schema it needs under ``$defs``; raises KeyError for a missing one."""
        wanted = {name for _, ref in references(schema) if (name := shared_name(ref))}
        found: set[str] = set()
        while wanted:
            name = wanted.pop()
            found.add(name)
            wanted |= self._uses[name] - found
        local = localised(schema)
        whole = dict(local) if isinstance(local, Mapping) else {}
        if found:
            whole["$defs"] = {name: self._schemas[name] for name in sorted(found)}
        return whole


def _names(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def loosened(schema: object) -> object:
    """Return a schema that only looks at types: what an answer is checked against.

    The vendor adds members and enum values without notice, so neither is a mismatch.
    """
    if isinstance(schema, Mapping):
        return {
            key: {name: loosened(value) for name, value in member.items()}
            if key in ("properties", "$defs") and isinstance(member, Mapping)
            else loosened(member)
            for key, member in schema.items()
            if key
            not in (
                "enum",
                "const",
                "pattern",
                "additionalProperties",
                "format",
                "minLength",
                "minimum",
                "minItems",
            )
            or (key == "additionalProperties" and isinstance(member, Mapping))
        }
    if isinstance(schema, list):
        return [loosened(member) for member in schema]
    return schema
