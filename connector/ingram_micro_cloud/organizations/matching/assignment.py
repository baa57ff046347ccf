"""Who gets whom when organizations want the same customers: one-to-one, the best sum, never first come."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

Wishes = Mapping[str, Mapping[str, float]]
"""Per organization the customers it may have, and how well each fits."""
_WHOLE = 1_000_000
"""Weights are compared as whole numbers, so that no rounding decides."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one organization's wishes.

    Attributes:
        customer: What it got; where that is contested, what it wanted most.
        lead: Distance to its next free wish, or the whole weight where there is none.
        room: Distance to the next organization that wants the customer and did not get better.
        rivals: Organizations that want the customer about as much: a person has to decide.
        lost: The customer it wanted most and that clearly fits another one, the `winner`.
    """

    customer: str | None
    lead: float = 0.0
    room: float = 1.0
    rivals: tuple[str, ...] = ()
    lost: str | None = None
    winner: str | None = None


def assign(wishes: Wishes, *, lead: float, most_in_group: int) -> dict[str, Settled]:
    """Settle all wishes; the answer does not depend on any order.

    First every pair is fixed whose two sides want each other most, each with a clear lead; this is repeated with what
    is left. Each remaining group that hangs together gets the one-to-one assignment with the greatest sum. A larger
    group than allowed is settled best pair first instead (then by id): the exact assignment grows with the third power.

    Args:
        wishes: Who may have whom.
        lead: How much better a pair has to be than the next one to count as clear.
        most_in_group: Organizations and customers of the largest group that is settled exactly.
    """
    open_wishes = {organization: dict(wanted) for organization, wanted in sorted(wishes.items())}
    got: dict[str, Settled] = {}
    owner: dict[str, str] = {}
    while fixed := _fixed(open_wishes, lead):
        for organization, (customer, settled) in fixed.items():
            got[organization] = settled
            owner[customer] = organization
            del open_wishes[organization]
        for wanted in open_wishes.values():
            for customer in wanted.keys() & owner.keys():
                del wanted[customer]
    for group in _groups(open_wishes):
        matched = _matched(group) if _size(group) <= most_in_group else _best_first(group)
        got |= _judged(group, matched, lead)
        owner |= {customer: organization for organization, customer in matched.items()}
    for organization, asked in wishes.items():
        settled = got.setdefault(organization, Settled(None))
        first = _leading(asked)[0] if asked else None
        if first is not None and first != settled.customer and owner.get(first, organization) != organization:
            got[organization] = replace(settled, lost=first, winner=owner[first])
    return got


def _leading(weights: Mapping[str, float]) -> tuple[str, float]:
    """Return the best and its distance to the second; without a second, to nothing."""
    first = min(weights, key=lambda key: (-weights[key], key))
    return first, weights[first] - max(_others(weights, first), default=0.0)


def _wanted_by(wishes: Wishes) -> dict[str, dict[str, float]]:
    turned: dict[str, dict[str, float]] = {}
    for organization, wanted in wishes.items():
        for customer, weight in wanted.items():
            turned.setdefault(customer, {})[organization] = weight
    return turned


def _fixed(wishes: Wishes, lead: float) -> dict[str, tuple[str, Settled]]:
    favourites = {customer: _leading(by) for customer, by in _wanted_by(wishes).items()}
    found: dict[str, tuple[str, Settled]] = {}
    for organization, wanted in wishes.items():
        if not wanted:
            continue
        customer, ahead = _leading(wanted)
        favourite, room = favourites[customer]
        if favourite == organization and ahead >= lead and room >= lead:
            found[organization] = customer, Settled(customer, ahead, room)
    return found


def _groups(wishes: Wishes) -> Iterator[Wishes]:
    wanted_by = _wanted_by(wishes)
    seen: set[str] = set()
    for start in wishes:
        if start in seen or not wishes[start]:
            continue
        group, waiting = set[str](), [start]
        while waiting:
            organization = waiting.pop()
            if organization in group:
                continue
            group.add(organization)
            waiting += [
                other for customer in wishes[organization] for other in wanted_by[customer] if other not in group
            ]
        seen |= group
        yield {organization: wishes[organization] for organization in sorted(group)}


def _size(group: Wishes) -> int:
    return len(group) + len({customer for wanted in group.values() for customer in wanted})


def _matched(group: Wishes) -> dict[str, str]:
    if len(group) == 1:
        ((organization, wanted),) = group.items()
        return {organization: _leading(wanted)[0]}
    # Only contested groups need it, and importing it takes longer than most commands.
    from networkx import Graph, max_weight_matching

    organizations = sorted(group)
    customers = sorted({customer for wanted in group.values() for customer in wanted})
    graph = Graph()
    for number, organization in enumerate(organizations):
        for other, customer in enumerate(customers, len(organizations)):
            if customer in group[organization]:
                graph.add_edge(number, other, weight=round(group[organization][customer] * _WHOLE))
    pairs = [sorted(pair) for pair in max_weight_matching(graph)]
    return {organizations[number]: customers[other - len(organizations)] for number, other in sorted(pairs)}


def _best_first(group: Wishes) -> dict[str, str]:
    pairs = sorted(
        (-weight, organization, customer)
        for organization, wanted in group.items()
        for customer, weight in wanted.items()
    )
    matched: dict[str, str] = {}
    given: set[str] = set()
    for _, organization, customer in pairs:
        if organization not in matched and customer not in given:
            matched[organization] = customer
            given.add(customer)
    return matched


def _judged(group: Wishes, matched: Mapping[str, str], lead: float) -> dict[str, Settled]:
    """Say of each organization in a group whether what it got is clear, and who else wants it as much."""
    owner = {customer: organization for organization, customer in matched.items()}
    wanted_by = _wanted_by(group)
    rivals: dict[str, set[str]] = {organization: set() for organization in group}
    room: dict[str, float] = {}
    for organization, customer in matched.items():
        mine = group[organization][customer]
        for other, theirs in wanted_by[customer].items():
            served = matched.get(other)
            if other == organization or (served is not None and group[other][served] >= theirs):
                continue
            room[organization] = min(room.get(organization, 1.0), mine - theirs)
            if mine - theirs < lead:
                rivals[organization].add(other)
                rivals[other].add(organization)
    judged: dict[str, Settled] = {}
    for organization, wanted in group.items():
        against = tuple(sorted(rivals[organization]))
        best, _ = _leading(wanted)
        # A winner shows what it got. Whoever lost by little shows what it wanted.
        lost_closely = bool(against) and owner.get(best, organization) in against
        customer = best if lost_closely else matched.get(organization, "")
        if not customer:
            judged[organization] = Settled(None)
            continue
        free = {
            other: weight
            for other, weight in wanted.items()
            if (holder := owner.get(other, organization)) == organization or group[holder][other] - weight < lead
        }
        ahead = wanted[customer] - max(_others(free, customer), default=0.0)
        judged[organization] = Settled(customer, max(ahead, 0.0), room.get(organization, 1.0), against)
    return judged


def _others(weights: Mapping[str, float], but: str) -> Iterable[float]:
    return (weight for key, weight in weights.items() if key != but)
