"""One organization on its own: its candidates in order, and what an identifier makes of that order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.bands import Bands, Carriers
from ingram_micro_cloud.organizations.matching.facts import Facts
from ingram_micro_cloud.organizations.matching.signals import Fit, Scorer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer for an organization.

    Attributes:
        rank: The score, and more where an identifier settles the pair; what candidates are compared by.
        deciding: The identifier that settles it, or None.
    """

    fit: Fit
    rank: float
    deciding: str | None

    @property
    def id(self) -> str:
        """The customer's id."""
        return self.fit.customer.id


@dataclass(frozen=True, slots=True)
class Ranking:
    """An organization and its candidates, best first.

    Attributes:
        offered: Customers it may have and that fit well enough.
        taken: Those of another organization, best first.
    """

    organization: Facts
    candidates: tuple[Candidate, ...]
    offered: tuple[Candidate, ...]
    taken: tuple[Candidate, ...]

    @property
    def lead(self) -> float:
        """Distance of the best offered to the next offered, by rank."""
        ranks = [each.rank for each in self.offered[:2]]
        return ranks[0] - ranks[1] if len(ranks) > 1 else sum(ranks)

    @property
    def nearest(self) -> Candidate | None:
        """The customer most like it, offered or not."""
        return self.candidates[0] if self.candidates else None

    def candidate(self, customer_id: str) -> Candidate:
        """Return the candidate with this id."""
        return next(each for each in self.candidates if each.id == customer_id)


class Ranker:
    """Ranks candidates of organizations."""

    def __init__(self, spec: MappingFile, scorer: Scorer, bands: Bands) -> None:
        self._scorer = scorer
        self._bands = bands
        # An identifier that only these two carry outweighs a name that is better by less than a clear lead twice.
        self._bonus = 2 * spec.lead

    def rank(
        self, organization: Facts, customers: Sequence[Facts], carriers: Carriers, taken: Mapping[str, str]
    ) -> Ranking:
        """Return the living customers in order of rank, then of id."""
        fits = [self._scorer.fit(organization, customer) for customer in customers if not customer.gone]
        is_named = any(fit.agreement.full for fit in fits)
        found = []
        for fit in fits:
            deciding = self._bands.deciding(organization, fit, carriers)
            if is_named and not fit.agreement.full and not self._bands.stands_alone(deciding):
                # The id says one customer and the name another: ids of two systems may have collided.
                deciding = None
            found.append(Candidate(fit, fit.score + self._bonus if deciding else fit.score, deciding))
        found.sort(key=lambda each: (-each.rank, each.id))
        fitting = [each for each in found if self._bands.is_offered(each.fit)]
        others = [each for each in fitting if taken.get(each.id, organization.id) != organization.id]
        offered = [each for each in fitting if taken.get(each.id, organization.id) == organization.id]
        return Ranking(organization, tuple(found), tuple(offered), tuple(others))
