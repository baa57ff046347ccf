"""The catalogue: invented products of invented terms, shaped like the real ones."""

from decimal import Decimal
from typing import Final

from ingram_micro_cloud.sandbox.calls import Json
from ingram_micro_cloud.sandbox.offers import Offer, money, period
from ingram_micro_cloud.sandbox.world import World

MONTH: Final = ("month", 1)
YEAR: Final = ("year", 1)
SOFT: Final = "VA-210-400"
DOMAIN: Final = (("domain", "domain"),)
NCE: Final = (("domain", "domain"), ("offer_attestation", "attestation"))

PLANS: Final = (
    ("Harbor Mail Protection", MONTH, ((MONTH, False),)),
    ("Cloud Office, monthly term", MONTH, ((MONTH, False),)),
    ("Cloud Office, annual term billed monthly", MONTH, ((YEAR, False),)),
    ("Cloud Office, annual term billed yearly", YEAR, ((YEAR, False), (("year", 3), False))),
    ("Vault Backup", MONTH, ((MONTH, False), (("day", 30), True))),
    ("Northlight Identity", YEAR, ((YEAR, False),)),
)


def _offers(plans: list[str]) -> list[Offer]:
    harbor, monthly, annual, yearly, backup, identity = plans
    d = Decimal
    return [
        Offer("HMP-STD-M", "VA-118-220", "harbor_mail", "Harbor Mail Protection", harbor, MONTH, MONTH, d("3.20"), d("2.45")),
        Offer("CSO7BPREM:0001", SOFT, "cloud_office", "Cloud Office Business Premium", monthly, MONTH, MONTH,
              d("26.40"), d("22.10"), needs=NCE),
        Offer("CSO7BPREM:0001", SOFT, "cloud_office", "Cloud Office Business Premium", annual, MONTH, YEAR,
              d("22.00"), d("18.70"), needs=NCE),
        Offer("CSO7BPREM:0001", SOFT, "cloud_office", "Cloud Office Business Premium", yearly, YEAR, YEAR,
              d("264.00"), d("224.40"), needs=NCE),
        Offer("CSO7BASIC:0004", SOFT, "cloud_office", "Cloud Office Business Basic", annual, MONTH, YEAR,
              d("6.00"), d("5.10"), needs=DOMAIN, coterming=("MANDATORY", "SUBSCRIPTION")),
        Offer("CSO7BASIC:0005", SOFT, "cloud_office", "Cloud Office Business Basic (monthly)", monthly, MONTH, MONTH,
              d("7.20"), d("6.00"), needs=DOMAIN),
        Offer("CSO7EXCH:0001", SOFT, "cloud_office", "Cloud Office Mailbox Plan 1", annual, MONTH, YEAR,
              d("4.00"), d("3.40"), needs=DOMAIN),
        Offer("CSO7COPI:0002", SOFT, "cloud_office", "Cloud Office Assistant", yearly, YEAR, YEAR,
              d("360.00"), d("306.00"), needs=NCE, depends_on=("CSO7EXCH:0001",), coterming=("RESTRICTED", "SUBSCRIPTION")),
        Offer("VLT-BKP-100", "VA-330-115", "vault_backup", "Vault Backup 100 GB", backup, MONTH, MONTH, d("9.50"), d("7.60"),
              needs=(("contact_email", "email"),), model="TIERED", maximum=5000, coterming=("ALLOWED", "END_OF_MONTH"),
              tiers=((1, d("9.50")), (25, d("8.75")), (100, d("7.90")))),
        Offer("VLT-BKP-SRV", "VA-330-115", "vault_backup", "Vault Backup Server", backup, MONTH, MONTH, d("41.00"), d("33.00"),
              depends_on=("VLT-BKP-100",)),
        Offer("NLI-WORK-Y", "VA-414-009", "northlight", "Northlight Identity Workforce", identity, YEAR, YEAR, d("48.00"),
              d("38.40"), minimum=5, maximum=10_000),
        Offer("NLI-GUEST-Y", "VA-414-009", "northlight", "Northlight Identity Guest", identity, YEAR, YEAR, d("12.00"), d("9.60"),
              maximum=50_000, coterming=("RESTRICTED", "SUBSCRIPTION")),
    ]  # fmt: skip


def seed_catalogue(world: World) -> None:
    """Fill plans and products. The first product needs no parameter and no other product."""
    plans = [str(world.plans.add(_plan(world, *each))["id"]) for each in PLANS]
    for offer in _offers(plans):
        row = world.products.add(_product(world, offer))
        world.offers[str(row["id"])] = offer
    _switch(world, plans[1], plans[2], "prorate_keeping_exp_date", "immediately")
    _switch(world, plans[2], plans[3], "prorate_refund", "next_subscription_period")


def _plan(world: World, name: str, billing: tuple[str, int], terms: tuple[tuple[tuple[str, int], bool], ...]) -> Json:
    return {
        "id": world.plans.new_id(),
        "name": name,
        "shortDescription": f"{name} for practice",
        "longDescription": f"{name}: an invented plan of the practice marketplace.",
        "published": True,
        "subscriptionPeriods": [{**period(term), "trial": trial, "active": True} for term, trial in terms],
        "billingPeriod": period(billing),
        "billingModel": "chargeBeforeBillingPeriod",
        "planSwitches": [],
    }


def _product(world: World, offer: Offer) -> Json:
    tiers = offer.tiers or ((1, offer.price),)
    limits = [{"lowerLimit": limit} if offer.tiers else {} for limit, _ in tiers]
    return {
        "mpn": offer.mpn,
        "vendor": offer.vendor,
        "id": world.products.new_id(),
        "serviceName": offer.service,
        "name": offer.name,
        "minimumQuantity": f"{offer.minimum}.0",
        "maximumQuantity": f"{offer.maximum}.0",
        "prices": [
            {**money(price), "type": "recurring", "model": offer.model, **limit}
            for (_, price), limit in zip(tiers, limits, strict=True)
        ],
        "costs": [{**money(offer.cost), "type": "recurring", "model": "FLAT"}],
        "billingPeriod": period(offer.billing),
        "subscriptionPeriod": period(offer.term),
        "billingModel": "chargeBeforeBillingPeriod",
        "dependsOn": [{"mpn": mpn} for mpn in offer.depends_on],
        "coterming": {"required": offer.coterming[0], "type": offer.coterming[1]},
    }


def _switch(world: World, source: str, target: str, policy: str, when: str) -> None:
    row, other = world.plans.need(source, "plan"), world.plans.need(target, "plan")
    first, second = row["subscriptionPeriods"], other["subscriptionPeriods"]
    if isinstance(first, list) and isinstance(second, list) and isinstance(row["planSwitches"], list):
        row["planSwitches"].append(
            {
                "planId": int(target),
                "subscriptionPeriod": {key: second[0][key] for key in ("type", "duration")},
                "billingPolicy": policy,
                "whenEffective": when,
                "sourceSubscriptionPeriod": {key: first[0][key] for key in ("type", "duration")},
            }
        )
