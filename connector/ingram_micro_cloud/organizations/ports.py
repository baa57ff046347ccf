"""What this room is handed: a way to call the vendor, and whose mapping it is."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


class Caller(Protocol):
    """Reads through the runtime: limits, pages and errors are its business."""

    def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        """Yield the rows of a list action, page by page, to its end."""

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        """Return the object a reading action answers with."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose mapping it is.

    Attributes:
        configuration: The configuration's name; mappings are kept under it and outlive it.
        fingerprint: Keyed hash of API URL, marketplace and user; tells when the name stands for another account.
    """

    configuration: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Binding:
    """What the customer guard needs to know of one organization.

    Attributes:
        state: ``mapped`` is the only state that lets a call through.
        known: Whether any source has given this organization.
        customers: The customers' ids, the primary one first; empty unless mapped.
        reason: Why it is excluded, gone or unconfirmed, in a sentence; empty when mapped.
    """

    organization_id: str
    organization_name: str
    state: Literal["mapped", "unmapped", "unconfirmed", "excluded", "customer_gone", "organization_gone"]
    known: bool
    customers: tuple[str, ...] = ()
    reason: str = ""
