"""What the mapping book asks of a matcher, and how it gets one: handed in, or ours, loaded only when needed."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ingram_micro_cloud.manifest.mapping import CompanyWords, MappingFile
from ingram_micro_cloud.organizations.models import KnownCustomer, Organization, Signal, Suggestion, WorthReading


class Matching(Protocol):
    """Compares organizations with the customers it was made with."""

    def suggestions(self, organizations: Sequence[Organization], taken: Mapping[str, str]) -> tuple[Suggestion, ...]:
        """Return one suggestion per organization; customers that are ``taken`` (by whom) are not suggested."""

    def best(self, organization: Organization, taken: Mapping[str, str]) -> Suggestion:
        """Return what fits one organization best, on its own."""

    def pair(self, organization: Organization, customer: KnownCustomer) -> tuple[float, tuple[Signal, ...]]:
        """Return how well two fit, and why."""

    def worth_reading(
        self, organizations: Sequence[Organization], taken: Mapping[str, str]
    ) -> tuple[WorthReading, ...]:
        """Return the customers about whom more must be known to decide, the most useful first."""


class MakeMatcher(Protocol):
    """Builds a matcher over some customers."""

    def __call__(
        self,
        spec: MappingFile,
        words: CompanyWords,
        customers: Sequence[KnownCustomer],
        organizations: Sequence[Organization] = (),
    ) -> Matching:
        """Return it."""


def own_matcher(
    spec: MappingFile,
    words: CompanyWords,
    customers: Sequence[KnownCustomer],
    organizations: Sequence[Organization] = (),
) -> Matching:
    """Return this package's matcher."""
    from ingram_micro_cloud.organizations.matching.suggestions import (
        Matcher,  # brings a library that most runs do not need
    )

    return Matcher(spec, words, customers, organizations)
