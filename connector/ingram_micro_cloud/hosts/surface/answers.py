"""The shapes of what a serving host answers, as JSON Schema 2020-12; shared parts are in ``DEFINITIONS``.

They allow members they do not name: a newer gateway may say more, and the vendor adds members without notice.
"""

from collections.abc import Mapping
from typing import Final

from ingram_micro_cloud.manifest.models import JsonSchema

STATUSES: Final[Mapping[int, str]] = {
    400: "An input, a parameter or the JSON is wrong; fields says which.",
    401: "No access key, or one that is not known here.",
    403: "Refused on our side: the key, the permission, a buying rule or the customer guard. Nothing was sent.",
    404: "Nothing by this name or id, here or at the vendor.",
    409: "A conflict, an organization that is not mapped, or a write of unknown outcome: look before anything else.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The vendor, or the form, does not accept the values.",
    424: "The configuration needs attention: the vendor refused to sign in, or the state cannot be used.",
    429: "Calls per minute or day are used up; Retry-After says when to come back, where that is known.",
    500: "A mistake inside the gateway, while reading.",
    502: "The vendor or the network failed, and nothing was done.",
    503: "Too busy, or the state is locked; try again.",
    504: "The deadline passed.",
}
"""What a status means besides success, with the one error object as its body."""


def _text(title: str, description: str, *, nullable: bool = False) -> JsonSchema:
    return {"title": title, "description": description, "type": ["string", "null"] if nullable else "string"}


def _object(required: list[str], **properties: JsonSchema) -> JsonSchema:
    return {"type": "object", "required": required, "properties": properties}


def _list(title: str, description: str, items: JsonSchema) -> JsonSchema:
    return {"title": title, "description": description, "type": "array", "items": items}


FIELD_PROBLEM: Final = _object(
    ["pointer", "code", "message"],
    pointer=_text("Place", "JSON pointer into the inputs."),
    code=_text("Code", "Stable."),
    message=_text("In words", "What is wrong and what is allowed."),
)
ERROR: Final = _object(
    ["code", "message", "hint", "status_code", "correlation_id", "vendor_message", "retry", "fields"],
    code=_text("Code", "Stable; docs/errors.md lists all."),
    message=_text("In words", "What happened."),
    hint=_text("Hint", "What to do next.", nullable=True),
    status_code={"title": "Status", "description": "The vendor's, when it answered.", "type": ["integer", "null"]},
    correlation_id=_text("Correlation id", "The vendor's; their support asks for it.", nullable=True),
    vendor_message=_text("Vendor's words", "Secrets masked.", nullable=True),
    retry={
        "title": "Retry", "description": "Whether the same call may simply be made again.", "type": "string",
        "enum": ["yes", "no", "after_check"],
    },
    fields=_list("Fields", "Which inputs are meant.", {"$ref": "#/$defs/FieldProblem"}),
)  # fmt: skip
NOTICE: Final = _object(
    ["code", "message", "pointer", "count"],
    code=_text("Code", "Stable."),
    message=_text("In words", "What the caller should know."),
    pointer=_text("Place", "JSON pointer into the answer.", nullable=True),
    count={"title": "Times", "description": "How often.", "type": "integer"},
)
CHECK_STEP: Final = _object(
    ["name", "passed", "code", "fields", "message", "milliseconds"],
    name=_text("Step", "Such as sign_in."),
    passed={"title": "Passed", "description": "Whether it passed.", "type": "boolean"},
    code=_text("Code", "Of what failed.", nullable=True),
    fields=_list("Fields", "The form's fields it marks.", {"type": "string"}),
    message=_text("In words", "What to do."),
    milliseconds={"title": "Milliseconds", "description": "How long it took.", "type": "integer"},
)
CHECK_REPORT: Final = _object(
    ["passing", "steps", "warnings", "milliseconds"],
    passing={"title": "Passing", "description": "Whether every step passed.", "type": "boolean"},
    steps=_list("Steps", "Those that were taken, the failing one last.", {"$ref": "#/$defs/CheckStep"}),
    warnings=_list("Warnings", "What looks odd but works.", {"type": "string"}),
    milliseconds={"title": "Milliseconds", "description": "How long it took.", "type": "integer"},
)
OPTION: Final = _object(
    ["id", "name"],
    id=_text("Value", "What the input takes."),
    name=_text("Name", "What people read."),
)
DEFINITIONS: Final[Mapping[str, JsonSchema]] = {
    "FieldProblem": FIELD_PROBLEM,
    "Error": ERROR,
    "ErrorAnswer": _object(["error"], error={"$ref": "#/$defs/Error"}),
    "Notice": NOTICE,
    "CheckStep": CHECK_STEP,
    "CheckReport": CHECK_REPORT,
    "Option": OPTION,
    "OptionList": _object(
        ["items", "total"],
        items=_list("Entries", "In the vendor's order.", {"$ref": "#/$defs/Option"}),
        total={"title": "Total", "description": "How many there are without offset and limit.", "type": "integer"},
    ),
}
ERROR_ANSWER: Final[JsonSchema] = {"$ref": "#/$defs/ErrorAnswer"}
_COMMON: Final[Mapping[str, JsonSchema]] = {
    "calls": {"title": "Calls", "description": "Requests sent to the vendor.", "type": "integer"},
    "request_ids": _list("Request ids", "The vendor's correlation ids.", {"type": "string"}),
    "warnings": _list("Warnings", "What the caller should know.", {"$ref": "#/$defs/Notice"}),
    "dry_run": {"title": "Dry run", "description": "Present when nothing was sent on purpose.", "type": "boolean"},
    "request": {"title": "Request", "description": "What a dry run would have sent.", "type": ["object", "null"]},
}
_ALWAYS: Final = ["calls", "request_ids", "warnings"]


def list_answer(row: JsonSchema) -> JsonSchema:
    """Return the envelope of a list of such rows."""
    total: JsonSchema = {
        "title": "Total",
        "description": "How many there are, where known.",
        "type": ["integer", "null"],
    }
    return _object(
        ["items", "total", "complete", *_ALWAYS],
        items=_list("Rows", "The rows.", row),
        total=total,
        complete={"title": "Complete", "description": "False when the list was cut.", "type": "boolean"},
        **_COMMON,
    )


def item_answer(item: JsonSchema) -> JsonSchema:
    """Return the envelope of one result; null is an empty answer, or a dry run."""
    return _object(["item", *_ALWAYS], item=item, **_COMMON)


def plain_list(row: JsonSchema) -> JsonSchema:
    """Return the envelope of a list of our own, read without the vendor."""
    total: JsonSchema = {"title": "Total", "description": "How many there are.", "type": "integer"}
    return _object(["items", "total"], items=_list("Rows", "The rows.", row), total=total)
