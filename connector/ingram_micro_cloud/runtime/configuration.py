"""The configuration: what the form's fields mean once they are checked."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from ingram_micro_cloud.errors import ConfigurationInvalidError, FieldProblem
from ingram_micro_cloud.manifest.integration import FormSpec
from ingram_micro_cloud.redaction import MASK
from ingram_micro_cloud.runtime.addresses import checked_url, region_of
from ingram_micro_cloud.runtime.coercion import DROPPED, coerced
from ingram_micro_cloud.runtime.plain_json import plain_problems
from ingram_micro_cloud.runtime.schemas import compiled, field_problems

_SEPARATOR = re.compile(r"[,;\n]")
"""Between the entries of a list that a variable or a text field holds."""
MASKS = frozenset({MASK, "********", "•", "*"})


class Configuration(BaseModel):
    """One checked set of form values. Made by ``Integration.configuration``; secrets stay wrapped.

    Attributes:
        timeout_seconds: For one HTTP request.
        calls_per_minute: Our own ceiling in any 60 seconds; other tools share the vendor's.
        calls_per_day: The same for any 24 hours.
        allow: look reads, edit also changes, buy also commits money.
        max_order_amount: This and what follows are the buying rules; None means no limit, amounts hold per currency.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str = ""
    is_default: bool
    username: str
    password: SecretStr
    subscription_key: SecretStr
    api_url: str
    marketplace: str
    timeout_seconds: float
    calls_per_minute: int
    calls_per_day: int
    allow_private_address: bool
    allow: Literal["look", "edit", "buy"]
    max_order_amount: Decimal | None
    max_day_amount: Decimal | None
    max_customer_month_amount: Decimal | None
    max_seat_change: int | None
    max_seat_change_percent: Decimal | None
    allowed_mpns: tuple[str, ...]
    denied_mpns: tuple[str, ...]
    allowed_vendors: tuple[str, ...]
    currency: str | None
    approve_above: Decimal | None
    approve_new_annual_commitment: bool
    require_preview: bool
    change_quantity: Literal["total", "delta"]


def read_configuration(form: FormSpec, values: Mapping[str, object]) -> Configuration:
    """Return the configuration these form values make; defaults come from the form.

    Raises:
        ConfigurationInvalidError: Every wrong field is marked, with its reason and what is allowed.
    """
    if unfit := unfit_values(values):
        raise invalid(unfit)
    filled = {**form_defaults(form), **tidied(form, values)}
    problems = [*_strangers(form, values), *_wrong(form, filled)]
    if problems:
        raise invalid(problems)
    try:
        return Configuration.model_validate({**filled, "api_url": checked_url(str(filled["api_url"]))})
    except ValidationError as problem:
        # Without pydantic's own words: they quote the value.
        places = sorted({str(each["loc"][0]) for each in problem.errors(include_input=False, include_url=False)})
        raise invalid([FieldProblem(f"/{key}", "invalid", f"{key} is out of range.") for key in places]) from None


def unfit_values(values: object) -> list[FieldProblem]:
    """Return what no form could have held: odd values, half characters, endless nesting."""
    if not isinstance(values, Mapping):
        return plain_problems(values)
    return plain_problems({key: _unwrapped(value) for key, value in values.items()})


def invalid(problems: Sequence[FieldProblem]) -> ConfigurationInvalidError:
    """Return the error for wrong fields."""
    first = problems[0].message
    message = first if len(problems) == 1 else f"{len(problems)} fields are wrong. First: {first}"
    return ConfigurationInvalidError(message, hint="What each field means: im-cloud config form", fields=problems)


def tidied(form: FormSpec, values: Mapping[str, object]) -> dict[str, object]:
    """Return what was typed with blanks trimmed, texts read by the form, empty fields and strangers gone."""
    kept: dict[str, object] = {}
    for key, schema in form.properties.items():
        if key not in values:
            continue
        value = values[key]
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if isinstance(value, Decimal):
            value = f"{value:f}"
        if isinstance(value, str):
            # A password may begin or end with a blank on purpose; nothing else does.
            value = value if key == "password" else value.strip()
            if key == "currency":
                value = value.upper()
            if schema.get("type") == "array":
                value = [each.strip() for each in _SEPARATOR.split(value) if each.strip()]
        value = coerced(value, schema, form.form_schema)
        if value is DROPPED or value == "":
            continue
        kept[key] = value.casefold() if key == "marketplace" and isinstance(value, str) else value
    return kept


def is_mask(value: object) -> bool:
    """Return whether a secret's value is only the mask a form showed in its place."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    return isinstance(text, str) and bool(text) and (text in MASKS or set(text) <= {"•"} or set(text) <= {"*"})


def region_warnings(form: FormSpec, configuration: Configuration) -> tuple[str, ...]:
    """Return the codes of what looks odd about marketplace and URL; the table is partly guessed, so only warnings."""
    ui = form.properties["marketplace"].get("ui")
    choices = ui.get("choices", []) if isinstance(ui, Mapping) else []
    known = {choice["value"]: choice for choice in choices if isinstance(choice, Mapping)}
    choice = known.get(configuration.marketplace)
    if choice is None:
        return ("marketplace_unknown_code",)
    region, regions = region_of(configuration.api_url), {each.get("region") for each in known.values()}
    return ("marketplace_region_differs",) if region in regions and region != choice.get("region") else ()


def _unwrapped(value: object) -> object:
    # What a configuration holds that was read once: secrets in their wrapping, and amounts.
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return float(value) if isinstance(value, Decimal) else value


def form_defaults(form: FormSpec) -> dict[str, object]:
    """Return the values of the fields that nobody has to fill."""
    return {key: schema["default"] for key, schema in form.properties.items() if "default" in schema}


def _strangers(form: FormSpec, values: Mapping[str, object]) -> list[FieldProblem]:
    found = []
    for key in values:
        if key not in form.properties:
            near = get_close_matches(key, form.properties, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"The form has: {', '.join(form.properties)}."
            found.append(FieldProblem(f"/{key}", "unknown_field", f"{key} is not a field of the form. {hint}"))
    return found


def _wrong(form: FormSpec, filled: Mapping[str, object]) -> tuple[FieldProblem, ...]:
    masked = [key for key in form.secrets if is_mask(filled.get(key))]
    if masked:
        return tuple(
            FieldProblem(f"/{key}", "masked", f"{key} holds only the mask; type the secret again.") for key in masked
        )
    if compiled(form.form_schema).is_valid(dict(filled)):
        return ()
    return field_problems(form.form_schema, dict(filled))
