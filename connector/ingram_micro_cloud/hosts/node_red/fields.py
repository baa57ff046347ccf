"""What a dialog asks for: one field per input of an action, or per key of the configuration form."""

from collections.abc import Mapping
from typing import Literal

from ingram_micro_cloud.hosts.surface.operations import Operation, Parameter
from ingram_micro_cloud.manifest.described import resolved
from ingram_micro_cloud.manifest.integration import FormSpec
from ingram_micro_cloud.manifest.models import JsonSchema

Kind = Literal["text", "number", "toggle", "choice", "date", "moment", "json"]
_RULES = ("type", "minLength", "maxLength", "minimum", "maximum", "pattern", "format", "minItems")
"""What the editor checks while a person types; the gateway checks everything."""
_BY_TYPE: Mapping[str, Kind] = {
    "integer": "number", "number": "number", "boolean": "toggle", "object": "json", "array": "json"
}  # fmt: skip
_BY_FORMAT: Mapping[str, Kind] = {"date": "date", "date-time": "moment"}


def input_fields(operation: Operation) -> list[dict[str, object]]:
    """Return the fields of an action's dialog, in the order of the action file."""
    return [_input_field(operation, parameter) for parameter in operation.parameters]


def form_fields(form: FormSpec) -> list[dict[str, object]]:
    """Return the fields of the configuration dialog in the order of integration.yaml."""
    required = form.form_schema.get("required")
    needed = required if isinstance(required, list) else []
    return [_form_field(key, schema, needed=key in needed) for key, schema in form.properties.items()]


def kind_of(schema: JsonSchema) -> Kind:
    """Return how a value of this schema is asked for; anything without one plain type as JSON."""
    if "enum" in schema:
        return "choice"
    kinds = schema.get("type")
    plain = [each for each in kinds if each != "null"] if isinstance(kinds, list) else [kinds]
    if plain == ["string"]:
        return _BY_FORMAT.get(str(schema.get("format")), "text")
    return _BY_TYPE.get(str(plain[0]), "json") if len(plain) == 1 else "json"


def _input_field(operation: Operation, parameter: Parameter) -> dict[str, object]:
    spec, name = operation.action, parameter.vendor_name
    schema = resolved(parameter.schema, spec.input)
    # The dialog knows whether an organization is given, so what one fills is asked for where there is none.
    needed = spec.input.get("required")
    required = parameter.required or (name == spec.mapped and isinstance(needed, list) and name in needed)
    field: dict[str, object] = {"name": name, "required": required, **_common(name, schema)}
    if isinstance(schema.get("options"), Mapping):
        field["from_vendor"] = True
    if name == spec.mapped:
        field["filled_by_organization"] = True
    example = next((each.input[name] for each in spec.examples if name in each.input), None)
    if example is not None:
        field["example"] = example
    return field


def _form_field(key: str, schema: JsonSchema, *, needed: bool) -> dict[str, object]:
    hints = schema.get("ui")
    hints = hints if isinstance(hints, Mapping) else {}
    kinds = schema.get("type")
    field: dict[str, object] = {
        "name": key,
        "required": needed,
        **_common(key, schema),
        "widget": hints.get("widget", "text"),
        "section": hints.get("section", "configuration"),
        "secret": bool(schema.get("writeOnly")),
        "nullable": isinstance(kinds, list) and "null" in kinds,
        "free_text": bool(hints.get("free_text")),
        "placeholder": hints.get("placeholder", ""),
    }
    offered = hints.get("choices") or hints.get("presets")
    if isinstance(offered, list):
        field["choices"] = [{"value": str(each["value"]), "label": str(each["label"])} for each in offered]
    return field


def _common(name: str, schema: JsonSchema) -> dict[str, object]:
    allowed = schema.get("enum")
    shown: dict[str, object] = {
        "title": schema.get("title", name),
        "help": str(schema.get("description", "")).strip(),
        "kind": kind_of(schema),
        "rules": {rule: schema[rule] for rule in _RULES if rule in schema},
    }
    if isinstance(allowed, list):
        shown["choices"] = [{"value": str(value), "label": str(value)} for value in allowed]
    if schema.get("default") is not None:
        shown["default"] = schema["default"]
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        shown["example"] = examples[0]
    return shown
