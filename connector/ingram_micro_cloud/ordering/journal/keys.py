"""Names that are given: ids of previews, keys of intents, the marker an order carries, the hash of its content."""

import json
import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.ordering.models import OrderFacts
from ingram_micro_cloud.ordering.ports import Acting

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is easily read as another."""
PREVIEW_LENGTH: Final = 8
KEY_LENGTH: Final = 10
LONGEST_KEY: Final = 200
ATTRIBUTE: Final = "imCloudIntent"
_READ_AS: Final = str.maketrans("ILO", "110")
_MARKER_BITS: Final = 5 * KEY_LENGTH
Fingerprint = Callable[..., str]
"""Makes a keyed hash of texts: ``State.fingerprint``."""


def new_preview_id() -> str:
    """Return an id for a preview that nobody can guess."""
    return _random(PREVIEW_LENGTH)


def new_key() -> str:
    """Return a key for a call that brought none."""
    return _random(KEY_LENGTH)


def new_holder() -> str:
    """Return a name for one attempt, which no other attempt has."""
    return secrets.token_hex(16)


def read_id(text: str) -> str:
    """Return the id of a preview as it was given out, however a person typed it."""
    return text.strip().upper().translate(_READ_AS)


def check_key(key: str) -> None:
    """Refuse a key that cannot be told apart or shown.

    Raises:
        InputError: It is empty, too long, begins or ends with a blank, or holds a control character.
    """
    if not key or len(key) > LONGEST_KEY or key != key.strip() or not key.isprintable():
        told = f"A key has 1 to {LONGEST_KEY} printable characters and no blank at its ends."
        raise InputError(
            f"Nothing was sent. {told}",
            hint="Use what names the purchase elsewhere: a ticket's or a run's number.",
            fields=[FieldProblem("/key", "pattern", told)],
        )


def check_request(facts: OrderFacts) -> None:
    """Refuse an order that brings a marker along, as one copied from an earlier order's details does.

    Raises:
        InputError: Nothing was sent.
    """
    given = facts.request.get("attributes")
    if facts.kind != "setting" and isinstance(given, Mapping) and ATTRIBUTE in given:
        told = f"The attribute {ATTRIBUTE} tells one order from every other and is given by the journal; leave it out."
        problem = FieldProblem(f"/attributes/{ATTRIBUTE}", "not_allowed", told)
        raise InputError(f"Nothing was sent. {told}", fields=[problem])


def marker_of(fingerprint: Fingerprint, acting: Acting, key: str) -> str:
    """Return the marker that belongs to a key: always the same one, and nobody else's."""
    number = int(fingerprint("order marker", acting.account, key), 16) % (1 << _MARKER_BITS)
    letters = [ALPHABET[(number >> 5 * place) & 31] for place in range(KEY_LENGTH)]
    return f"IMC-{''.join(letters)}"


def content_of(fingerprint: Fingerprint, acting: Acting, facts: OrderFacts, asked: Mapping[str, object] | None) -> str:
    """Return the keyed hash of what a call asks for, by which repetitions are recognised.

    Args:
        fingerprint: Makes keyed hashes.
        acting: Who acts for whom: the same request of another organization is another purchase.
        facts: The order.
        asked: What the caller asked for, where the request follows from what was read: "two seats more" is the
            same wish twice, although the numbers sent differ.
    """
    wish: object = facts.request if asked is None else asked
    target = facts.what if facts.kind == "setting" else ""
    about = [facts.kind, facts.customer_id, facts.subscription_id or "", target]
    return fingerprint("order", acting.configuration, acting.account, acting.organization or "", *about, plain(wish))


def preview_content(fingerprint: Fingerprint, acting: Acting, facts: OrderFacts) -> str:
    """Return the keyed hash that a preview and its approval are bound to."""
    currency = "" if facts.price is None else facts.price.currency
    return fingerprint("preview", content_of(fingerprint, acting, facts, None), currency, plain(facts.basis))


def plain(value: object) -> str:
    """Return JSON text that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_exact)


def with_marker(facts: OrderFacts, marker: str) -> dict[str, object]:
    """Return the body to send: the marker is added where nothing of the caller's stands.

    A setting goes as it is: its attributes are the subscription's own.
    """
    body = dict(facts.request)
    if facts.kind == "setting":
        return body
    given = body.get("attributes")
    body["attributes"] = {ATTRIBUTE: marker, **(given if isinstance(given, Mapping) else {})}
    if not body.get("poNumber"):
        body["poNumber"] = marker
    return body


def carries(order: Mapping[str, object], marker: str) -> bool:
    """Return whether one of the vendor's orders is the one that was sent with this marker."""
    attributes = order.get("attributes")
    if isinstance(attributes, Mapping) and ATTRIBUTE in attributes:
        return bool(attributes[ATTRIBUTE] == marker)
    return bool(order.get("poNumber") == marker)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no place in an order")
