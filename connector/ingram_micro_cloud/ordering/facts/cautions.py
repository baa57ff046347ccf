"""What a buyer should know before an order that does not stop it. Pure; every sentence stands on its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ingram_micro_cloud.ordering.facts.meaning import Reading
from ingram_micro_cloud.ordering.facts.pricing import MeantLine
from ingram_micro_cloud.ordering.facts.reads import status_of
from ingram_micro_cloud.ordering.facts.sanity import AskedOrder
from ingram_micro_cloud.ordering.figures import is_annual, members, text
from ingram_micro_cloud.ordering.models import Change, Money

Json = Mapping[str, object]
WINDOW: Final = "in the first days of a term or at its renewal (the vendor does not document how many days)"


def cautions(
    asked: AskedOrder,
    lines: Sequence[MeantLine],
    subscription: Json,
    changes: Sequence[Change],
    added: Sequence[Change],
    readings: Sequence[Reading],
    price: Money | None,
) -> tuple[str, ...]:
    """Return every caution about an order, the costliest matter first."""
    return tuple(
        dict.fromkeys(
            [
                *_price(asked, changes, added, price),
                *_commitment(asked, lines, subscription),
                *_giving_back(asked, lines, subscription),
                *_end(asked, subscription),
                *_subscription(asked, subscription),
                *_lines(asked, lines, readings),
            ]
        )
    )


def commits_for_a_year(asked: AskedOrder, lines: Sequence[MeantLine], subscription: Json) -> bool:
    """Return whether a term of a year or more begins or grows."""
    if asked.kind == "cancellation":
        return False
    if asked.kind == "renewal":
        return is_annual(subscription.get("subscriptionPeriod"))
    if asked.body.get("subscriptionPeriod") is not None and is_annual(asked.body["subscriptionPeriod"]):
        return True
    growing = [line for line in lines if asked.kind != "change" or line.meant > 0]
    return any(is_annual(line.period("subscriptionPeriod", subscription)) for line in growing)


def _price(asked: AskedOrder, changes: Sequence[Change], added: Sequence[Change], price: Money | None) -> Iterator[str]:
    adds = asked.kind in ("sales", "migration", "renewal") or any(each.seats > 0 for each in changes)
    if price is None and asked.kind != "cancellation":
        yield "The vendor named no price for this order."
    elif price is not None and price.amount == 0 and adds:
        yield "The price of this order is zero; what is free today may be billed from the next period on."
    yield from (
        f"The vendor adds {each.product}, which was not asked for but is needed by what was; the price includes it."
        for each in added
    )


def _commitment(asked: AskedOrder, lines: Sequence[MeantLine], subscription: Json) -> Iterator[str]:
    if not commits_for_a_year(asked, lines, subscription):
        return
    if asked.kind == "change" and lines:
        until = text(subscription.get("renewalDate"))
        yield f"The added seats are committed until {until or 'the renewal'}; they may only be given back {WINDOW}."
    else:
        yield f"This is a commitment for a year or more; it may only be reduced or ended {WINDOW}."


def _giving_back(asked: AskedOrder, lines: Sequence[MeantLine], subscription: Json) -> Iterator[str]:
    if asked.kind == "cancellation":
        yield "A cancellation cannot be taken back; the service ends for everybody who uses it."
        if is_annual(subscription.get("subscriptionPeriod")):
            yield f"A term of a year or more may only be ended {WINDOW}; the vendor may refuse, or charge the rest."
    elif asked.kind == "change" and not asked.later and any(line.meant < 0 for line in lines):
        yield f"Fewer seats may only be accepted {WINDOW}; scheduledOn: renewal lets the change wait for it."


def _end(asked: AskedOrder, subscription: Json) -> Iterator[str]:
    aligned = members(asked.body.get("alignExpirationDate"))
    if aligned:
        how = text(aligned.get("alignmentType")).upper()
        with_what = {
            "CO_TERM_ON_SUBSCRIPTION": f"subscription {aligned.get('subscriptionId')}",
            "MATCH_END_OF_CALENDAR_MONTH": "the calendar month",
        }.get(how, "another end date")
        yield f"It ends together with {with_what}, so the first term may be shorter than bought and charged in part."
    if asked.kind == "renewal" and subscription.get("renewalStatus") is True:
        yield "This subscription renews by itself; a renewal order on top may extend it twice."


def _subscription(asked: AskedOrder, subscription: Json) -> Iterator[str]:
    status = status_of(subscription)
    if status == "pending":
        yield "The subscription is still being provisioned; the vendor may refuse changes until it is active."
    elif status and status != "active" and asked.kind != "cancellation":
        yield f"The subscription is {subscription.get('status')}; the vendor may refuse this order."


def _lines(asked: AskedOrder, lines: Sequence[MeantLine], readings: Sequence[Reading]) -> Iterator[str]:
    for line, reading in zip(lines, readings, strict=True):
        if line.product is None:
            yield f"{line.name} is no longer in the catalogue; its limits and price of today are not known."
        if asked.kind == "change" and not asked.later and reading == "unclear" and line.meant:
            yield (
                f"The estimate for {line.name} does not show whether the number is read as it is meant "
                "(a part of a period, or a price of its own); the seats are checked after the order."
            )
