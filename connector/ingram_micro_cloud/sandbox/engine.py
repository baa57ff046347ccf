"""The marketplace itself: takes a call, gives an answer, keeps state. Knows no server and no client."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from threading import RLock
from typing import Final

from ingram_micro_cloud.sandbox.access import Access, Credentials, practice_credentials
from ingram_micro_cloud.sandbox.accounts import Accounts
from ingram_micro_cloud.sandbox.calls import Answer, Call, Dropped, Json, Refusal, answered, written
from ingram_micro_cloud.sandbox.catalogue import Catalogue
from ingram_micro_cloud.sandbox.clock import MarketClock, stamp
from ingram_micro_cloud.sandbox.control import Control
from ingram_micro_cloud.sandbox.faults import AFTER, BEFORE, SIGN_IN, Fault, FaultQueue
from ingram_micro_cloud.sandbox.orders import Orders
from ingram_micro_cloud.sandbox.renewals import Renewals
from ingram_micro_cloud.sandbox.reports import Reports
from ingram_micro_cloud.sandbox.routes import find_operation
from ingram_micro_cloud.sandbox.seeding.accounts import seed_customers, seed_resellers
from ingram_micro_cloud.sandbox.seeding.activity import seed_activity, seed_fleet, seed_reports
from ingram_micro_cloud.sandbox.seeding.catalogue import seed_catalogue
from ingram_micro_cloud.sandbox.subscriptions import Subscriptions
from ingram_micro_cloud.sandbox.validation import validate_parameters
from ingram_micro_cloud.sandbox.world import World

HTML: Final = b"<!doctype html><html><head><title>Service page</title></head><body><h1>Please wait</h1></body></html>"
NEWER_ERRORS: Final = ("/orders", "/subscriptions", "/reports", "/validation")
"""These families spell their error bodies the newer way; the vendor's documents know both."""
Operation = Callable[[Call, str], Json]


class Marketplace:
    """A whole practice marketplace.

    Args:
        seed: Decides ids, names and credentials.
        customers: How many there are to begin with; 0 leaves only the catalogue.
        subscriptions: How many there are to begin with; None gives the first customers up to four each.
        change_quantity: What the numbers of change orders mean here: ``total`` or ``delta``.
        unlimited: No calls are refused for limits.
        now: Seconds since 1970; the marketplace's clock runs with it.
        credentials: Who may sign in; by default what belongs to the seed.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        customers: int = 25,
        subscriptions: int | None = None,
        change_quantity: str = "total",
        unlimited: bool = False,
        now: Callable[[], float] = time.time,
        credentials: Credentials | None = None,
    ) -> None:
        self.credentials = credentials or practice_credentials(seed)
        self._lock = RLock()
        self._clock = MarketClock(now)
        self._world = World(self._clock)
        self._world.change_quantity = change_quantity
        self._world.signing_key = self.credentials.subscription_key
        self._access = Access(self.credentials, self._clock, unlimited=unlimited)
        self._faults = FaultQueue()
        self.control = Control(self._world, self._access, self._faults)
        self._number = 0
        self._mark = f"{seed & 0xFFFF:04x}"
        self._reports = Reports(self._world)
        self._renewals = Renewals(self._world)
        self._operations = self._made_operations()
        self._seed(Random(seed), customers, subscriptions)  # noqa: S311  # practice data, no secret

    @property
    def public_url(self) -> str:
        """Where report files are fetched; the server sets it to its own address."""
        return self._world.public_url

    @public_url.setter
    def public_url(self, url: str) -> None:
        self._world.public_url = url

    def answer(self, call: Call) -> Answer | Dropped:
        """Return the answer to a call, or a broken connection."""
        with self._lock:
            self._number += 1
            correlation = f"prac-{self._number:08x}-{self._mark}"
            result = self._answered(call, correlation)
        if isinstance(result, Dropped):
            return result
        return replace(result, headers={**result.headers, "X-Correlation-ID": correlation})

    def download(self, call: Call, name: str) -> Answer:
        """Return a report's file; needs no credentials but the signature in its address."""
        with self._lock:
            return self._reports.download(call, name)

    def steer(self, change: Callable[[Control], object]) -> object:
        """Use the control interface while no call is being answered."""
        with self._lock:
            return change(self.control)

    def _answered(self, call: Call, correlation: str) -> Answer | Dropped:
        self._world.settle()
        found = find_operation(call.method, call.path)
        operation, key = found or (None, None)
        self.control.arrived(operation)
        delay, fault = self._faults.take(operation, call) if operation is not None else (0.0, None)
        if fault is not None and fault.name in BEFORE:
            early = self._before(fault, call, correlation)
            return replace(early, delay_seconds=delay)
        try:
            self._access.check_key(call)
            self._access.count()
            if operation is None:
                raise Refusal(404, "There is no such resource.")
            if operation != SIGN_IN:
                self._access.check_token(call)
            answer = answered(self._operations[operation](call, key or ""))
        except Refusal as refusal:
            if refusal.gateway or refusal.status == 401:
                self.control.refused()
            answer = self._refusal(refusal, call, correlation)
        if fault is not None:
            late = self._after(fault, answer, call)
            return replace(late, delay_seconds=delay)
        return replace(answer, delay_seconds=delay) if delay else answer

    def _before(self, fault: Fault, call: Call, correlation: str) -> Answer | Dropped:
        headers = dict(fault.headers or {})
        match fault.name:
            case "reset_before":
                return Dropped()
            case "html":
                return Answer(fault.status or 200, HTML, {"Content-Type": "text/html; charset=utf-8", **headers})
            case "refuse":
                self.control.refused()
                refusal = Refusal(429, "The rate limit is reached. Try again in a moment.", gateway=True)
            case _:
                refusal = Refusal(fault.status or 503, "A fault that was asked for.")
                if refusal.status in (401, 429):
                    self.control.refused()
        made = self._refusal(refusal, call, correlation)
        return replace(made, headers={**made.headers, **headers})

    def _after(self, fault: Fault, answer: Answer, call: Call) -> Answer | Dropped:
        if fault.name in AFTER and answer.status < 400:
            match fault.name:
                case "reset_after":
                    return Dropped()
                case "empty":
                    return replace(answer, body=b"")
                case _:
                    return replace(answer, body=answer.body[: max(1, len(answer.body) // 2)])
        return (
            replace(answer, body=_bent(fault.name, answer, self._former_row(call))) if answer.status < 400 else answer
        )

    def _former_row(self, call: Call) -> Callable[[], object]:
        def former() -> object:
            operation, key = find_operation(call.method, call.path) or ("", None)
            offset = int(call.first("offset") or "0")
            query = [(name, value) for name, value in call.query if name not in ("offset", "limit")]
            earlier = replace(call, query=[*query, ("offset", str(offset - 1)), ("limit", "1")])
            page = self._operations[operation](earlier, key or "")
            rows = page["data"]
            return rows[0] if isinstance(rows, list) and rows else None

        return former

    def _refusal(self, refusal: Refusal, call: Call, correlation: str) -> Answer:
        headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after is not None else {}
        if refusal.gateway:
            body: Json = {"statusCode": refusal.status, "message": refusal.message}
        elif call.path.startswith(NEWER_ERRORS):
            body = {"timestamp": stamp(self._clock.now()), "status": refusal.status, "error": refusal.message}
        else:
            body = {"timeStamp": stamp(self._clock.now()), "status": refusal.status, "message": refusal.message}
        if not refusal.gateway:
            body |= {"path": call.path, "correlationId": correlation}
        made = answered(body, refusal.status)
        return replace(made, headers={**made.headers, **headers})

    def _made_operations(self) -> Mapping[str, Operation]:
        world = self._world
        accounts, catalogue, subscriptions = Accounts(world), Catalogue(world), Subscriptions(world, self._renewals)
        orders, reports = Orders(world, subscriptions), self._reports
        return {
            "getCustomers": lambda call, _: accounts.list_customers(call),
            "createCustomer": lambda call, _: accounts.create_customer(call),
            "getCustomerById": lambda _, key: accounts.customer(key),
            "updateCustomer": lambda call, key: accounts.update(call, world.customers, key, "customer"),
            "getOrders": lambda call, _: orders.listed(call),
            "createOrder": lambda call, _: orders.create(call),
            "estimateOrder": lambda call, _: orders.estimate(call),
            "getOrderDetails": lambda _, key: orders.get(key),
            "updateOrder": orders.update,
            "getCatalog": lambda call, _: catalogue.list_products(call),
            "getReports": lambda call, _: reports.listed(call),
            "createReport": lambda call, _: reports.create(call),
            "getReportById": lambda _, key: reports.get(key),
            "getResellers": lambda call, _: accounts.list_resellers(call),
            "createReseller": lambda call, _: accounts.create_reseller(call),
            "getResellerCustomerById": lambda _, key: accounts.reseller(key),
            "updateReseller": lambda call, key: accounts.update(call, world.resellers, key, "reseller"),
            "getResellerCustomers": accounts.list_reseller_customers,
            "createCustomerForReseller": accounts.create_customer,
            "getResellerOrders": orders.listed,
            "getServicePlans": lambda call, _: catalogue.list_plans(call),
            "getServicePlanById": lambda _, key: catalogue.plan(key),
            "getSubscriptions": lambda call, _: subscriptions.listed(call),
            "getSubscription": lambda _, key: subscriptions.get(key),
            "updateSubscription": subscriptions.update,
            "updateSubscriptionSpecialPricing": subscriptions.special_pricing,
            "generateAuthToken": lambda call, _: self._access.sign_in(call),
            "validateParameters": lambda call, _: validate_parameters(world, call),
        }

    def _seed(self, random: Random, customers: int, subscriptions: int | None) -> None:
        seed_catalogue(self._world)
        seed_resellers(self._world)
        seed_customers(self._world, random, customers)
        if subscriptions is None:
            seed_activity(self._world, random)
        else:
            seed_fleet(self._world, random, subscriptions)
        seed_reports(self._world, self._reports)
        for row in self._world.subscriptions.all():
            self._renewals.watch(row)
        self._world.settle()


def _bent(fault: str, answer: Answer, former_row: Callable[[], object]) -> bytes:
    """Return a list answer with a wrong total, or with a row of the former page shown again."""
    body = json.loads(answer.body)
    rows, pagination = (body.get("data"), body.get("pagination")) if isinstance(body, dict) else (None, None)
    if not isinstance(rows, list) or not isinstance(pagination, dict):
        return answer.body
    if fault == "wrong_total":
        pagination["total"] //= 2
    elif fault == "shifted_page" and (row := former_row()) is not None:
        body["data"] = [row, *rows][: pagination["limit"]]
        pagination["total"] += 1
    return written(body)
