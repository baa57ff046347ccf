"""A preview as a table: seats with their step, totals per currency, what the rules say."""

from dataclasses import replace
from decimal import Decimal

from ingram_micro_cloud.ordering.models import Change, Money, OrderFacts, Preview, RuleResult, Verdict
from ingram_micro_cloud.ordering.tables import HEADINGS, facts_table, preview_table, seats_shown

D = Decimal
ONE = Change(
    "CSO7BPREM:0001", "Business Premium", "4060177", D(10), D(11), "1 year", "1 month", "2027-03-01",
    monthly_price=Money("CAD", D("31.20")), term_price=Money("CAD", D("374.40")),
)  # fmt: skip
FACTS = OrderFacts("change", "2040001", "4060177", {}, (ONE,), Money("CAD", D("31.20")), warnings=("Mind this.",))


def test_a_row_shows_what_changes() -> None:
    table = facts_table(FACTS)
    assert dict(zip(table.headings, table.rows[0], strict=True)) == {
        "Product": "Business Premium",
        "MPN": "CSO7BPREM:0001",
        "Seats": "10 → 11 (+1)",
        "Term": "1 year, billed every month",
        "Renews": "2027-03-01",
        "When": "now",
        "Per month": "CAD 31.20",
        "Per term": "CAD 374.40",
    }
    assert table.lines == ("Billed for this order: CAD 31.20.", "Mind this.")


def test_seats_in_words() -> None:
    shown = [seats_shown(replace(ONE, before=before, after=after)) for before, after in [
        (D(10), D(8)), (None, D(3)), (D(10), D(10)), (D(10), None), (None, None), (D(1000), D("1200")),
    ]]  # fmt: skip
    assert shown == ["10 → 8 (−2)", "3", "10 → 10", "10 → ?", "unchanged", "1000 → 1200 (+200)"]


def test_currencies_are_never_added() -> None:
    other = replace(ONE, monthly_price=Money("USD", D("1000.00")), term_price=None)
    table = facts_table(replace(FACTS, changes=(ONE, other, ONE)))
    assert [(row[0], row[6], row[7]) for row in table.totals] == [
        ("Total", "CAD 62.40", "CAD 748.80"),
        ("Total", "USD 1,000.00", "unknown"),
    ]
    assert all(len(row) == len(HEADINGS) for row in (*table.rows, *table.totals))


def test_a_total_without_every_price_says_so() -> None:
    table = facts_table(replace(FACTS, price=None, changes=(ONE, replace(ONE, monthly_price=None))))
    assert table.totals[0][0] == "Total of the known prices"
    assert table.lines[0] == "The vendor named no price."


def test_the_rules_have_the_last_word() -> None:
    failed = RuleResult("max_seat_change", False, "5", "12", "+12 seats exceeds your limit of 5.", approvable=True)
    verdict = Verdict(allowed=False, needs_approval=True, rules=(failed,))
    preview = Preview("7F3KABCD", "", "main", None, FACTS, verdict, 0, 1)
    assert preview_table(preview).lines[-1] == "+12 seats exceeds your limit of 5."
    approved = replace(preview, verdict=replace(verdict, allowed=True), approved_by="ada")
    assert preview_table(approved).lines[-2:] == ("Approved by ada.", "Allowed by its approval.")
