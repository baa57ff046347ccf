"""Refresh: the whole list, then only what names do not decide, within the calls there are."""

from collections.abc import Iterator

import pytest

from ingram_micro_cloud.errors import (
    CallBudgetError,
    IngramMicroCloudError,
    RateLimitedError,
    ServerError,
)
from ingram_micro_cloud.organizations.evidence import details_of, holdings_of, listed_customer
from ingram_micro_cloud.organizations.models import KnownCustomer
from ingram_micro_cloud.organizations.refresh import CHECKED, RefreshReport, refresh
from ingram_micro_cloud.store.state import State
from support.mapping_books import ELSEWHERE, Books, Vendor, bundle, known

DAY = 86_400.0
pytestmark = pytest.mark.anyio


@pytest.fixture
def books() -> Iterator[Books]:
    with State.in_memory() as state:
        made = Books(state)
        made.importer.import_rows([{"id": "o1", "name": "Acme", "domains": ["acme.com"]}], "test")
        yield made


def vendor(number: int = 3) -> Vendor:
    """Return a vendor with customers c1, c2, …, each with a record and two subscriptions, the second with a tenant."""
    made = Vendor()
    for place in range(1, number + 1):
        key = f"c{place}"
        made.customers.append({"id": key, "name": f"Company {place}", "externalId": None, "status": "active"})
        made.details[key] = {
            "id": key,
            "taxRegId": f"US-{place}",
            "address": {"countryCode": "us"},
            "contactPersons": [{"email": f"a@mail.company{place}.com"}, {"email": "someone@gmail.com"}],
        }
        for half in ("a", "b"):
            made.subscriptions.append({"id": f"s{place}{half}", "customerId": key, "status": "active"})
        made.whole_subscriptions[f"s{place}a"] = {"id": f"s{place}a", "orderParameters": []}
        made.whole_subscriptions[f"s{place}b"] = {
            "orderParameters": [{"name": "microsoft_domain", "value": f"company{place}.onmicrosoft.com"}],
            "fulfillmentParameters": [{"name": "ms_customer_id", "value": f"TENANT-{place}"}],
        }
    return made


async def run(books: Books, from_vendor: Vendor, most_calls: int | None = None) -> RefreshReport:
    books.clock.advance(1)
    return await refresh(books.book(), from_vendor, most_calls=most_calls)


async def test_every_page_is_read_and_what_changed_is_counted(books: Books) -> None:
    made = vendor(5)
    first = await run(books, made, most_calls=0)
    assert (first.customers, first.new, first.renamed, first.gone, first.calls) == (5, 5, 0, 0, 3)
    made.customers[1]["name"] = "Another name"
    del made.customers[3]
    second = await run(books, made, most_calls=0)
    assert (second.customers, second.new, second.renamed, second.gone, second.returned) == (4, 0, 1, 1, 0)
    assert books.book().customer("c4") == KnownCustomer("c4", "Company 4", status="active", gone=True)
    made.customers.append({"id": "c4", "name": "Company 4", "status": "active"})
    third = await run(books, made, most_calls=0)
    assert (third.returned, third.new) == (1, 0)
    assert third.as_json() == {
        "customers": 5, "new": 0, "renamed": 0, "gone": 0, "returned": 1, "confirmed": 0, "details_read": 0,
        "holdings_read": 0, "left": 5, "calls": 3, "stopped": third.stopped,
    }  # fmt: skip


async def test_a_list_that_breaks_off_marks_nobody_as_gone_and_keeps_what_was_read(books: Books) -> None:
    await run(books, vendor(5), most_calls=0)
    made = vendor(6)
    made.customers = made.customers[4:] + made.customers[:4]
    made.fails["list_customers"] = (1, ServerError("The vendor's side failed.", status_code=500))
    with pytest.raises(ServerError):
        await run(books, made)
    found = {each.id: each.gone for each in books.book().customers()}
    assert found == {f"c{place}": False for place in range(1, 7)}
    assert books.state.customers.list_read_at("account-1") == books.clock.now() - 1


async def test_details_are_read_where_they_are_worth_it_and_kept(books: Books) -> None:
    made = vendor(3)
    report = await run(books, made)
    assert (report.details_read, report.holdings_read, report.left, report.stopped) == (3, 3, 0, None)
    assert made.count("get_customer") == 3
    assert made.count("list_subscriptions") == 3, "one walk, whatever the number of customers"
    assert made.count("get_subscription") == 6
    assert report.calls == len(made.asked)
    assert books.book().customer("c2") == KnownCustomer(
        "c2", "Company 2", status="active", tax_id="US-2", country="US", mail_domains=("company2.com",),
        tenant_ids=("tenant-2",), microsoft_domains=("company2.onmicrosoft.com",),
        details_read=True, holdings_read=True,
    )  # fmt: skip
    again = await run(books, made)
    assert (again.details_read, again.holdings_read, again.calls) == (0, 0, 2)


async def test_reading_goes_on_until_a_tenant_is_found_and_no_further(books: Books) -> None:
    made = vendor(1)
    made.subscriptions.reverse()
    await run(books, made)
    assert made.count("get_subscription") == 1
    most = bundle().mapping.reads.subscriptions_per_customer
    other = vendor(1)
    other.customers[0]["name"] = "Renamed"
    other.subscriptions = [{"id": f"s{place}", "customerId": "c1"} for place in range(most + 4)]
    other.whole_subscriptions = {each["id"]: {"orderParameters": None} for each in other.subscriptions}  # type: ignore[misc]
    await run(books, other)
    assert other.count("get_subscription") == most


async def test_what_was_read_long_ago_is_read_again(books: Books) -> None:
    await run(books, vendor(1))
    books.clock.advance(bundle().mapping.reads.keep_days * DAY + 1)
    made = vendor(1)
    made.details["c1"] = {"taxRegId": "US-99"}
    await run(books, made)
    found = books.book().customer("c1")
    assert found is not None
    assert (found.tax_id, found.mail_domains) == ("US-99", ())


async def test_a_changed_row_is_read_again(books: Books) -> None:
    made = vendor(2)
    await run(books, made)
    made.customers[0]["externalId"] = "PSA-7"
    report = await run(books, made)
    assert report.details_read == 1


async def test_the_calls_of_one_refresh_are_not_exceeded_and_the_next_goes_on(books: Books) -> None:
    made = vendor(4)
    seen = []
    for _ in range(9):
        report = await run(books, made, most_calls=6)
        assert report.calls - 2 <= 6
        seen.append((report.details_read, report.holdings_read, report.left))
        if report.stopped is None:
            break
        assert "next one goes on" in report.stopped
    assert sum(each[0] for each in seen) == 4
    assert sum(each[1] for each in seen) == 4
    assert seen[0][0] == 4
    assert seen[-1][2] == 0


async def test_without_domains_or_tenants_no_subscription_is_looked_at(books: Books) -> None:
    books.organizations("Acme")
    made = vendor(2)
    report = await run(books, made)
    assert (report.details_read, report.holdings_read, report.left) == (2, 0, 0)
    assert made.count("list_subscriptions") == 0


async def test_when_everything_is_decided_nothing_is_read(books: Books) -> None:
    await run(books, vendor(1), most_calls=0)
    books.book().set("o1", known(1, "Company 1"))
    made = vendor(1)
    report = await run(books, made)
    assert (report.details_read, len(made.asked)) == (0, 1)


async def test_a_customer_whose_record_is_gone_is_gone(books: Books) -> None:
    made = vendor(2)
    del made.details["c1"]
    report = await run(books, made)
    assert (report.gone, report.details_read, report.left) == (1, 1, 0)
    found = books.book().customer("c1")
    assert found is not None
    assert found.gone


@pytest.mark.parametrize(
    "problem",
    [CallBudgetError("The calls of this minute are used."), RateLimitedError("Too many calls.", status_code=429)],
)
@pytest.mark.parametrize("action", ["get_customer", "list_subscriptions", "get_subscription"])
async def test_running_out_of_calls_ends_reading_and_keeps_the_rest(
    books: Books, action: str, problem: IngramMicroCloudError
) -> None:
    made = vendor(3)
    made.fails[action] = (1, problem)
    report = await run(books, made)
    assert report.stopped == problem.message
    assert (report.customers, report.left) == (3, {"get_customer": 2}.get(action, 3) + (action == "get_customer"))
    assert report.details_read == (1 if action == "get_customer" else 3)
    made.fails.clear()
    assert (await run(books, made)).left == 0


async def test_any_other_failure_of_a_detail_is_not_hidden(books: Books) -> None:
    made = vendor(3)
    made.fails["get_customer"] = (1, ServerError("The vendor's side failed.", status_code=500))
    with pytest.raises(ServerError):
        await run(books, made)
    assert len(books.book().customers()) == 3
    assert sum(each.details_read for each in books.book().customers()) == 1


async def test_pairs_of_another_account_are_confirmed_where_they_hold_here_too(books: Books) -> None:
    books.organizations("A", "B", "C", "D")
    before = books.book(ELSEWHERE, who="before")
    before.set("o1", KnownCustomer("c1", "company  1"))
    before.set("o2", KnownCustomer("c2", "Somebody else"))
    before.set("o3", KnownCustomer("c77", "Company 3"))
    before.set("o4", KnownCustomer("c3", "Company 3"))
    before.set("o4", KnownCustomer("c88", "Nobody"), also=True)
    report = await run(books, vendor(3), most_calls=0)
    assert report.confirmed == 2
    book = books.book()
    states = [book.binding(key).state for key in ("o1", "o2", "o3", "o4")]
    assert states == ["mapped", "unconfirmed", "unconfirmed", "mapped"]
    assert book.binding("o4").customers == ("c3",)
    (newest, *_) = book.history("o1")
    assert (newest.action, newest.why, newest.who) == ("confirm", CHECKED, "ada")
    assert {each.batch for each in book.history() if each.action == "confirm"} == {newest.batch}
    assert (await run(books, vendor(3), most_calls=0)).confirmed == 0
    book.undo()
    assert book.binding("o1").state == "unconfirmed"


async def test_a_gone_customer_confirms_nothing(books: Books) -> None:
    books.book(ELSEWHERE).set("o1", KnownCustomer("c1", "Company 1"))
    await run(books, vendor(1), most_calls=0)
    books.book().undo()
    made = vendor(2)
    del made.customers[0]
    assert (await run(books, made, most_calls=0)).confirmed == 0


async def test_progress_is_told_by_phase(books: Books) -> None:
    told: list[tuple[str, int, int | None]] = []
    await refresh(books.book(), vendor(3), on_progress=lambda *each: told.append(each))
    assert [each for each in told if each[0] == "list"] == [
        ("list", 0, None), ("list", 2, None), ("list", 3, None), ("list", 3, 3),
    ]  # fmt: skip
    assert told[-1] == ("details", 6, 6)
    done = [each[1] for each in told if each[0] == "details"]
    assert done == sorted(done)


@pytest.mark.parametrize(
    "row", [None, 7, "text", [], {}, {"id": None}, {"id": ""}, {"id": True}, {"id": {}}, {"id": "x" * 400}]
)
def test_a_row_without_a_usable_id_is_no_customer(row: object) -> None:
    assert listed_customer(row, bundle().mapping.source) is None


def test_a_row_is_read_whatever_its_other_members_are() -> None:
    found = listed_customer({"id": 12, "name": ["x"], "externalId": {}, "status": 3}, bundle().mapping.source)
    assert found is not None
    assert (found.id, found.name, found.external_id, found.status) == ("12", "12", None, "3")


@pytest.mark.parametrize(
    "value",
    [
        None, [], "x", {"address": None}, {"address": "US", "contactPersons": "a@b.com", "taxRegId": {}},
        {"contactPersons": [None, {"email": 7}, {"email": "no address"}, {"email": "x@localhost"}, {"email": "@"}]},
    ],
)  # fmt: skip
def test_details_of_any_shape_never_raise(value: object) -> None:
    assert details_of(value, bundle().mapping) == {"tax_id": None, "country": None, "mail_domains": []}


@pytest.mark.parametrize(
    "value",
    [
        None, 7, {"orderParameters": {}}, {"orderParameters": [None, "x", {"name": 1}, {"name": "ms_customer_id"}]},
        {"orderParameters": [{"name": "ms_customer_id", "value": {"a": 1}}, {"name": "ms_customer_id", "value": True}]},
    ],
)  # fmt: skip
def test_parameters_of_any_shape_never_raise(value: object) -> None:
    assert holdings_of([value], bundle().mapping.evidence) == {"tenant_ids": [], "microsoft_domains": []}
