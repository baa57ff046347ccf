"""One organization on its own: its candidates in order, and what an identifier makes of that order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.agreement import Closeness
from ingram_micro_cloud.organizations.matching.bands import Bands, Carriers
from ingram_micro_cloud.organizations.matching.facts import Facts
from ingram_micro_cloud.organizations.matching.signals import Fit, Scorer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer for an organization.

    Attributes:
        rank: The score, and more where an identifier settles the pair; what candidates are compared by.
        deciding: The identifier that settles it, or None.
        unread_rival: A customer that keeps an identifier from settling it: its name fits as well, and it may carry the
            same, which is not read yet.
    """

    fit: Fit
    rank: float
    deciding: str | None
    unread_rival: Facts | None = None

    @property
    def id(self) -> str:
        """The customer's id."""
        return self.fit.customer.id

    @property
    def is_named(self) -> bool:
        """Whether it is called as the organization is, but for order, legal form or a letter."""
        return self.fit.agreement.closeness >= Closeness.ALIKE


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
        named = [fit for fit in fits if fit.agreement.closeness >= Closeness.ALIKE]
        free = [fit for fit in named if taken.get(fit.customer.id, organization.id) == organization.id]
        found = []
        for fit in fits:
            deciding = self._bands.deciding(organization, fit, carriers)
            unread = self._unread_rival(fit, deciding, free) if deciding else None
            if deciding and (unread or self._points_elsewhere(organization, fit, deciding, named)):
                deciding = None
            found.append(Candidate(fit, fit.score + self._bonus if deciding else fit.score, deciding, unread))
        found.sort(key=lambda each: (-each.rank, each.id))
        fitting = [each for each in found if self._bands.is_offered(each.fit)]
        others = [each for each in fitting if taken.get(each.id, organization.id) != organization.id]
        offered = [each for each in fitting if taken.get(each.id, organization.id) == organization.id]
        return Ranking(organization, tuple(found), tuple(offered), tuple(others))

    def _points_elsewhere(self, organization: Facts, fit: Fit, deciding: str, named: Sequence[Fit]) -> bool:
        """Whether the id says one customer and the name another: ids of two systems may have collided."""
        if self._bands.stands_alone(deciding):
            return False
        least = fit.agreement.closeness + (0 if self._bands.rests_on_a_short_id(organization, fit, deciding) else 1)
        return any(each.agreement.closeness >= least for each in named if each is not fit)

    @staticmethod
    def _unread_rival(fit: Fit, deciding: str, named: Sequence[Fit]) -> Facts | None:
        """Return a customer whose name fits as well and that may turn out to carry the same identifier."""
        rivals = (
            each.customer
            for each in named
            if each is not fit
            and each.customer.is_alive
            and deciding in each.customer.unread
            and each.agreement.closeness >= fit.agreement.closeness
        )
        return min(rivals, key=lambda each: each.id, default=None)
