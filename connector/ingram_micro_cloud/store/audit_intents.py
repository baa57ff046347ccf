"""Intents held against the audit: what its newest record about an intent says, the journal must say too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from ingram_micro_cloud.store.secrets import SecretBox

MEMBER: Final = "intent"
"""Where a record's body names and seals its intent; records of earlier versions have no such member."""
_SEALED: Final = (
    "state", "kind", "configuration", "organization", "customer_id", "subscription_id", "preview_id", "order_id",
    "currency", "amount", "content", "marker", "sent_at",
)  # fmt: skip
"""What changes only together with a record, and what rules, duplicates and looking go by."""


@dataclass(frozen=True, slots=True)
class ChangedIntent:
    """An entry of the journal that is not as the audit has it."""

    key: str
    message: str


def intent_seal(box: SecretBox, intent: Mapping[str, object]) -> dict[str, object]:
    """Return what a record keeps of an intent: keyed hashes, because a redacted body may have lost its key."""
    return {"name": _name(box, intent), "seal": _seal(box, intent)}


def changed_intent(
    box: SecretBox, bodies: Sequence[Mapping[str, object]], kept: Sequence[sa.Row[Any]]
) -> ChangedIntent | None:
    """Return the first intent that is not as its newest record has it, or None; bodies from record 1 on."""
    named: dict[str, int] = {}
    told: dict[tuple[object, object, object], int] = {}
    for number, body in enumerate(bodies, 1):
        member = body.get(MEMBER)
        if isinstance(member, Mapping):
            named[str(member["name"])] = number
        elif "key" in body:
            told[body.get("account"), body["key"], body.get("content")] = number
    rows = sorted((dict(row._mapping) for row in kept), key=lambda row: row["number"])  # noqa: SLF001  # documented
    for row in rows:
        number = named.pop(_name(box, row), 0)
        if number:
            member = bodies[number - 1][MEMBER]
            fits = isinstance(member, Mapping) and member.get("seal") == _seal(box, row) and row["audited"] == number
        else:
            number = told.get((row["account"], row["key"], row["content"]), row["audited"])
            fits = row["audited"] == number and 0 < number <= len(bodies) and _fits_old(row, bodies[number - 1])
        if not fits:
            return _changed(row, number, bodies)
    if named:
        number = min(named.values())
        key = str(bodies[number - 1].get("key", "?"))
        return ChangedIntent(key, f"The order with the key {key} was taken out of the journal; record {number} has it.")
    return None


def _fits_old(row: Mapping[str, object], body: Mapping[str, object]) -> bool:
    return MEMBER not in body and body.get("account", row["account"]) == row["account"] and not _told(row, body)


def _told(row: Mapping[str, object], body: Mapping[str, object]) -> list[str]:
    """Return how an intent differs from what a body says in the open, as far as it does say it."""
    said = body.get("price")
    price = said if isinstance(said, Mapping) else {}
    pairs = [
        ("state", row["state"], body.get("state", row["state"])),
        ("currency", row["currency"], price.get("currency", row["currency"])),
        ("amount", row["amount"], price.get("amount", row["amount"])),
    ]
    return [f"{name} {now}, was {before}" for name, now, before in pairs if now != before]


def _changed(row: Mapping[str, object], number: int, bodies: Sequence[Mapping[str, object]]) -> ChangedIntent:
    key = str(row["key"])
    if not 0 < number <= len(bodies):
        return ChangedIntent(key, f"The order with the key {key} was put into the journal: no record is about it.")
    what = ", ".join(_told(row, bodies[number - 1]))
    return ChangedIntent(
        key,
        f"The order with the key {key} was changed in the journal since record {number}{f': {what}' if what else ''}. "
        "The audit can be relied upon; compare the journal with a backup.",
    )


def _name(box: SecretBox, intent: Mapping[str, object]) -> str:
    return box.fingerprint("audit intent name", str(intent["account"]), str(intent["key"]))


def _seal(box: SecretBox, intent: Mapping[str, object]) -> str:
    told = dict(intent)
    if told["sent_at"] is not None:
        told["sent_at"] = float(str(told["sent_at"]))  # a whole number comes back from storage as a float
    return box.fingerprint("audit intent", *(repr(told[name]) for name in _SEALED))
