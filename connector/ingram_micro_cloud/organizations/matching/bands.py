"""When a score is certain, likely or possible: identifiers that only two carry, and what supports them."""

from collections.abc import Iterable

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.facts import Facts, carried
from ingram_micro_cloud.organizations.matching.signals import DOMAINS, Fit
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

    def __init__(self, spec: MappingFile) -> None:
        self._spec = spec
        self._identifiers: dict[str, bool] = {
            name: each.alone for name, each in spec.signals.items() if each.identifier
        }

    def deciding(self, organization: Facts, fit: Fit, carriers: Carriers) -> str | None:
        """Return the identifier that settles a pair: carried by these two only, supported, contradicted by none."""
        if not self._identifiers.keys().isdisjoint(fit.contradicted):
            return None
        for finding in fit.findings:
            signal = finding.signal
            if finding.fit == 0 or signal not in self._identifiers or not self._is_supported(signal, fit):
                continue
            common = organization.carried(signal) & fit.customer.carried(signal)
            if any(carriers.only_these_two(signal, value) for value in common):
                return signal
        return None

    def stands_alone(self, signal: str | None) -> bool:
        """Whether an identifier needs no support."""
        return self._identifiers.get(signal or "", False)

    def shares_an_identity(self, fit: Fit) -> bool:
        """Whether an identifier that stands alone agrees, though others carry it too."""
        return any(alone and fit.agrees(signal) for signal, alone in self._identifiers.items())

    def by_score(self, fit: Fit) -> Band:
        """Return the band a score alone gives; never certain, and for a cancelled customer at most possible."""
        if fit.score >= self._spec.bands.likely:
            return "possible" if fit.customer.cancelled else "likely"
        return "possible" if fit.score >= self._spec.bands.possible else "none"

    def is_offered(self, fit: Fit) -> bool:
        """Whether a customer fits well enough to be offered at all."""
        return fit.score >= self._spec.bands.possible

    @staticmethod
    def full_name_and_domain(fit: Fit) -> bool:
        """Whether the whole name and a domain agree, and nothing speaks against it."""
        return fit.agreement.full and fit.domain_agrees and not fit.contradicted

    def _is_supported(self, signal: str, fit: Fit) -> bool:
        # Numeric ids of two systems collide, so an id alone is believed only where a name or a domain joins it.
        if self._identifiers[signal]:
            return True
        if fit.agreement.finding == "numbers_differ":
            return False
        # One domain seen in two places is one sign, not two.
        return (signal not in DOMAINS and fit.domain_agrees) or fit.agreement.by_words >= self._spec.support
