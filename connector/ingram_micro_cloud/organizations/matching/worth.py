"""Which customers to read next, where names do not decide."""

from collections.abc import Iterator, Mapping, Sequence

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.facts import DETAILS, HOLDINGS, Facts
from ingram_micro_cloud.organizations.matching.ranking import Ranking
from ingram_micro_cloud.organizations.models import KnownCustomer, Suggestion, WorthReading

Wanted = Iterator[tuple[str, Facts]]
"""A customer's id, and the organization a read would help."""


def worth_reading(
    rankings: Sequence[Ranking],
    decided: Mapping[str, Suggestion],
    offered: Mapping[str, KnownCustomer],
    spec: MappingFile,
) -> tuple[WorthReading, ...]:
    """Return customers of which something unread could help, most valuable first; see `Matcher.worth_reading`."""
    asking = [
        each
        for each in rankings
        if _carries(each.organization, (*DETAILS, *HOLDINGS)) and decided[each.organization.id].band != "certain"
    ]
    found: dict[str, tuple[bool, bool]] = {}
    for wanted in (
        _between(asking, decided, spec),
        _single(asking, decided),
        _in_the_way(asking, decided),
        _unclaimed(asking, rankings, offered, spec),
    ):
        for key, organization in wanted:
            details, holdings = found.get(key, (False, False))
            found[key] = (details or _carries(organization, DETAILS), holdings or _carries(organization, HOLDINGS))
    reads = (
        WorthReading(key, details and not customer.details_read, holdings and not customer.holdings_read)
        for key, (details, holdings) in found.items()
        if (customer := offered.get(key)) is not None
    )
    return tuple(each for each in reads if each.details or each.holdings)


def _carries(organization: Facts, signals: Sequence[str]) -> bool:
    return any(organization.carried(signal) for signal in signals)


def _between(asking: Sequence[Ranking], decided: Mapping[str, Suggestion], spec: MappingFile) -> Wanted:
    """Yield the customers a person would have to decide between, smallest lead first."""
    close = [each for each in asking if each.offered and decided[each.organization.id].state == "conflict"]
    for ranking in sorted(close, key=lambda each: (each.lead, each.organization.id)):
        best = ranking.offered[0].rank
        yield from ((each.id, ranking.organization) for each in ranking.offered if best - each.rank < spec.lead)


def _single(asking: Sequence[Ranking], decided: Mapping[str, Suggestion]) -> Wanted:
    """Yield the one candidate that a fact could make certain, likeliest first."""
    found = [
        (-suggestion.score, suggestion.organization_id, suggestion.customer_id, ranking.organization)
        for ranking in asking
        if (suggestion := decided[ranking.organization.id]).state == "suggested" and suggestion.customer_id
    ]
    yield from ((customer, organization) for _, _, customer, organization in sorted(found, key=lambda each: each[:3]))


def _in_the_way(asking: Sequence[Ranking], decided: Mapping[str, Suggestion]) -> Wanted:
    """Yield the customers whose names fit as well as the suggested one's, and that may carry the same as it."""
    for ranking in asking:
        if decided[ranking.organization.id].customer_id is not None:
            yield from ((each.id, ranking.organization) for each in ranking.offered if each.is_named)


def _unclaimed(
    asking: Sequence[Ranking],
    rankings: Sequence[Ranking],
    offered: Mapping[str, KnownCustomer],
    spec: MappingFile,
) -> Wanted:
    """Yield customers that are nobody's by name, for organizations nobody is likely for: nearest first, then by id."""
    lost = [each for each in asking if not each.offered or each.offered[0].fit.score < spec.bands.likely]
    claimed = {each.offered[0].id for each in rankings if each.offered}
    nearness: dict[str, float] = {}
    for ranking in lost:
        for candidate in ranking.candidates:
            nearness[candidate.id] = max(nearness.get(candidate.id, 0.0), candidate.fit.score)
    unclaimed = sorted(offered.keys() - claimed, key=lambda key: (-nearness.get(key, 0.0), key)) if lost else []
    # Every kind of evidence once: which of the lost ones a stranger belongs to is what reading is to show.
    kinds = {
        (_carries(each.organization, DETAILS), _carries(each.organization, HOLDINGS)): each.organization
        for each in lost
    }
    yield from ((key, organization) for key in unclaimed for organization in kinds.values())
