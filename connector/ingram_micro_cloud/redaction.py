"""Removes secrets from any text: whole values, longest first, in every spelling they travel in."""

import base64
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

MASK = "••••••••"
SHORTEST_SECRET = 4
"""Characters. Shorter values would blank out ordinary words, and are refused as secrets by the form."""


class Redactor:
    """Replaces every known secret in texts and JSON values. Immutable; ``with_secrets`` makes a wider one.

    A secret is also found base64-encoded, URL-encoded and JSON-escaped. Values are replaced whole, the
    longest first, so that no part of a longer secret survives the removal of a shorter one.
    """

    __slots__ = ("_secrets", "_spellings")

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)
        spellings = {spelling for secret in self._secrets for spelling in _spellings(secret)}
        self._spellings = tuple(sorted(spellings, key=len, reverse=True))

    def with_secrets(self, secrets: Iterable[str]) -> "Redactor":
        """Return a redactor that also knows these."""
        return Redactor(self._secrets | set(secrets))

    def text(self, text: str) -> str:
        """Return the text with every known secret masked."""
        for spelling in self._spellings:
            if spelling in text:
                text = text.replace(spelling, MASK)
        return text

    def value(self, value: object) -> object:
        """Return a JSON value with every known secret masked, in keys as in values."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(member) for key, member in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(member) for member in value]
        return value


def mask_paths(value: object, paths: Iterable[str]) -> object:
    """Return a copy of a JSON value with the named places masked.

    A path is dotted, ``*`` stands for every element or member: ``contactPersons.*.password``.
    """
    masked = value
    for path in paths:
        masked = _mask(masked, path.split("."))
    return masked


def values_at(value: object, path: str) -> Iterable[str]:
    """Yield the text values at a dotted path, ``*`` standing for every element or member."""
    head, _, rest = path.partition(".")
    members: Iterable[object]
    if isinstance(value, Mapping):
        members = value.values() if head == "*" else ([value[head]] if head in value else [])
    elif isinstance(value, list) and head == "*":
        members = value
    else:
        return
    for member in members:
        if rest:
            yield from values_at(member, rest)
        elif isinstance(member, str):
            yield member


def mask_names(value: object, names: Collection[str]) -> object:
    """Return a copy of a JSON value with every member of these names masked, at any depth, capitals or not.

    Args:
        value: The JSON value.
        names: In casefolded spelling.
    """
    if isinstance(value, Mapping):
        return {
            key: MASK if member is not None and str(key).casefold() in names else mask_names(member, names)
            for key, member in value.items()
        }
    return [mask_names(member, names) for member in value] if isinstance(value, list | tuple) else value


def values_named(value: object, names: Collection[str]) -> Iterator[str]:
    """Yield the text values of members of these names, at any depth, capitals or not."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            if isinstance(member, str) and str(key).casefold() in names:
                yield member
            yield from values_named(member, names)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from values_named(member, names)


def _mask(value: object, steps: list[str]) -> object:
    if not steps:
        return None if value is None else MASK
    head, rest = steps[0], steps[1:]
    if isinstance(value, Mapping):
        return {k: _mask(v, rest) if head in ("*", k) else v for k, v in value.items()}
    if isinstance(value, list) and head == "*":
        return [_mask(member, rest) for member in value]
    return value


def _spellings(secret: str) -> Iterable[str]:
    raw = secret.encode()
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(raw).decode()
        yield encoded
        yield encoded.rstrip("=")
        yield quote(encoded, safe="")
