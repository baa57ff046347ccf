"""What a caller of the gateway can do, where a hint names a command of the machine it runs on. Pure."""

import re
from typing import Final

_REST: Final = "Run it without an organization to act for the reseller."
_ASK: Final = "It takes a key that acts for the reseller."
_WORD: Final = r"('[^']*'|[^\s;,.)]+(?:\.[^\s;,.)]+)*)"
_WAYS: Final[tuple[tuple[str, str], ...]] = (
    (r"--key KEY", "purchase_key"),
    (r"\(--deadline SECONDS\)", "(deadline_seconds)"),
    (r"with --config\b", "in the parameter configuration"),
    (r"im-cloud order check --all", "POST /actions/check_orders"),
    (rf"im-cloud order check {_WORD}", r"POST /actions/check_orders with keys: \1"),
    (rf"im-cloud order follow {_WORD}", r"POST /actions/follow_order with id: \1"),
    (r"im-cloud order follow", "POST /actions/follow_order"),
    (r"im-cloud order preview", "POST /actions/preview_order"),
    (rf"im-cloud order submit {_WORD}", r"POST /actions/submit_order with preview_id: \1"),
    (rf"im-cloud order approve {_WORD}", r"POST /orders/previews/\1/approval, with a key that may manage"),
    (r"im-cloud journal", "GET /journal"),
    (rf"im-cloud run {_WORD} --input {_WORD}", r"POST /actions/\1 with \2"),
    (rf"im-cloud describe {_WORD}", "GET /openapi.json"),
    (r"im-cloud actions", "GET /actions"),
    (r"im-cloud organizations import FILE", "PUT /organizations/{source}"),
    (r"im-cloud mapping refresh", "POST /mapping/refresh"),
    (rf"im-cloud mapping set (?:-- )?{_WORD} {_WORD}", r"PUT /mapping/organizations/\1 with customer_id: \2"),
    (rf"im-cloud mapping clear (?:-- )?{_WORD}", r"DELETE /mapping/organizations/\1"),
    (r"im-cloud config form", "GET /configuration-form"),
    (rf"im-cloud config test {_WORD}", r"POST /configurations/\1/test"),
    (rf"im-cloud config save {_WORD}(?: --from FILE)?", r"PUT /configurations/\1"),
)
"""Commands, and what does the same over HTTP; a longer one before one that begins alike."""
_PATTERNS: Final = tuple((re.compile(command), way) for command, way in _WAYS)


def at_the_gateway(text: str | None, *, reseller: bool) -> str | None:
    """Return a sentence with the gateway's own ways in place of commands; what has no way here stays as it is.

    Args:
        text: A hint or a message, or None.
        reseller: Whether the caller's key may act without an organization.
    """
    if text is None:
        return None
    if not reseller:
        text = text.replace(_REST, _ASK).replace(
            ", or run it without an organization to act for the reseller", f"; anything else: {_ASK[:-1].lower()}"
        )
    for pattern, way in _PATTERNS:
        text = pattern.sub(way, text)
    return text
