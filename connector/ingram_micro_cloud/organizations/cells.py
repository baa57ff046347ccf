"""What a cell of an organization's row holds, and what of it says nothing and is left out. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar
from unicodedata import combining, normalize

from ingram_micro_cloud.manifest.mapping import heading_key
from ingram_micro_cloud.organizations.texts import problem_in, problem_in_id, shortened, trimmed

LIST_SEPARATOR: Final = ";"
_DOMAIN_SEPARATORS: Final = re.compile(r"[;,\s]+")
_LABEL: Final = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*:[/\\]{2}")
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
Value = TypeVar("Value")


class Flaw(NamedTuple):
    """What is wrong with a cell or a part of it: a stable code and a sentence."""

    code: str
    message: str


Read = tuple[Value, tuple[Flaw, ...]]
"""What a cell holds, and what is wrong with the rest of it."""


class BadCellError(Exception):
    """Nothing of a cell can be used. Never leaves this package."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.flaw = Flaw(code, message)


class Cells:
    """Reads cells by the declared countries and placeholders.

    Args:
        countries: Ways a country is written, to its code of two letters.
        placeholders: What is written where nothing is known.
    """

    def __init__(self, countries: Mapping[str, str], placeholders: Iterable[str]) -> None:
        self._countries = {_country_key(written): code for written, code in countries.items()}
        self._placeholders = frozenset(each.casefold() for each in placeholders)

    def domains(self, value: object) -> Read[tuple[str, ...]]:
        """Return hosts without www; addresses of pages and mailboxes count as their host."""
        found: dict[str, None] = {}
        useless: list[str] = []
        flaws: list[Flaw] = []
        for element in _elements(value, _DOMAIN_SEPARATORS):
            try:
                parts = [part for part in _DOMAIN_SEPARATORS.split(_text(element)) if part]
            except BadCellError as problem:
                flaws.append(problem.flaw)
                continue
            useless += [part for part in parts if _domain(part) is None]
            found.update(dict.fromkeys(domain for part in parts if (domain := _domain(part)) is not None))
        return tuple(found), (*flaws, *_useless(useless))

    def external_ids(self, value: object) -> Read[dict[str, str]]:
        """Return values by kind; of a kind that is given twice with different values, none."""
        pairs: list[tuple[str, str]] = []
        flaws: list[Flaw] = []
        for element in value.items() if isinstance(value, Mapping) else _elements(value, LIST_SEPARATOR):
            try:
                pairs += [_kind_and_value(element)]
            except BadCellError as problem:
                flaws.append(problem.flaw)
        found: dict[str, str] = {}
        twice: set[str] = set()
        for kind, each in pairs:
            if self._says_nothing(each):
                flaws.append(_says_nothing(each))
            elif each and found.setdefault(kind, each) != each:
                twice.add(kind)
        for kind in sorted(twice):
            del found[kind]
            flaws.append(Flaw("bad_external_id", f"{shortened(kind)!r} is given twice with different values."))
        return found, tuple(flaws)

    def external_id(self, value: object) -> Read[str]:
        """Return one identifier of another system, or an empty text."""
        text = id_text(value)
        return ("", (_says_nothing(text),)) if self._says_nothing(text) else (text, ())

    def country(self, value: object) -> Read[str | None]:
        """Return a country's code of two letters from its code or its name."""
        text = _text(value)
        code = self._countries.get(_country_key(text), text)
        if _COUNTRY.fullmatch(code):
            return code.upper(), ()
        if self._says_nothing(text):
            return None, (_says_nothing(text),)
        message = f"{shortened(text)!r} is no country that is known; DE is what one looks like."
        return None, (Flaw("bad_country", message),) if text else ()

    def tags(self, value: object) -> Read[tuple[str, ...]]:
        """Return the tags there are."""
        found: dict[str, None] = {}
        flaws: list[Flaw] = []
        for element in _elements(value, LIST_SEPARATOR):
            try:
                found.setdefault(_text(element))
            except BadCellError as problem:
                flaws.append(problem.flaw)
        return tuple(each for each in found if each), tuple(flaws)

    def _says_nothing(self, text: str) -> bool:
        return text.casefold() in self._placeholders


def needed(text: str) -> Read[str]:
    """Return a text that must be there.

    Raises:
        BadCellError: It is empty.
    """
    if not text:
        raise BadCellError("empty", "it is empty; every organization needs one.")
    return text, ()


def needed_text(value: object) -> Read[str]:
    """Return a cell's text, which must be there.

    Raises:
        BadCellError: It is empty, too long, or no text.
    """
    return needed(_text(value))


def needed_id(value: object) -> Read[str]:
    """Return a cell's id, which must be there.

    Raises:
        BadCellError: It is empty, too long, no text, or holds something that cannot be seen.
    """
    return needed(id_text(value))


def id_text(value: object) -> str:
    """Return a cell's text that is an id, or an empty one.

    Raises:
        BadCellError: It is too long, no text, or holds something that cannot be seen.
    """
    text = _text(value)
    if (problem := problem_in_id(text)) is not None:
        raise BadCellError(problem[0], f"{problem[1]}.")
    return text


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise BadCellError("not_a_text", f"a text is expected, not {_kind(value)}.")
    text = trimmed(str(value))
    if (problem := problem_in(text)) is not None:
        raise BadCellError(problem[0], f"{problem[1]}.")
    return text


def _elements(value: object, separator: str | re.Pattern[str]) -> Sequence[object]:
    """Return what a list holds; a whole list in one text may be longer than one element may be."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, str):
        return value.split(separator) if isinstance(separator, str) else separator.split(value)
    return [_text(value)]


def _domain(text: str) -> str | None:
    bare = _SCHEME.sub("", text.casefold())
    bare = re.split(r"[/\\?#]", bare)[0].rpartition("@")[2].partition(":")[0].strip(".")
    labels = bare.split(".")
    if labels[0] == "www" and len(labels) > 2:
        labels = labels[1:]
    good = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdecimal()
    return ".".join(labels) if good and len(bare) <= 253 else None


def _useless(parts: Sequence[str]) -> tuple[Flaw, ...]:
    if not parts:
        return ()
    more = f"; {len(parts) - 1} more in this cell are none either" if len(parts) > 1 else ""
    return (Flaw("bad_domain", f"{shortened(parts[0])!r} is not a domain, as example.com is{more}."),)


def _kind_and_value(element: object) -> tuple[str, str]:
    if isinstance(element, tuple):
        return needed(id_text(element[0]))[0], id_text(element[1])
    text = id_text(element)
    kind, sign, value = (part.strip() for part in text.partition("="))
    if text and not (kind and sign and value):
        raise BadCellError(
            "bad_external_id", f"{shortened(text)!r} is not kind=value, for example microsoft_tenant_id=72f9…"
        )
    return kind, value


def _says_nothing(text: str) -> Flaw:
    return Flaw("says_nothing", f"{shortened(text)!r} is written where nothing is known.")


def _country_key(text: str) -> str:
    # Without accents, as many exports write them.
    return heading_key("".join(each for each in normalize("NFKD", text) if not combining(each)))


def _kind(value: object) -> str:
    names = {bool: "true or false", float: "a fraction", dict: "an object", list: "a list"}
    return names.get(type(value), type(value).__name__)
