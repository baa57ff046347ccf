"""Scores one organization against one customer: every piece of evidence, and what they amount to."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.agreement import Agreement, Closeness
from ingram_micro_cloud.organizations.matching.facts import IDENTIFYING, Facts, carried
from ingram_micro_cloud.organizations.matching.names import Names
from ingram_micro_cloud.organizations.models import Signal

SHOWN_ON_AGREEMENT = ("external_id",)
"""Ids of two systems differ as a rule; only that they agree says something."""
DOMAINS = ("contact_domain", "microsoft_domain")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one signal showed: how well it fits (0 to 1), under which name, what was compared, how many have that."""

    signal: str
    fit: float
    found: str
    value: str = ""
    shared_by: int = 1


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a customer fits an organization.

    Attributes:
        score: 0 to 1.
        contradicted: Signals that speak against it with a factor.
    """

    customer: Facts
    score: float
    findings: tuple[Finding, ...]
    agreement: Agreement
    contradicted: frozenset[str]

    def agrees(self, signal: str) -> bool:
        """Whether a signal was found and speaks for it."""
        return any(each.signal == signal and each.fit > 0 for each in self.findings)

    @property
    def domain_agrees(self) -> bool:
        """Whether a domain of the organization is one the customer uses."""
        return any(self.agrees(signal) for signal in DOMAINS)

    @property
    def domain_is_theirs(self) -> bool:
        """Whether a domain agrees that no other customer has."""
        return any(each.signal in DOMAINS and each.fit == 1 for each in self.findings)

    @property
    def rests_on_a_short_id(self) -> bool:
        """Whether an id agrees that may be another system's, and neither name nor domain says the same."""
        is_apart = self.agreement.closeness == Closeness.APART and not self.domain_agrees
        return is_apart and any(each.found == "short" for each in self.findings)

    @property
    def domain_differs(self) -> bool:
        """Whether contacts write from other domains, and no domain agrees."""
        return not self.domain_agrees and any(each.signal == "contact_domain" for each in self.findings)


class Scorer:
    """Scores pairs by the declared weights."""

    def __init__(self, spec: MappingFile, names: Names, customers: Iterable[Facts]) -> None:
        self._weights: dict[str, float] = {name: each.weight for name, each in spec.signals.items()}
        self._against: dict[str, float] = {name: each.against for name, each in spec.signals.items()}
        self._says: dict[str, dict[str, str]] = {name: dict(each.says) for name, each in spec.signals.items()}
        self._short = {name: each.fits["short"] for name, each in spec.signals.items() if "short" in each.fits}
        self._short_id = spec.short_id
        self._alone = [name for name, each in spec.signals.items() if each.alone]
        self._names = names
        self._carried = carried(each for each in customers if each.is_alive)
        self._shared_note = spec.shared_note

    def fit(self, organization: Facts, customer: Facts) -> Fit:
        """Return how well a customer fits; more evidence for it never lowers the score."""
        agreement = self._names.compare(organization.name, customer.name)
        findings = self._identifying(organization, customer, agreement)
        if organization.name.words and customer.name.words:
            words = ", ".join(agreement.common)
            findings.append(Finding("name", agreement.whole, agreement.finding))
            findings.append(Finding("tokens", agreement.by_words, agreement.words_finding, words))
        if organization.country and customer.country:
            same = organization.country == customer.country
            findings.append(Finding("country", float(same), "agrees" if same else "differs"))
        if customer.cancelled:
            findings.append(Finding("status", 0.0, "differs"))
        # A company with offices abroad has one tenant: the country says nothing against that.
        has_identity = any(each.fit == 1 for each in findings if each.signal in self._alone)
        missing, factor, contradicted = 1.0, 1.0, []
        for each in findings:
            if each.fit:
                missing *= 1 - self._weights[each.signal] * each.fit
            elif self._against[each.signal] < 1:
                factor *= 1 if has_identity and each.signal == "country" else self._against[each.signal]
                contradicted.append(each.signal)
        return Fit(customer, (1 - missing) * factor, tuple(findings), agreement, frozenset(contradicted))

    def told(self, fit: Fit) -> tuple[Signal, ...]:
        """Return the evidence as it is shown: strongest first, what speaks against it last."""
        shown = [Signal(each.signal, each.fit, self._weights[each.signal], self.words(each)) for each in fit.findings]
        return tuple(sorted(shown, key=lambda each: (-each.score * each.weight, each.name)))

    def words(self, finding: Finding) -> str:
        """Return what a finding says."""
        said = self._says[finding.signal][finding.found].replace("{value}", finding.value)
        if finding.shared_by > 1:
            said += self._shared_note.replace("{count}", str(finding.shared_by))
        return said

    def counts(self, finding: Finding) -> float:
        """Return how much a finding adds (0 to 1)."""
        return self._weights[finding.signal] * finding.fit

    def is_short(self, value: str) -> bool:
        """Whether an id is so short that another system may have given it to somebody else."""
        return len(value) <= self._short_id

    def _identifying(self, organization: Facts, customer: Facts, agreement: Agreement) -> list[Finding]:
        findings: list[Finding] = []
        for signal, ours, theirs in zip(IDENTIFYING, organization.values, customer.values, strict=True):
            if not ours or not theirs:
                continue
            if common := ours & theirs:
                # What several customers have says that it is one of them, not which.
                value = min(common, key=lambda each: (self._carried.get((signal, each), 1), each))
                count = max(self._carried.get((signal, value), 1), 1)
                trust, found = 1.0, "agrees"
                if signal in self._short and self.is_short(value) and agreement.closeness < Closeness.NEAR:
                    trust, found = self._short[signal], "short"
                findings.append(Finding(signal, trust / count, found, value, count))
            elif signal not in SHOWN_ON_AGREEMENT:
                findings.append(Finding(signal, 0.0, "differs"))
        return findings
