"""When a score is certain, likely or possible: identifiers that only two carry, and what supports them."""

from collections.abc import Iterable

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.agreement import Closeness
from ingram_micro_cloud.organizations.matching.facts import Facts, carried
from ingram_micro_cloud.organizations.matching.signals import DOMAINS, Fit, Scorer
from ingram_micro_cloud.organizations.models import Band


class Carriers:
    """How many living customers and how many organizations carry each identifying value."""

    def __init__(self, customers: Iterable[Facts], organizations: Iterable[Facts]) -> None:
        self._customers = carried(each for each in customers if each.is_alive)
        self._organizations = carried(organizations)

    def only_these_two(self, signal: str, value: str) -> bool:
        """Whether one customer and one organization carry a value, and nobody else."""
        return self._customers[signal, value] == 1 and self._organizations[signal, value] == 1


class Bands:
    """Reads bands off scores and identifiers, by the declared thresholds."""

    def __init__(self, spec: MappingFile, scorer: Scorer) -> None:
        self._spec = spec
        self._scorer = scorer
        self._identifiers: dict[str, bool] = {
            name: each.alone for name, each in spec.signals.items() if each.identifier
        }

    def deciding(self, organization: Facts, fit: Fit, carriers: Carriers) -> str | None:
        """Return the identifier that settles a pair: carried by these two only, supported, contradicted by none."""
        if not self._identifiers.keys().isdisjoint(fit.contradicted):
            return None
        for finding in fit.findings:
            signal = finding.signal
            if finding.fit == 0 or signal not in self._identifiers:
                continue
            for value in organization.carried(signal) & fit.customer.carried(signal):
                if carriers.only_these_two(signal, value) and self._is_supported(signal, value, fit):
                    return signal
        return None

    def stands_alone(self, signal: str | None) -> bool:
        """Whether an identifier needs no support."""
        return self._identifiers.get(signal or "", False)

    def rests_on_a_short_id(self, organization: Facts, fit: Fit, signal: str) -> bool:
        """Whether what these two have in common is so short that it may be another system's."""
        common = organization.carried(signal) & fit.customer.carried(signal)
        return all(self._scorer.is_short(value) for value in common)

    def shares_an_identity(self, fit: Fit) -> bool:
        """Whether an identifier that stands alone agrees, though others carry it too."""
        return any(alone and fit.agrees(signal) for signal, alone in self._identifiers.items())

    def by_score(self, fit: Fit) -> Band:
        """Return the band a score alone gives; never certain, and possible at most where something stands against it.

        That is a customer that is cancelled; and, while no tenant joins them, names that tell two branches apart, and
        an id that is so short that two systems may have given it.
        """
        if self.is_likely(fit):
            is_apart = fit.agreement.tells_apart or fit.rests_on_a_short_id
            stands_against = is_apart and not self.shares_an_identity(fit)
            return "possible" if fit.customer.cancelled or stands_against else "likely"
        return "possible" if fit.score >= self._spec.bands.possible else "none"

    def is_likely(self, fit: Fit) -> bool:
        """Whether the score is high enough for the band likely, below which nothing is certain."""
        return fit.score >= self._spec.bands.likely

    def is_offered(self, fit: Fit) -> bool:
        """Whether a customer fits well enough to be offered at all."""
        return fit.score >= self._spec.bands.possible

    @staticmethod
    def full_name_and_domain(fit: Fit) -> bool:
        """Whether the whole name and a domain agree, and nothing speaks against it."""
        return fit.agreement.full and fit.domain_agrees and not fit.contradicted

    def _is_supported(self, signal: str, value: str, fit: Fit) -> bool:
        """Whether the name, or part of it and a domain, support an identifier; words in common are too little."""
        if self._identifiers[signal]:
            return True
        if fit.contradicted:
            return False
        closeness, in_order = fit.agreement.closeness, fit.agreement.in_order
        if signal in DOMAINS:
            # A domain is a family's as often as one company's, and seen in two places it is one sign, not two.
            return closeness == Closeness.FULL
        if self._scorer.is_short(value):
            is_named = closeness == Closeness.FULL and in_order and not fit.domain_differs
            return is_named or (closeness == Closeness.NEAR and fit.domain_agrees)
        return closeness >= Closeness.NEAR or (closeness == Closeness.WITHIN and fit.domain_is_theirs)
