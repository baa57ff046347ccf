"""Organizations and customers of which it is known who is who: what matching is measured on.

Everything is invented and follows from the seed. Each case says what is true: one customer, either of two, or none.
Names come from syllables, so that words are as rare as in real lists, or are a town and a trade, as so many are. Most
organizations carry what a platform carries: mail domains, some a Microsoft tenant id, some ids of other systems. Most
customers have been read (details, holdings), as after a refresh; the rest are bare list rows.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from random import Random

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization
from support import labelled_cases, labelled_towns
from support.labelled_making import Making

CASES: Mapping[str, tuple[Callable[[Making], None], int]] = {
    "plain": (labelled_cases.plain, 45),
    "legal form left out": (labelled_cases.form_left_out, 8),
    "franchise": (labelled_cases.franchise, 6),
    "renamed, same tenant": (labelled_cases.renamed, 4),
    "merged, one tenant": (labelled_cases.merged, 2),
    "other script": (labelled_cases.other_script, 4),
    "near twins": (labelled_cases.twins, 4),
    "parent and child": (labelled_cases.parent, 4),
    "typing error": (labelled_cases.typing_error, 5),
    "word order": (labelled_cases.word_order, 3),
    "abbreviation": (labelled_cases.abbreviation, 3),
    "free mail only": (labelled_cases.free_mail, 3),
    "reseller's own domain": (labelled_cases.reseller_domain, 3),
    "external id of another system": (labelled_cases.colliding_ids, 3),
    "same name, other country": (labelled_cases.other_country, 2),
    "tenant of another customer": (labelled_cases.foreign_tenant, 2),
    "namesake": (labelled_cases.namesake, 2),
    "acquired": (labelled_cases.acquired, 1),
    "no customer": (labelled_cases.no_customer, 6),
    "town and trade": (labelled_towns.town_and_trade, 14),
    "number of an old system": (labelled_towns.old_number, 9),
    "one domain for a family": (labelled_towns.one_domain, 4),
    "lettered units": (labelled_towns.lettered, 3),
    "two countries": (labelled_towns.two_countries, 3),
    "words that mean two companies": (labelled_towns.confused, 2),
}
"""Every case, and how often it is drawn beside the others; one makes up to six organizations."""


@dataclass(frozen=True)
class Labelled:
    """A list of organizations, a list of customers, and the truth.

    Attributes:
        truth: Per organization the customers that are right; none where it has no customer.
        case: Per organization the case it came from.
    """

    organizations: tuple[Organization, ...]
    customers: tuple[KnownCustomer, ...]
    truth: Mapping[str, frozenset[str]]
    case: Mapping[str, str]


def labelled(count: int, seed: int = 20261125, only: Collection[str] | None = None) -> Labelled:
    """Return at least `count` organizations and about as many customers, in an order that says nothing.

    Args:
        count: How many organizations there are to be.
        seed: What everything follows from.
        only: Cases to draw; all of them unless given.
    """
    making = Making(Random(seed))  # noqa: S311  # invented data is no secret
    chosen = [kind for kind in CASES if only is None or kind in only]
    weights = [CASES[kind][1] for kind in chosen]
    while len(making.organizations) < count:
        (kind,) = making.random.choices(chosen, weights)
        making.case_now = kind
        CASES[kind][0](making)
    making.random.shuffle(making.organizations)
    making.random.shuffle(making.customers)
    return Labelled(tuple(making.organizations), tuple(making.customers), making.truth, making.case)
