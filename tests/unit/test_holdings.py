"""Seats and renewals over the fleet, reckoned in decimals per currency; what is in use counts once. Also as CSV."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ingram_micro_cloud.ordering.fleet.exports import RENEWAL_HEADINGS, SEAT_HEADINGS, renewals_csv, seats_csv
from ingram_micro_cloud.ordering.fleet.holdings import Owner, SeatRow, seat_rows, with_use
from ingram_micro_cloud.ordering.fleet.renewals import MonthAtRisk, money_at_risk, renewals_of
from ingram_micro_cloud.ordering.models import Money

D = Decimal
TODAY = date(2026, 11, 25)
MONTH, YEAR = {"type": "month", "duration": 1}, {"type": "year", "duration": 1}
OWNERS = {
    "2040001": Owner("Contoso Ltd", "PSA-1", "org-1", "Contoso"),
    "2040002": Owner("Fabrikam", "", "org-2", "Fabrikam"),
}


def held(key: str, seats: object = 10, **more: Any) -> dict[str, Any]:
    product = {"mpn": "CSO7:1", "name": "Business Premium", "quantity": seats,
               "unitPrice": {"currency": "CAD", "amount": "31.20"}, "unitCost": {"currency": "CAD", "amount": "26.00"},
               "extendedPrice": {"currency": "CAD", "amount": "312.00"}}  # fmt: skip
    return {"id": key, "name": "Plan", "customerId": "2040001", "status": "active", "renewalStatus": True,
            "renewalDate": "2027-03-01", "billingPeriod": MONTH, "subscriptionPeriod": YEAR, "products": [product],
            **more}  # fmt: skip


def only(detail: dict[str, Any]) -> SeatRow:
    (row,) = seat_rows([detail], OWNERS)
    return row


def test_a_row_per_product_with_price_and_cost() -> None:
    shown = only(held("1", "10.0")).as_json()
    assert shown == {
        "organization_id": "org-1", "organization_name": "Contoso", "customer_id": "2040001",
        "customer_name": "Contoso Ltd", "external_id": "PSA-1", "subscription_id": "1", "product": "Business Premium",
        "mpn": "CSO7:1", "status": "active", "seats": 10, "term": "1 year", "billing": "1 month",
        "renewal_date": "2027-03-01", "auto_renew": True, "unit_price": {"currency": "CAD", "amount": "31.20"},
        "price": {"currency": "CAD", "amount": "312.00"}, "cost": {"currency": "CAD", "amount": "260.00"},
        "monthly_price": {"currency": "CAD", "amount": "312.00"}, "outdated": False, "in_use": None, "spare": None,
        "saving": None,
    }  # fmt: skip


def test_a_yearly_bill_is_spread_over_its_months() -> None:
    row = only(held("1", billingPeriod=YEAR))
    assert (row.monthly_price, row.term_price) == (Money("CAD", D("26.00")), Money("CAD", D("312.00")))


def test_a_subscription_without_seats_has_a_row_with_its_price() -> None:
    row = only(held("1", products=[], totalPrice={"currency": "CAD", "amount": "99.00"}))
    assert (row.product, row.seats, row.price) == ("Plan", None, Money("CAD", D("99.00")))


@pytest.mark.parametrize("price", [None, {}, {"currency": "CAD"}, {"amount": "1"}, {"currency": "CAD", "amount": "?"}])
def test_a_price_that_is_none_stays_unknown(price: object) -> None:
    detail = held("1")
    detail["products"][0] |= {"unitPrice": price, "extendedPrice": price, "unitCost": price}
    row = only(detail)
    assert (row.price, row.cost, row.monthly_price, row.term_price) == (None, None, None, None)


def joined(details: list[dict[str, Any]], used: dict[tuple[str, str], int]) -> tuple[list[Any], list[Any]]:
    rows, strangers = with_use(seat_rows(details, OWNERS), {key: D(value) for key, value in used.items()})
    return [(row.subscription_id, row.used, row.spare, row.saving) for row in rows], strangers


CAD = "CAD"


@pytest.mark.parametrize(
    "key",
    [("org-1", "CSO7:1"), ("2040001", "cso7:1"), ("ORG-1", "business  premium"), ("PSA-1", "Business Premium")],
)
def test_use_is_found_by_organization_or_customer_and_by_number_or_name(key: tuple[str, str]) -> None:
    rows, strangers = joined([held("1")], {key: 7})
    assert rows == [("1", D(7), D(3), Money(CAD, D("93.60")))]
    assert strangers == []


SHARED = [held("late", 10, renewalDate="2027-06-01"), held("soon", 5, renewalDate="2026-12-01")]


@pytest.mark.parametrize(
    ("in_use", "rows"),
    [
        (12, [("soon", 2, 3), ("late", 10, 0)]),
        (8, [("soon", 0, 5), ("late", 8, 2)]),
        (0, [("soon", 0, 5), ("late", 0, 10)]),
        (15, [("soon", 5, 0), ("late", 10, 0)]),
        (18, [("soon", 5, 0), ("late", 13, 0)]),
    ],
)
def test_use_over_several_subscriptions_counts_once(in_use: int, rows: list[tuple[str, int, int]]) -> None:
    found, _ = joined(SHARED, {("org-1", "CSO7:1"): in_use})
    assert [each[:3] for each in found] == [(key, D(used), D(spare)) for key, used, spare in rows]
    assert sum(each[1] for each in found) == in_use


def test_use_that_fits_nothing_is_given_back_and_others_are_left_alone() -> None:
    rows, strangers = joined(
        [held("1"), held("2", customerId="2040002"), held("3", status="hold")],
        {("org-1", "CSO7:1"): 7, ("org-9", "CSO7:1"): 3, ("org-1", "OTHER"): 2},
    )
    assert {each[0]: each[1] for each in rows} == {"1": D(7), "2": None, "3": None}
    assert strangers == [("org-9", "CSO7:1"), ("org-1", "OTHER")]


FLEET = [
    held("cliff", renewalDate="2027-03-01"),
    held("ends", renewalDate="2027-03-15", renewalStatus=False),
    held("rolls", renewalDate="2026-12-10", subscriptionPeriod=MONTH),
    held("last", renewalDate="2026-12-10", subscriptionPeriod=MONTH, renewalStatus=False),
    held("far", renewalDate="2028-01-01"),
    held("past", renewalDate="2026-11-24"),
    held("held", status="hold"),
    held("dateless", renewalDate=None),
]


def test_annual_cliffs_come_apart_from_monthly_rollovers() -> None:
    found = renewals_of(seat_rows(FLEET, OWNERS), today=TODAY)
    assert [(each.row.subscription_id, each.annual, each.ends) for each in found] == [
        ("cliff", True, False),
        ("ends", True, True),
        ("last", False, True),
        ("rolls", False, False),
    ]
    assert found[0].at_risk == Money(CAD, D("3744.00")), "an annual term puts the whole year at risk"
    assert found[3].at_risk == Money(CAD, D("312.00"))
    assert found[1].as_json()["kind"] == "annual"


def test_money_at_risk_by_month() -> None:
    months = money_at_risk(renewals_of(seat_rows(FLEET, OWNERS), today=TODAY), today=TODAY)
    assert [each.month.isoformat() for each in months] == [
        "2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01", "2027-06-01",
        "2027-07-01", "2027-08-01", "2027-09-01", "2027-10-01",
    ]  # fmt: skip
    by_month = {each.month: each for each in months}
    assert by_month[date(2026, 11, 1)] == MonthAtRisk(date(2026, 11, 1), CAD, D(0), D(0), D(0), 0)
    assert by_month[date(2026, 12, 1)] == MonthAtRisk(date(2026, 12, 1), CAD, D(0), D(624), D(312), 2)
    assert by_month[date(2027, 3, 1)] == MonthAtRisk(date(2027, 3, 1), CAD, D(7488), D(312), D(3744), 3)
    assert by_month[date(2027, 10, 1)].monthly == D(312)


def test_currencies_are_never_added() -> None:
    other = held("usd")
    other["products"][0] |= {"extendedPrice": {"currency": "USD", "amount": "100"}}
    months = money_at_risk(renewals_of(seat_rows([held("cad"), other], OWNERS), today=TODAY), today=TODAY)
    march = [(each.currency, each.annual) for each in months if each.month == date(2027, 3, 1)]
    assert march == [("CAD", D(3744)), ("USD", D(1200))]


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_seats_for_a_psa_come_by_external_id() -> None:
    rows = cells(seats_csv(seat_rows([held("2", customerId="2040002"), held("1")], OWNERS)))
    assert tuple(rows[0]) == SEAT_HEADINGS
    assert [(row["external_id"], row["seats"], row["price"], row["price_currency"]) for row in rows] == [
        ("PSA-1", "10", "312.00", "CAD"),
        ("", "10", "312.00", "CAD"),
    ]


def test_renewals_come_by_day() -> None:
    rows = cells(renewals_csv(renewals_of(seat_rows(FLEET, OWNERS), today=TODAY)))
    assert tuple(rows[0]) == RENEWAL_HEADINGS
    assert [row["renewal_date"] for row in rows] == ["2026-12-10", "2026-12-10", "2027-03-01", "2027-03-15"]
    assert (rows[3]["kind"], rows[3]["auto_renew"], rows[3]["at_risk"]) == ("annual", "no", "3744.00")


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@x", "\t=1"])
def test_a_name_never_becomes_a_formula(name: str) -> None:
    owners = {"2040001": Owner(name)}
    assert cells(seats_csv(seat_rows([held("1")], owners)))[0]["customer"] == f"'{name}"


def test_an_amount_below_zero_stays_a_number() -> None:
    credit = held("1")
    credit["products"][0] |= {"extendedPrice": {"currency": "CAD", "amount": "-12.50"}}
    rows = seat_rows([credit], OWNERS)
    assert cells(seats_csv(rows))[0]["price"] == "-12.50"
    assert cells(renewals_csv(renewals_of(rows, today=TODAY)))[0]["at_risk"].startswith("-")
