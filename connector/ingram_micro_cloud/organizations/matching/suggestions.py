"""Suggestions for organizations: pure functions of what is known; nothing is read and nothing is saved."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from ingram_micro_cloud.manifest.mapping import CompanyWords, MappingFile
from ingram_micro_cloud.organizations.matching.assignment import Settled, assign
from ingram_micro_cloud.organizations.matching.bands import Bands
from ingram_micro_cloud.organizations.matching.facts import Facts, Gathering
from ingram_micro_cloud.organizations.matching.index import Index
from ingram_micro_cloud.organizations.matching.judging import Judge, named_alike
from ingram_micro_cloud.organizations.matching.names import Names
from ingram_micro_cloud.organizations.matching.population import Population, without_shared_domains
from ingram_micro_cloud.organizations.matching.ranking import Ranker, Ranking
from ingram_micro_cloud.organizations.matching.signals import Scorer
from ingram_micro_cloud.organizations.matching.words import vocabulary_of
from ingram_micro_cloud.organizations.matching.worth import worth_reading
from ingram_micro_cloud.organizations.models import KnownCustomer, Organization, Signal, Suggestion, WorthReading

Taken = Mapping[str, str]
"""Customer id to the id of the organization that has it."""


class Matcher:
    """Matches organizations with customers.

    Features and index are built once; every answer is a function of what was handed in, whatever its order.
    """

    def __init__(
        self,
        spec: MappingFile,
        words: CompanyWords,
        customers: Sequence[KnownCustomer],
        organizations: Sequence[Organization] = (),
    ) -> None:
        """Take what is known.

        Args:
            spec: How to match.
            words: The words around company names.
            customers: Those to choose from.
            organizations: All that there are, mapped ones too: an identifier settles nothing when two carry it.
        """
        self._spec = spec
        self._known = {each.id: each for each in customers}
        vocabulary = vocabulary_of(words)
        self._gathering = Gathering(spec, vocabulary)
        living = [self._gathering.customer(self._known[key]) for key in sorted(self._known)]
        self._customers = without_shared_domains(living, spec.domain_shared_by)
        self._names = Names(spec, vocabulary, (each.name for each in self._customers))
        self._scorer = Scorer(spec, self._names, self._customers)
        self._bands = Bands(spec, self._scorer)
        self._ranker = Ranker(spec, self._scorer, self._bands)
        self._index = Index(spec, self._names, self._customers)
        self._organizations = self._facts(organizations)

    def suggestions(self, organizations: Sequence[Organization], taken: Taken) -> tuple[Suggestion, ...]:
        """Return one suggestion per organization, in the order given.

        Args:
            organizations: Those that are not mapped.
            taken: Customers that are mapped already; they are not offered to anybody else.
        """
        facts = self._facts(organizations)
        decided = self._decided(self._rankings(facts.values(), self._population(facts), taken), facts, taken)
        return tuple(decided[each.id] for each in organizations)

    def best(self, organization: Organization, taken: Taken) -> Suggestion:
        """Return the suggestion for one organization, weighed against those that want the same customers."""
        facts = self._facts([organization])
        population = self._population(facts)
        (own,) = self._rankings(facts.values(), population, taken)
        mapped = set(taken.values())
        near = {
            rival.id: rival
            for candidate in own.offered[:2]
            for rival in self._rivals.candidates(candidate.fit.customer)
            if rival.id not in mapped and rival.id != organization.id
        }
        rankings = [own, *self._rankings(near.values(), population, taken)]
        return self._decided(rankings, {**near, **facts}, taken)[organization.id]

    def pair(self, organization: Organization, customer: KnownCustomer) -> tuple[float, tuple[Signal, ...]]:
        """Return score and signals of a given pair, for showing what speaks for and against a mapping."""
        facts = self._facts([organization])
        (ours,) = self._population(facts).audible(facts.values())
        theirs = next((each for each in self._customers if each.id == customer.id), None)
        if theirs is None or self._known[customer.id] != customer:
            theirs = self._gathering.customer(customer)
        fit = self._scorer.fit(ours, theirs)
        return fit.score, self._scorer.told(fit)

    def worth_reading(self, organizations: Sequence[Organization], taken: Taken) -> tuple[WorthReading, ...]:
        """Return customers whose details or holdings should be read next, most valuable first.

        Only for organizations that carry something a read could confirm (a domain, a Microsoft tenant, a tax id):
        customers between which a person would have to decide, then the one candidate such a fact could make certain,
        then, for organizations without a likely candidate, the customers no organization claims by name. Customers
        that are gone or taken are not among them, nor those of which what could help was read.
        """
        facts = self._facts(organizations)
        rankings = self._rankings(facts.values(), self._population(facts), taken)
        decided = self._decided(rankings, facts, taken)
        offered = {key: each for key, each in self._known.items() if not each.gone and key not in taken}
        return worth_reading(rankings, decided, offered, self._spec)

    def score_everybody(self, organization: Organization) -> tuple[tuple[str, float], ...]:
        """Return every living customer and its score, best first: what the index is measured against."""
        return self._scores(organization, self._customers)

    def score_candidates(self, organization: Organization) -> tuple[tuple[str, float], ...]:
        """Return the customers the index finds and their scores, best first."""
        return self._scores(organization, None)

    def _scores(self, organization: Organization, customers: Sequence[Facts] | None) -> tuple[tuple[str, float], ...]:
        facts = self._facts([organization])
        population = self._population(facts)
        (ours,) = population.audible(facts.values())
        candidates = self._index.candidates(ours) if customers is None else customers
        ranking = self._ranker.rank(ours, candidates, population.carriers, {})
        return tuple((each.id, each.fit.score) for each in ranking.candidates)

    @cached_property
    def _rivals(self) -> Index:
        return Index(self._spec, self._names, list(self._organizations.values()))

    def _facts(self, organizations: Iterable[Organization]) -> dict[str, Facts]:
        found = {each.id: self._gathering.organization(each) for each in organizations}
        return {key: found[key] for key in sorted(found)}

    @cached_property
    def _everybody(self) -> Population:
        return Population(self._customers, self._organizations.values(), self._spec.domain_shared_by)

    def _population(self, organizations: Mapping[str, Facts]) -> Population:
        if all(self._organizations.get(key) == facts for key, facts in organizations.items()):
            return self._everybody
        return Population(
            self._customers, {**self._organizations, **organizations}.values(), self._spec.domain_shared_by
        )

    def _rankings(self, organizations: Iterable[Facts], population: Population, taken: Taken) -> list[Ranking]:
        return [
            self._ranker.rank(each, self._index.candidates(each), population.carriers, taken)
            for each in population.audible(organizations)
        ]

    def _decided(self, rankings: Sequence[Ranking], facts: Mapping[str, Facts], taken: Taken) -> dict[str, Suggestion]:
        named = named_alike(rankings)
        judge = Judge(self._spec, self._scorer, self._bands, {**self._organizations, **facts}, taken, named)
        wishes = {
            each.organization.id: {candidate.id: candidate.rank for candidate in each.offered}
            for each in rankings
            if not judge.wants_a_taken_one(each)
        }
        settled = assign(wishes, lead=self._spec.lead, most_in_group=self._spec.candidates.most_in_one_group)
        return {
            each.organization.id: judge.suggestion(each, settled.get(each.organization.id, Settled(None)))
            for each in rankings
        }
