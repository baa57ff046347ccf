"""One plain sentence for a person: why this customer, why not, who else."""

from collections.abc import Sequence

from ingram_micro_cloud.organizations.matching.facts import Facts
from ingram_micro_cloud.organizations.matching.ranking import Candidate
from ingram_micro_cloud.organizations.matching.signals import Fit, Scorer

_MOST_NAMED = 3
_HALF = 0.5
_AGAINST = (
    "words_differ", "qualifier", "qualifiers_differ", "number_missing", "numbers_differ", "reordered",
    "legal_form_differs",
)  # fmt: skip
"""What is found about names and speaks against a customer, though it may count."""


def why(fit: Fit, scorer: Scorer) -> str:
    """Return what speaks for a customer, strongest first, and what speaks against it."""
    speaking = [each for each in fit.findings if each.fit > 0 and each.signal != "country"]
    name = next((each for each in fit.findings if each.signal == "name" and each.found in _AGAINST), None)
    speaking = [each for each in speaking if each is not name]
    # Words in common say nothing new where the names agree in whole.
    is_told = name is None and fit.agreement.whole >= _HALF
    speaking = [each for each in speaking if each.signal != "tokens" or not is_told]
    speaking.sort(key=lambda each: (-scorer.counts(each), each.signal))
    told = [scorer.words(each) for each in speaking[:2]]
    against = [scorer.words(each) for each in fit.findings if each.signal in fit.contradicted]
    sentence = ", and ".join(told) or "nothing speaks for it"
    if name is not None:
        against.insert(0, scorer.words(name))
    if against:
        sentence += f", but {' and '.join(against)}"
    return sentence[0].upper() + sentence[1:] + "."


def unread(rival: Facts) -> str:
    """Return whose details have to be read before this can be certain."""
    return (
        f" The name of {rival.label} ({rival.id}) fits as well, and what it carries is not read yet; this reads it:"
        " im-cloud mapping refresh."
    )


def called(candidate: Candidate) -> str:
    """Return a customer as messages name it."""
    return f"{candidate.fit.customer.label} ({candidate.id})"


def next_best(runner_up: Candidate | None) -> str:
    """Return the sentence about the runner-up."""
    return "" if runner_up is None else f" Next best: {called(runner_up)}, {runner_up.fit.score:.2f}."


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence, shortened where there are many."""
    if len(names) > _MOST_NAMED:
        names = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def contested(names: Sequence[str]) -> str:
    """Return why several organizations that want one customer are left to a person."""
    wants = "wants" if len(names) == 1 else "want"
    return f" {listed(names)} {wants} it about as much: decide which one it is."


def small_lead(runner_up: Candidate) -> str:
    """Return why two customers that fit about as well are left to a person."""
    return f" {called(runner_up)} fits about as well ({runner_up.fit.score:.2f}): decide which one it is."


def taken(candidate: Candidate, owner: str) -> str:
    """Return why the best customer is not offered."""
    return (
        f"Its best match, {called(candidate)}, is taken by {owner}: clear that mapping, or give this organization"
        " another customer."
    )


def went_to(candidate: Candidate, winner: str) -> str:
    """Return where the customer went that this organization wanted most."""
    return f"{called(candidate)} clearly fits {winner} better"


def nobody(nearest: Candidate | None) -> str:
    """Return that no customer fits."""
    if nearest is None or nearest.fit.score == 0:
        return "No customer is like it."
    return f"No customer fits well enough; the nearest is {called(nearest)}, {nearest.fit.score:.2f}."
