"""Finds one of the vendor's customers by its id: as it was read before, else by one call."""

from collections.abc import Mapping
from dataclasses import replace

from ingram_micro_cloud.errors import EgressRefusedError, FieldProblem, InputError, NotFoundError
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.evidence import text_at
from ingram_micro_cloud.organizations.models import KnownCustomer
from ingram_micro_cloud.organizations.ports import Caller


async def find_customer(book: MappingBook, caller: Caller, customer_id: str) -> KnownCustomer:
    """Return a customer of the book's account.

    One that the last list no longer had is asked for again: it may be back.

    Raises:
        InputError: The vendor has no customer with this id.
    """
    known = book.customer(customer_id)
    if known is not None and not known.gone:
        return known
    source, details = book.spec.source, book.spec.reads.details
    try:
        answer = await caller.one(details.action, {details.input: customer_id}) if customer_id.strip() else None
    except (NotFoundError, InputError, EgressRefusedError):
        answer = None
    found = text_at(answer, source.key) if isinstance(answer, Mapping) else None
    if found != customer_id:
        text = f"The vendor has no customer {customer_id!r}. Nothing was changed."
        raise InputError(
            text,
            hint="See the customers: im-cloud run list_customers",
            fields=[FieldProblem("/customer", "unknown_customer", text)],
        )
    fresh = KnownCustomer(
        id=customer_id,
        name=text_at(answer, source.label) or customer_id,
        external_id=text_at(answer, source.external_id),
        status=text_at(answer, source.status),
    )
    return fresh if known is None else replace(known, name=fresh.name, status=fresh.status, gone=False)
