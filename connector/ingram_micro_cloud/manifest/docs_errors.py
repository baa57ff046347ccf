"""The reference page of the errors, read from the tree itself."""

from collections.abc import Iterator
from inspect import getdoc

from ingram_micro_cloud import errors
from ingram_micro_cloud.errors import IngramMicroCloudError, error_classes
from ingram_micro_cloud.manifest.markdown import NOTICE, code, table, tick

STATUSES = (
    (0, "done"),
    (2, "wrong usage or input"),
    (3, "configuration or credentials"),
    (4, "the organization is not mapped"),
    (5, "vendor or network, certainly not done"),
    (6, "refused by permission or customer guard"),
    (7, "outcome unknown: look before anything else"),
)
FIELD_CODES = (
    ("required", "The input is missing."),
    (
        "type, format, pattern, enum, minimum, maximum, minLength, maxLength, minItems",
        "The JSON Schema keyword that failed.",
    ),
    ("unknown_input", "No such input here; the vendor would ignore it and return everything."),
    ("not_in_vendor_api", "Older forms offered it, but the vendor does not take it."),
    ("given_twice", "Given in two places with different values."),
    ("unsupported_switch", "A switch of the platform's generic request that makes no sense here."),
    ("not_a_list", "Only a GET can be read page by page."),
    ("unknown_field", "No such field in the configuration form."),
    ("masked", "A secret that is only the mask a form showed."),
    ("url_invalid, url_not_https, url_has_extras", "The API URL cannot be used; see the connection check."),
)


def errors_page() -> str:
    """Return docs/errors.md."""
    tree = (getdoc(errors) or "").partition("\n\n")[2]
    sample = IngramMicroCloudError("What happened, in one sentence.", hint="What to do next.").as_json()
    return "\n".join(
        [
            NOTICE,
            "# Errors\n",
            "Every error says what happened, what to do next, and whether the same call may be made again.\n",
            f"```\n{tree}\n```\n",
            "## Codes\n",
            table(["Code", "Class", "Exit", "Again", "Meaning"], _rows()),
            "`Again` is the usual verdict; the error at hand may know better.\n",
            "## Exit statuses\n",
            table(["Status", "Meaning"], [[str(status), text] for status, text in STATUSES]),
            "## Problems with inputs\n",
            table(
                ["Code", "Meaning"],
                [[", ".join(tick(c) for c in codes.split(", ")), text] for codes, text in FIELD_CODES],
            ),
            "## As JSON\n",
            "`run --json` prints one object with the member `error`; `fields` lists problems with inputs as "
            "`{pointer, code, message}`.\n",
            code({"error": sample}),
            "The codes of the connection check are in [configuration.md](configuration.md#connection-check).\n",
        ]
    )


def _rows() -> Iterator[list[str]]:
    for kind in error_classes():
        yield [tick(kind.code), kind.__name__, str(kind.exit_status), tick(kind.default_retry), kind.summary]
        for code_, meaning in vars(kind).get("codes", {}).items():
            yield [tick(code_), kind.__name__, str(kind.exit_status), tick(kind.default_retry), meaning]
