"""The members of an operator's JSON body, read one by one; what nobody asked for is refused."""

from collections.abc import Mapping

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.hosts.gateway.query import clean, wrong


def text_member(body: Mapping[str, object], name: str) -> str:
    """Return a name, an id or a reason.

    Raises:
        InputError: It is missing, no text, empty, too long, or holds control characters.
    """
    value = body.get(name)
    if not isinstance(value, str):
        raise wrong(name, "required" if value is None else "type", f"{name} is needed, as a text.")
    return clean(value, name)


def flag_member(body: Mapping[str, object], name: str) -> bool:
    """Return a yes or no; no when absent.

    Raises:
        InputError: It is neither.
    """
    value = body.get(name)
    if not isinstance(value, bool | None):
        raise wrong(name, "type", f"{name} must be true or false.")
    return bool(value)


def rows_member(body: Mapping[str, object], name: str) -> list[object]:
    """Return a list of objects.

    Raises:
        InputError: It is missing, or something else.
    """
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise wrong(name, "required" if value is None else "type", f"{name} is needed, as a list of objects.")
    return value


def only(body: Mapping[str, object], *names: str) -> None:
    """Refuse a body with other members.

    Raises:
        InputError: There are some.
    """
    strangers = [name for name in body if name not in names]
    if strangers:
        takes = f"It takes: {', '.join(names) or 'no members'}."
        fields = [FieldProblem(f"/{name}", "unknown_member", f"There is no {name} here. {takes}") for name in strangers]
        raise InputError(fields[0].message, fields=fields, hint="See: GET /openapi.json")
