"""The connection check: for every way it can fail, the step, the code, the fields and the way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from ingram_micro_cloud.api.network import PinnedTransport
from ingram_micro_cloud.errors import UnreachableError
from ingram_micro_cloud.runtime.check import CheckReport
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
TOKEN, CUSTOMERS = "/token", "/customers"
STEPS = ["form", "url", "reach", "sign_in", "marketplace", "customers"]
OLDER = {"timeStamp": "2026-11-24T08:00:00Z", "status": 401, "message": "no"}


@dataclass
class Bent(httpx.AsyncBaseTransport):
    """The marketplace, with an answer or a failure of our own for one path."""

    inner: httpx.AsyncBaseTransport
    path: str = ""
    instead: httpx.Response | Exception | None = None
    seen: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.url.path.removeprefix("/marketplace/na"))
        if self.instead is not None and request.url.path.endswith(self.path):
            if isinstance(self.instead, Exception):
                raise self.instead
            return httpx.Response(
                self.instead.status_code, headers=self.instead.headers, content=self.instead.content, request=request
            )
        return await self.inner.handle_async_request(request)


async def check(
    workplace: Workplace, bent: Bent | None = None, changes: Mapping[str, object] | None = None
) -> CheckReport:
    return await workplace.integration.check(
        workplace.values(**(changes or {})), state=workplace.state, transport=bent or workplace.transport,
        timing=workplace.timing,
    )  # fmt: skip


def failed(report: CheckReport) -> tuple[str, str, Sequence[str]]:
    assert not report.passing
    *before, last = report.steps
    assert all(step.passed for step in before)
    assert [step.name for step in report.steps] == STEPS[: len(report.steps)], "steps come in order"
    assert last.code is not None
    assert not last.passed
    return last.name, last.code, last.fields


async def test_a_good_configuration_passes_every_step_with_two_calls(workplace: Workplace) -> None:
    bent, told = Bent(workplace.transport), list[str]()
    report = await workplace.integration.check(
        workplace.values(), state=workplace.state, transport=bent, timing=workplace.timing,
        on_step=lambda step: told.append(step.name),
    )  # fmt: skip
    assert report.passing
    assert [step.name for step in report.steps] == STEPS == told
    assert bent.seen == [TOKEN, CUSTOMERS]
    assert set(report.as_json()) == {"passing", "steps", "warnings", "milliseconds"}


@pytest.mark.parametrize(
    ("changes", "step", "code", "fields"),
    [
        ({"username": ""}, "form", "form_invalid", ("username",)),
        ({"password": "", "subscription_key": ""}, "form", "form_invalid", ("password", "subscription_key")),
        ({"colour": "red"}, "form", "form_invalid", ("colour",)),
        ({"marketplace": "not a code"}, "form", "form_invalid", ("marketplace",)),
        ({"api_url": "http://api.example"}, "url", "url_not_https", ("api_url",)),
        ({"api_url": "https://"}, "url", "url_invalid", ("api_url",)),
        ({"api_url": "https://a@b.example"}, "url", "url_has_extras", ("api_url",)),
    ],
)
async def test_what_is_wrong_in_the_form_costs_no_call(
    workplace: Workplace, changes: dict[str, object], step: str, code: str, fields: tuple[str, ...]
) -> None:
    bent = Bent(workplace.transport)
    assert failed(await check(workplace, bent, changes)) == (step, code, fields)
    assert bent.seen == []
    assert (await check(workplace, bent)).passing


ANY_OF_FOUR = ("username", "password", "subscription_key", "marketplace")
FAILURES: dict[str, tuple[str, httpx.Response | Exception, tuple[str, str, tuple[str, ...]]]] = {
    "dns": (TOKEN, UnreachableError("x", code="dns_failed"), ("reach", "dns_failed", ("api_url",))),
    "tls": (TOKEN, UnreachableError("x", code="tls_failed"), ("reach", "tls_failed", ("api_url",))),
    "connect": (TOKEN, httpx.ConnectError("x"), ("reach", "connection_failed", ("api_url",))),
    "reset": (TOKEN, httpx.ReadError("x"), ("reach", "connection_failed", ("api_url",))),
    "slow": (TOKEN, httpx.ReadTimeout("x"), ("reach", "timed_out", ("api_url", "timeout_seconds"))),
    "key": (
        TOKEN,
        httpx.Response(401, json={"statusCode": 401, "message": "no key"}),
        ("sign_in", "subscription_key_refused", ("subscription_key",)),
    ),
    "user": (TOKEN, httpx.Response(401, json=OLDER), ("sign_in", "sign_in_refused", ANY_OF_FOUR)),
    "bare 401": (TOKEN, httpx.Response(401), ("sign_in", "sign_in_refused", ANY_OF_FOUR)),
    "forbidden": (TOKEN, httpx.Response(403), ("sign_in", "access_denied", ("username", "subscription_key"))),
    "marketplace": (
        TOKEN,
        httpx.Response(400, json=OLDER),
        ("marketplace", "marketplace_refused", ("marketplace", "api_url")),
    ),
    "a web page": (TOKEN, httpx.Response(200, html="<p>hello</p>"), ("sign_in", "address_not_an_api", ("api_url",))),
    "a redirect": (
        TOKEN,
        httpx.Response(302, headers={"Location": "https://x.example"}),
        ("sign_in", "address_not_an_api", ("api_url",)),
    ),
    "nothing there": (TOKEN, httpx.Response(404), ("sign_in", "address_not_an_api", ("api_url",))),
    "rate": (TOKEN, httpx.Response(429), ("sign_in", "rate_limited", ())),
    "quota": (
        TOKEN,
        httpx.Response(403, json={"statusCode": 403, "message": "Out of call volume quota."}),
        ("sign_in", "quota_exhausted", ()),
    ),
    "vendor": (TOKEN, httpx.Response(503), ("sign_in", "vendor_failed", ())),
    "no right": (CUSTOMERS, httpx.Response(403, json=OLDER), ("customers", "customers_denied", ("username",))),
    "no list": (CUSTOMERS, httpx.Response(200, json={}), ("customers", "customers_failed", ())),
    "broken": (CUSTOMERS, httpx.Response(404), ("customers", "customers_failed", ())),
    "failing": (CUSTOMERS, httpx.Response(500), ("customers", "vendor_failed", ())),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failure_names_its_step_and_its_fields_and_passes_once_mended(workplace: Workplace, name: str) -> None:
    path, instead, expected = FAILURES[name]
    bent = Bent(workplace.transport, path, instead)
    report = await check(workplace, bent)
    assert failed(report) == expected
    manifest = workplace.integration.manifest.connection_check
    assert report.steps[-1].message.startswith(manifest.messages[expected[1]].message)
    assert bent.seen.count(TOKEN) == 1, "a sign-in is never tried again by itself"
    bent.instead = None
    assert (await check(workplace, bent)).passing


def test_every_message_of_the_bundle_has_a_failure_that_says_it(workplace: Workplace) -> None:
    said = {expected[1] for _, _, expected in FAILURES.values()}
    elsewhere = {"form_invalid", "url_not_https", "url_invalid", "url_has_extras", "url_private_address", "call_budget",
                 "secret_needed"}  # fmt: skip
    assert said | elsewhere == set(workplace.integration.manifest.connection_check.messages)


async def test_a_host_that_leads_inside_is_refused_before_any_call_and_allowed_on_request(workplace: Workplace) -> None:
    async def inside(host: str, port: int) -> Sequence[str]:
        return ["10.1.2.3"]

    bent = Bent(workplace.transport)
    for allowed in (False, True):
        pinned = PinnedTransport(
            loopback_named=False, private_allowed=allowed, timing=workplace.timing, inner=bent, resolve=inside
        )
        report = await workplace.integration.check(
            workplace.values(), state=workplace.state, transport=pinned, timing=workplace.timing
        )
        assert report.passing is allowed
        if not allowed:
            assert failed(report) == ("url", "url_private_address", ("api_url", "allow_private_address"))
            assert bent.seen == []


async def test_our_own_ceiling_is_told_as_such(workplace: Workplace) -> None:
    # The token and the list of customers are two calls; a ceiling of one lets the second wait a minute.
    report = await check(workplace, changes={"calls_per_minute": 1})
    assert report.passing, "a minute's wait is within reason"
    report = await check(workplace, changes={"calls_per_day": 1})
    assert failed(report)[:2] in {("sign_in", "call_budget"), ("customers", "call_budget")}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"calls_per_minute": 200}, "above the 100"),
        ({"api_url": "https://api.example/marketplace/eu"}, "another region"),
    ],
)
async def test_what_is_odd_is_a_warning(workplace: Workplace, changes: dict[str, object], said: str) -> None:
    report = await check(workplace, changes=changes)
    assert any(said in warning for warning in report.warnings)


async def test_an_account_without_customers_passes_with_a_warning(workplace: Workplace) -> None:
    empty = httpx.Response(200, json={"data": [], "pagination": {"offset": 0, "limit": 1, "total": 0}})
    report = await check(workplace, Bent(workplace.transport, CUSTOMERS, empty))
    assert report.passing
    assert any("no customers" in warning for warning in report.warnings)


async def test_what_was_typed_is_proven_even_when_a_token_is_at_hand(workplace: Workplace) -> None:
    assert (await check(workplace)).passing
    workplace.marketplace.control.reset_calls()
    assert (await check(workplace)).passing
    assert workplace.marketplace.control.calls()["tokens"] == 1


async def test_a_wrong_password_after_a_right_one_is_noticed(workplace: Workplace) -> None:
    assert (await check(workplace)).passing
    assert failed(await check(workplace, changes={"password": "something else"}))[1] == "sign_in_refused"
    assert (await check(workplace)).passing


async def test_no_text_of_a_report_holds_a_secret(workplace: Workplace) -> None:
    for changes in ({}, {"password": "canary-wrong-password"}, {"subscription_key": "canary-wrong-key"}):
        told = str((await check(workplace, changes=changes)).as_json())
        assert "canary" not in told
        assert workplace.marketplace.credentials.password not in told
        assert workplace.marketplace.credentials.subscription_key not in told
