"""What the vendor's objects tell about a customer. Lenient: what is not as expected counts as not there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ingram_micro_cloud.manifest.mapping import EvidenceSpec, MappingFile, SourceSpec
from ingram_micro_cloud.organizations.models import KnownCustomer
from ingram_micro_cloud.organizations.texts import LONGEST, tidied
from ingram_micro_cloud.store.customers import ListedCustomer, StoredCustomer

SECONDS_PER_DAY: Final = 86_400.0


def listed_customer(row: object, source: SourceSpec) -> ListedCustomer | None:
    """Return a row of the customers' list, or None for one without a usable id."""
    key = text_at(row, source.key)
    if key is None or len(key) == LONGEST:  # what was cut off is not the same id any more
        return None
    return ListedCustomer(
        key, text_at(row, source.label) or key, text_at(row, source.external_id), text_at(row, source.status)
    )


def details_of(customer: object, spec: MappingFile) -> dict[str, object]:
    """Return tax id, country and mail domains of a customer's own record."""
    from ingram_micro_cloud.organizations.matching.domains import (
        registered_domains,  # reads a long list when first used
    )

    evidence = spec.evidence
    mails = registered_domains((mail for mail in _texts(customer, evidence.mails) if "@" in mail), spec)
    return {
        "tax_id": text_at(customer, evidence.tax_id),
        "country": (text_at(customer, evidence.country) or "").upper() or None,
        "mail_domains": _unique(mails),
    }


def holdings_of(subscriptions: Iterable[object], evidence: EvidenceSpec) -> dict[str, object]:
    """Return Microsoft tenant ids and domains that subscriptions carry in their parameters."""
    named = [pair for each in subscriptions for pair in _parameters(each, evidence.parameters)]
    return {
        "tenant_ids": _unique(value for name, value in named if _is_one_of(name, evidence.tenant_ids)),
        "microsoft_domains": _unique(value for name, value in named if _is_one_of(name, evidence.microsoft_domains)),
    }


def known_customer(stored: StoredCustomer, spec: MappingFile, now: float) -> KnownCustomer:
    """Return a stored customer as matching sees it; what was read too long ago counts as not read."""
    fresh_since = now - spec.reads.keep_days * SECONDS_PER_DAY
    evidence = stored.evidence
    return KnownCustomer(
        id=stored.id,
        name=stored.name,
        external_id=stored.external_id,
        status=stored.status,
        tax_id=_plain(evidence.get("tax_id")),
        country=_plain(evidence.get("country")),
        mail_domains=_listed(evidence.get("mail_domains")),
        tenant_ids=_listed(evidence.get("tenant_ids")),
        microsoft_domains=_listed(evidence.get("microsoft_domains")),
        details_read=stored.details_at is not None and stored.details_at > fresh_since,
        holdings_read=stored.holdings_at is not None and stored.holdings_at > fresh_since,
        gone=stored.gone,
    )


def text_at(value: object, path: str) -> str | None:
    """Return the first text or number under a dotted path, in one line, or None."""
    return next(_texts(value, path), None)


def _parameters(subscription: object, members: Iterable[str]) -> Iterator[tuple[str, str]]:
    for member in members:
        for each in _at(subscription, f"{member}.*"):
            name, value = text_at(each, "name"), text_at(each, "value")
            if name is not None and value is not None:
                yield name, value


def _is_one_of(name: str, names: Iterable[str]) -> bool:
    return name.casefold() in {each.casefold() for each in names}


def _at(value: object, path: str) -> Iterator[object]:
    if not path:
        yield value
        return
    member, _, rest = path.partition(".")
    if member == "*":
        for each in value if isinstance(value, list | tuple) else ():
            yield from _at(each, rest)
    elif isinstance(value, Mapping) and member in value:
        yield from _at(value[member], rest)


def _texts(value: object, path: str) -> Iterator[str]:
    return (text for each in _at(value, path) if (text := _plain(each)) is not None)


def _plain(value: object) -> str | None:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return tidied(str(value))[:LONGEST] or None


def _unique(values: Iterable[str]) -> list[str]:
    return sorted({value.casefold() for value in values if value})


def _listed(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
