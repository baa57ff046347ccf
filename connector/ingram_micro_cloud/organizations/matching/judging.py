"""From a ranking and its assignment to the suggestion a person reads."""

from collections.abc import Iterable, Mapping

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching import reasons
from ingram_micro_cloud.organizations.matching.agreement import Closeness
from ingram_micro_cloud.organizations.matching.assignment import Settled
from ingram_micro_cloud.organizations.matching.bands import Bands
from ingram_micro_cloud.organizations.matching.facts import Facts
from ingram_micro_cloud.organizations.matching.ranking import Candidate, Ranking
from ingram_micro_cloud.organizations.matching.signals import Scorer
from ingram_micro_cloud.organizations.models import Band, RunnerUp, State, Suggestion

Named = Mapping[str, Mapping[str, Closeness]]
"""Per customer the organizations that are called as it is, and how closely."""


def named_alike(rankings: Iterable[Ranking]) -> Named:
    """Return which organizations have the name of each customer, but for order, legal form or a letter."""
    found: dict[str, dict[str, Closeness]] = {}
    for ranking in rankings:
        for each in ranking.candidates:
            if each.is_named:
                found.setdefault(each.id, {})[ranking.organization.id] = each.fit.agreement.closeness
    return found


class Judge:
    """Decides state and band, and says why."""

    def __init__(
        self,
        spec: MappingFile,
        scorer: Scorer,
        bands: Bands,
        organizations: Mapping[str, Facts],
        taken: Mapping[str, str],
        named: Named,
    ) -> None:
        self._spec = spec
        self._scorer = scorer
        self._bands = bands
        self._organizations = organizations
        self._taken = taken
        self._named = named

    def wants_a_taken_one(self, ranking: Ranking) -> bool:
        """Whether a customer of another organization is clearly the best."""
        if not ranking.taken:
            return False
        best_free = ranking.offered[0].rank if ranking.offered else 0.0
        return ranking.taken[0].rank - best_free >= self._spec.lead

    def suggestion(self, ranking: Ranking, settled: Settled) -> Suggestion:
        """Return what is thought of an organization."""
        if self.wants_a_taken_one(ranking):
            return self._without_customer(
                ranking, "conflict", reasons.taken(ranking.taken[0], self._owner_of(ranking.taken[0]))
            )
        if settled.customer is None:
            return self._without_customer(ranking, "unmapped", self._why_nobody(ranking, settled))
        return self._with_customer(ranking, ranking.candidate(settled.customer), settled)

    def _with_customer(self, ranking: Ranking, candidate: Candidate, settled: Settled) -> Suggestion:
        runner_up = self._runner_up(ranking, candidate, settled)
        is_close = runner_up is not None and settled.lead < self._spec.lead
        in_conflict = bool(settled.rivals) or is_close
        band = self._band(ranking, candidate, settled, in_conflict=in_conflict)
        reason = reasons.why(candidate.fit, self._scorer)
        if candidate.unread_rival is not None:
            reason += reasons.unread(candidate.unread_rival)
        if settled.rivals:
            reason += reasons.contested([self._name(each) for each in settled.rivals])
        elif is_close and runner_up is not None:
            reason += reasons.small_lead(runner_up)
        else:
            if settled.lost is not None and settled.winner is not None:
                lost = ranking.candidate(settled.lost)
                reason += f" {reasons.went_to(lost, self._name(settled.winner))}."
            reason += reasons.next_best(runner_up)
        customer, score = candidate.fit.customer, candidate.fit.score
        return Suggestion(
            organization_id=ranking.organization.id,
            organization_name=ranking.organization.label,
            state="conflict" if in_conflict else "suggested",
            customer_id=customer.id,
            customer_name=customer.label,
            score=score,
            band=band,
            lead=max(score - runner_up.fit.score, 0.0) if runner_up else score,
            runner_up=_shown(runner_up),
            signals=self._scorer.told(candidate.fit),
            reason=reason,
        )

    def _without_customer(self, ranking: Ranking, state: State, reason: str) -> Suggestion:
        free = next((each for each in ranking.offered), None) if state == "conflict" else None
        return Suggestion(
            organization_id=ranking.organization.id,
            organization_name=ranking.organization.label,
            state=state,
            runner_up=_shown(free),
            reason=reason + reasons.next_best(free),
        )

    def _band(self, ranking: Ranking, candidate: Candidate, settled: Settled, *, in_conflict: bool) -> Band:
        by_score = self._bands.by_score(candidate.fit)
        if in_conflict or candidate.fit.customer.cancelled or self._is_another_named(ranking, candidate):
            return "possible"
        others = [each for each in ranking.candidates if each is not candidate]
        if any(each.deciding or self._bands.shares_an_identity(each.fit) for each in others):
            # Identifiers that point at two customers: one of them is wrong, or the organization has both.
            return by_score
        if not self._bands.is_likely(candidate.fit):
            return by_score
        if candidate.deciding and ranking.candidates[0] is candidate:
            return by_score if self._is_named_like_another(ranking, candidate) else "certain"
        nearest = max((each.rank for each in others), default=0.0)
        is_alone = min(candidate.rank - nearest, settled.room) >= self._spec.certain_lead
        return "certain" if is_alone and self._bands.full_name_and_domain(candidate.fit) else by_score

    def _is_named_like_another(self, ranking: Ranking, candidate: Candidate) -> bool:
        """Whether the customer is called as another organization is, which is then the likelier one."""
        if candidate.deciding is None or self._bands.stands_alone(candidate.deciding):
            return False
        is_short = self._bands.rests_on_a_short_id(ranking.organization, candidate.fit, candidate.deciding)
        least = candidate.fit.agreement.closeness + (0 if is_short else 1)
        others = self._named.get(candidate.id, {})
        return any(close >= least for key, close in others.items() if key != ranking.organization.id)

    def _is_another_named(self, ranking: Ranking, candidate: Candidate) -> bool:
        """Whether another customer has the organization's name in full, and no tenant joins it with this one."""
        if candidate.fit.agreement.full or self._bands.shares_an_identity(candidate.fit):
            return False
        return any(each.fit.agreement.full and each.fit.customer.is_alive for each in ranking.offered)

    def _runner_up(self, ranking: Ranking, candidate: Candidate, settled: Settled) -> Candidate | None:
        others = [each for each in ranking.candidates if each is not candidate and each.id != settled.lost]
        free = [each for each in others if self._taken.get(each.id, ranking.organization.id) == ranking.organization.id]
        return next(iter(free), None)

    def _why_nobody(self, ranking: Ranking, settled: Settled) -> str:
        if settled.lost is not None and settled.winner is not None:
            lost = ranking.candidate(settled.lost)
            told = (
                "No customer is left for it"
                if self._bands.is_likely(lost.fit)
                else "No other customer fits well enough"
            )
            return f"{told}: {reasons.went_to(lost, self._name(settled.winner))}."
        return reasons.nobody(ranking.nearest)

    def _owner_of(self, candidate: Candidate) -> str:
        return self._name(self._taken[candidate.id])

    def _name(self, organization_id: str) -> str:
        known = self._organizations.get(organization_id)
        return f"{known.label} ({organization_id})" if known else organization_id


def _shown(candidate: Candidate | None) -> RunnerUp | None:
    if candidate is None:
        return None
    return RunnerUp(candidate.id, candidate.fit.customer.label, candidate.fit.score)
