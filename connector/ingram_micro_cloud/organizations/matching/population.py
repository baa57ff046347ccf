"""What only all customers and organizations together show: domains that are everybody's, and who carries what."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from ingram_micro_cloud.organizations.matching.bands import Carriers
from ingram_micro_cloud.organizations.matching.facts import IDENTIFYING, NOTHING, Facts
from ingram_micro_cloud.organizations.matching.signals import DOMAINS


def without_shared_domains(rows: Sequence[Facts], most: int) -> list[Facts]:
    """Return the rows without domains that more than `most` of them have: those say nothing about anyone."""
    return list(_without(rows, _shared(rows, most)))


class Population:
    """Everybody who is compared."""

    def __init__(self, customers: Sequence[Facts], organizations: Iterable[Facts], most: int) -> None:
        self._customers = customers
        self._organizations = list(organizations)
        self._shared = _shared(self._organizations, most)

    @cached_property
    def carriers(self) -> Carriers:
        """Who carries which identifier."""
        return Carriers(self._customers, self._organizations)

    def audible(self, organizations: Iterable[Facts]) -> Iterator[Facts]:
        """Yield the organizations without domains that say nothing."""
        return _without(organizations, self._shared)


def _shared(rows: Iterable[Facts], most: int) -> frozenset[str]:
    counted = Counter(domain for row in rows for domain in NOTHING.union(*(row.carried(signal) for signal in DOMAINS)))
    return frozenset(domain for domain, count in counted.items() if count > most)


def _without(rows: Iterable[Facts], shared: frozenset[str]) -> Iterator[Facts]:
    for row in rows:
        if shared.isdisjoint(NOTHING.union(*(row.carried(signal) for signal in DOMAINS))):
            yield row
            continue
        kept = (
            values - shared if signal in DOMAINS else values
            for signal, values in zip(IDENTIFYING, row.values, strict=True)
        )
        yield replace(row, values=tuple(kept))
