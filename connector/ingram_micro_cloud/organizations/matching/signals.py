"""Scores one organization against one customer: every piece of evidence, and what they amount to."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.facts import IDENTIFYING, Facts, carried
from ingram_micro_cloud.organizations.matching.names import Agreement, Names
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


class Scorer:
    """Scores pairs by the declared weights."""

    def __init__(self, spec: MappingFile, names: Names, customers: Iterable[Facts]) -> None:
        self._weights: dict[str, float] = {name: each.weight for name, each in spec.signals.items()}
        self._against: dict[str, float] = {name: each.against for name, each in spec.signals.items()}
        self._says: dict[str, dict[str, str]] = {name: dict(each.says) for name, each in spec.signals.items()}
        self._names = names
        self._carried = carried(each for each in customers if each.is_alive)
        self._shared_note = spec.shared_note

    def fit(self, organization: Facts, customer: Facts) -> Fit:
        """Return how well a customer fits; more evidence for it never lowers the score."""
        agreement = self._names.compare(organization.name, customer.name)
        findings = self._identifying(organization, customer)
        if organization.name.words and customer.name.words:
            words = ", ".join(agreement.common)
            findings.append(Finding("name", agreement.whole, agreement.finding))
            findings.append(Finding("tokens", agreement.by_words, agreement.words_finding, words))
        if organization.country and customer.country:
            same = organization.country == customer.country
            findings.append(Finding("country", float(same), "agrees" if same else "differs"))
        if customer.cancelled:
            findings.append(Finding("status", 0.0, "differs"))
        missing, factor, contradicted = 1.0, 1.0, []
        for each in findings:
            if each.fit:
                missing *= 1 - self._weights[each.signal] * each.fit
            elif self._against[each.signal] < 1:
                factor *= self._against[each.signal]
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

    def _identifying(self, organization: Facts, customer: Facts) -> list[Finding]:
        findings: list[Finding] = []
        for signal, ours, theirs in zip(IDENTIFYING, organization.values, customer.values, strict=True):
            if not ours or not theirs:
                continue
            if common := ours & theirs:
                # What several customers have says that it is one of them, not which.
                value = min(common, key=lambda each: (self._carried.get((signal, each), 1), each))
                count = max(self._carried.get((signal, value), 1), 1)
                findings.append(Finding(signal, 1 / count, "agrees", value, count))
            elif signal not in SHOWN_ON_AGREEMENT:
                findings.append(Finding(signal, 0.0, "differs"))
        return findings
