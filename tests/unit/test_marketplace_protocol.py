"""The practice marketplace keeps the vendor's protocol: sign-in, limits, lists, errors, quirks."""

import pytest

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.calls import Answer
from support.clock import FakeClock
from support.vendor_client import VendorClient


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def vendor(clock: FakeClock) -> VendorClient:
    return VendorClient(Marketplace(seed=3, customers=25, unlimited=True, now=clock.now))


@pytest.mark.parametrize(
    ("changes", "status", "gateway"),
    [
        ({"key": "wrong"}, 401, True),
        ({"password": "wrong"}, 401, False),
        ({"username": "wrong"}, 401, False),
        ({"marketplace": "zz"}, 400, False),
    ],
)
def test_a_sign_in_is_refused_as_the_vendor_or_its_gateway_does(
    vendor: VendorClient, changes: dict[str, str], status: int, gateway: bool
) -> None:
    found, body = vendor.sign_in(**changes)
    assert (found, "statusCode" in body) == (status, gateway)
    assert ("correlationId" in body) is not gateway
    assert vendor.sign_in()[0] == 200


def test_a_token_lasts_1500_seconds_of_the_marketplaces_clock(vendor: VendorClient, clock: FakeClock) -> None:
    assert vendor.sign_in()[1]["expiresInSeconds"] == 1500
    clock.advance(1499)
    assert vendor.call("GET", "/customers")[0] == 200
    clock.advance(1)
    assert vendor.call("GET", "/customers")[0] == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc"])
def test_without_a_good_token_nothing_is_answered(vendor: VendorClient, header: str) -> None:
    vendor.headers["authorization"] = header
    assert vendor.call("GET", "/customers")[0] == 401


def test_a_hundred_calls_a_minute_and_not_one_more(clock: FakeClock) -> None:
    vendor = VendorClient(Marketplace(seed=3, customers=2, now=clock.now))
    answers = [vendor.raw("GET", "/plans") for _ in range(100)]
    assert [each.status for each in answers if isinstance(each, Answer)].count(200) == 99, "the sign-in counts as well"
    last = answers[-1]
    assert isinstance(last, Answer)
    assert last.status == 429
    assert 0 < int(last.headers["Retry-After"]) <= 61
    clock.advance(int(last.headers["Retry-After"]))
    assert vendor.call("GET", "/plans")[0] == 200


def test_ten_thousand_a_day(clock: FakeClock) -> None:
    vendor = VendorClient(Marketplace(seed=3, customers=0, now=clock.now))
    for _ in range(10_000):
        vendor.raw("GET", "/plans")
        clock.advance(0.7)
        if clock.seconds % 1000 < 0.7:
            vendor.sign_in()
    status, body = vendor.call("GET", "/plans")
    assert status == 403
    assert "quota" in body["message"]
    clock.advance(86_400)
    vendor.sign_in()
    assert vendor.call("GET", "/plans")[0] == 200


def test_lists_are_ten_long_by_default_newest_first_and_thin(vendor: VendorClient) -> None:
    page = vendor.get("/customers")
    assert len(page["data"]) == 10
    assert page["pagination"] == {"offset": 0, "limit": 10, "total": 25}
    ids = [int(row["id"]) for row in page["data"]]
    assert ids == sorted(ids, reverse=True)
    assert set(page["data"][0]) <= {"id", "externalId", "name", "status"}
    details = vendor.get(f"/customers/{ids[0]}")
    assert {"address", "contactPersons", "language"} <= set(details)
    assert not any("password" in person or "login" in person for person in details["contactPersons"])


@pytest.mark.parametrize(
    ("query", "count", "limit"),
    [
        ({"limit": 5}, 5, 5),
        ({"limit": 500}, 25, 500),
        ({"limit": 5, "offset": 23}, 2, 5),
        ({"offset": 99}, 0, 10),
        ({"Limit": 5}, 10, 10),
        ({"customer_name": "nobody"}, 10, 10),
    ],
)
def test_paging_and_unknown_names_as_the_vendor_has_them(
    vendor: VendorClient, query: dict[str, object], count: int, limit: int
) -> None:
    page = vendor.get("/customers", **query)
    assert (len(page["data"]), page["pagination"]["limit"]) == (count, limit)


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("/orders", {"status": "completed,error"}, "status"),
        ("/orders", {"status": "done"}, "status"),
        ("/subscriptions", {"status": "active,hold"}, "status"),
        ("/orders", {"creationTimeFrom": "yesterday"}, "creationTimeFrom"),
        ("/customers", {"limit": "many"}, "limit"),
        ("/customers", {"limit": -1}, "limit"),
        ("/customers", {"offset": "x"}, "offset"),
    ],
)
def test_a_query_the_vendor_does_not_read_is_refused(
    vendor: VendorClient, path: str, query: dict[str, object], said: str
) -> None:
    status, body = vendor.call("GET", path, **query)
    assert status == 400
    assert said in (body.get("message") or body.get("error"))


@pytest.mark.parametrize("form", ["2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00"])
def test_both_date_forms_are_read(vendor: VendorClient, form: str) -> None:
    assert vendor.get("/orders", creationTimeFrom=form)["pagination"]["total"] >= 0


def test_both_spellings_of_errors_and_correlation_ids(vendor: VendorClient) -> None:
    older, newer = vendor.call("GET", "/customers/none")[1], vendor.call("GET", "/orders/none")[1]
    assert {"timeStamp", "status", "message", "path", "correlationId"} == set(older)
    assert {"timestamp", "status", "error", "path", "correlationId"} == set(newer)


def test_details_are_bare_objects(vendor: VendorClient) -> None:
    key = vendor.get("/subscriptions", limit=1)["data"][0]["id"]
    assert vendor.get(f"/subscriptions/{key}")["id"] == key


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/customers/1"), ("GET", "/token"), ("PUT", "/orders"), ("GET", "/nothing"), ("GET", "/")],
)
def test_what_the_vendor_does_not_have_is_not_found(vendor: VendorClient, method: str, path: str) -> None:
    assert vendor.call(method, path)[0] == 404


def test_the_same_seed_is_the_same_world(clock: FakeClock) -> None:
    one, two, other = (
        VendorClient(Marketplace(seed=seed, customers=60, unlimited=True, now=clock.now)) for seed in (3, 3, 4)
    )
    for kind in ("customers", "orders", "subscriptions", "products", "plans", "reports", "resellers"):
        assert one.marketplace.control.state(kind) == two.marketplace.control.state(kind)
    assert one.marketplace.control.state("customers") != other.marketplace.control.state("customers")
    assert one.marketplace.credentials != other.marketplace.credentials
    first, second = one.raw("GET", "/plans"), two.raw("GET", "/plans")
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    two.raw("GET", "/plans")
    assert first.headers["X-Correlation-ID"]


@pytest.mark.parametrize("seed", [0, 1, 2, 77])
def test_what_is_promised_at_every_seed(clock: FakeClock, seed: int) -> None:
    vendor = VendorClient(Marketplace(seed=seed, customers=5, unlimited=True, now=clock.now))
    first = vendor.get("/products", limit=1)["data"][0]
    active = next(
        row["id"]
        for row in vendor.get("/customers")["data"]
        if row["status"] == "active"
        and any(person["type"] == "admin" for person in vendor.get(f"/customers/{row['id']}")["contactPersons"])
    )
    line = {"mpn": first["mpn"], "quantity": 25}
    order = {"type": "sales", "customerId": active, "products": [line]}
    status, estimate = vendor.call("POST", "/orders/estimate", order)
    assert status == 200
    assert float(estimate["total"]["amount"]) > 0
    status, made = vendor.call("POST", "/orders", {**order, "products": [{**line, "quantity": 1}]})
    assert status == 200, made
    vendor.marketplace.control.advance(900)
    vendor.sign_in()
    assert vendor.get(f"/orders/{made['id']}")["status"] == "completed"


def test_without_customers_the_catalogue_stays(clock: FakeClock) -> None:
    vendor = VendorClient(Marketplace(seed=3, customers=0, unlimited=True, now=clock.now))
    for path in ("/customers", "/orders", "/subscriptions"):
        assert vendor.get(path)["pagination"]["total"] == 0
    assert vendor.get("/products")["pagination"]["total"] > 3
