"""Spans, metrics and log lines: what is told about requests, what never is, and that silence is the default."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.gateway.logs import logging_to
from ingram_micro_cloud.hosts.gateway.open_telemetry import OpenTelemetry
from ingram_micro_cloud.hosts.gateway.telemetry import Silence, telemetry, wanted
from support.gateway import ONE, gateway_place, map_organizations
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
CANARY = "Canary-in-an-input"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@dataclass
class Told:
    """Telemetry that is kept in this process."""

    spans: InMemorySpanExporter
    reader: InMemoryMetricReader
    telemetry: OpenTelemetry

    @property
    def last(self) -> ReadableSpan:
        return self.spans.get_finished_spans()[-1]

    def points(self, name: str) -> list[Any]:
        found = self.reader.get_metrics_data()
        assert found is not None
        metrics = [each for one in found.resource_metrics for scope in one.scope_metrics for each in scope.metrics]
        return [point for each in metrics if each.name == name for point in each.data.data_points]

    def everything(self) -> str:
        data = self.reader.get_metrics_data()
        assert data is not None
        return "".join(span.to_json() for span in self.spans.get_finished_spans()) + data.to_json()


@pytest.fixture
def told() -> Iterator[Told]:
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    traces, meters = TracerProvider(), MeterProvider([reader])
    traces.add_span_processor(SimpleSpanProcessor(spans))
    yield Told(spans, reader, OpenTelemetry(traces, meters))
    traces.shutdown()
    meters.shutdown()


async def test_a_span_says_what_was_done_and_for_whom(workplace: Workplace, told: Told) -> None:
    async with gateway_place(workplace, telemetry=told.telemetry) as place:
        await map_organizations(place)
        path = "/actions/list_customers"
        headers = {"X-Correlation-ID": "abc", "traceparent": f"00-{TRACE}-{PARENT}-01"}
        await place.ask("look", "GET", path, params={"organization": ONE, "customer_name": CANARY}, headers=headers)
    span, attributes = told.last, dict(told.last.attributes or {})
    assert span.name == "GET /actions/list_customers"
    assert span.kind.name == "SERVER"
    assert span.context is not None
    assert span.parent is not None
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, PARENT)
    assert attributes == {
        "http.request.method": "GET", "http.route": path, "http.response.status_code": 200,
        "im_cloud.action": "list_customers", "im_cloud.effect": "read", "im_cloud.organization": ONE,
        "im_cloud.calls": 1, "im_cloud.correlation_id": "abc",
    }  # fmt: skip
    assert CANARY not in told.everything()
    assert place.tokens["look"] not in told.everything()


@pytest.mark.parametrize(
    ("method", "path", "route", "status", "code", "failed"),
    [
        ("GET", "/nothing/canary", "unmatched", 404, "unknown_path", False),
        ("GET", "/actions/canary", "/actions/{action_id}", 404, "unknown_action", False),
        ("BREW", "/actions", "/actions", 405, "method_not_allowed", False),
        ("GET", "/actions/get_customer", "/actions/get_customer", 400, "invalid_input", False),
        ("GET", "/actions/list_customers", "/actions/list_customers", 502, "server_error", True),
    ],
)
async def test_a_span_of_what_failed(
    workplace: Workplace, told: Told, method: str, path: str, route: str, status: int, code: str, failed: bool
) -> None:
    async with gateway_place(workplace, telemetry=told.telemetry) as place:
        place.fault("status", "getCustomers", status=500, times=50)
        assert (await place.ask("everything", method, path)).status_code == status
    attributes = told.last.attributes or {}
    assert (attributes["http.route"], attributes["error.type"]) == (route, code)
    assert (told.last.status.status_code is StatusCode.ERROR) is failed
    assert "canary" not in told.everything()


async def test_metrics_count_requests_and_calls_by_route_and_nothing_that_grows(
    workplace: Workplace, told: Told
) -> None:
    async with gateway_place(workplace, telemetry=told.telemetry) as place:
        await map_organizations(place)
        for _ in range(3):
            await place.ask("look", "GET", "/actions/list_customers", params={"organization": ONE})
        await place.ask("look", "GET", "/actions/list_customers")
    route = {"http.request.method": "GET", "http.route": "/actions/list_customers"}
    counted = {
        point.attributes["http.response.status_class"]: point.value
        for point in told.points("im_cloud.gateway.requests")
    }
    assert counted == {"2xx": 3, "4xx": 1}
    calls = told.points("im_cloud.gateway.vendor_calls")
    assert [(dict(point.attributes), point.value) for point in calls] == [(route, 3)]
    assert [point.value for point in told.points("http.server.active_requests")] == [0]
    durations = told.points("http.server.request.duration")
    assert sum(point.count for point in durations) == 4
    names = {
        name
        for each in ("im_cloud.gateway.requests", "http.server.request.duration")
        for point in told.points(each)
        for name in point.attributes
    }
    assert names == {"http.request.method", "http.route", "http.response.status_class"}


async def test_traces_alone_and_metrics_alone(workplace: Workplace, told: Told) -> None:
    reader = InMemoryMetricReader()
    meters = MeterProvider([reader])
    async with gateway_place(workplace, telemetry=OpenTelemetry(None, meters)) as place:
        assert (await place.ask(None, "GET", "/health")).status_code == 200
    assert reader.get_metrics_data() is not None
    meters.shutdown()


@pytest.mark.parametrize(
    ("environ", "traces", "metrics"),
    [
        ({}, None, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}, "otlp", "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4318/v1/traces"}, "otlp", None),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console", None),
        ({"OTEL_METRICS_EXPORTER": "otlp"}, None, "otlp"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_METRICS_EXPORTER": "none"}, "otlp", None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}, None, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, "otlp", "otlp"),
    ],
)
async def test_what_the_standard_variables_ask_for(
    environ: Mapping[str, str], traces: str | None, metrics: str | None
) -> None:
    assert (wanted(environ, "TRACES"), wanted(environ, "METRICS")) == (traces, metrics)


@pytest.mark.parametrize(
    "environ",
    [
        {"OTEL_TRACES_EXPORTER": "zipkin"},
        {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    ],
)
async def test_what_there_is_none_of_is_told_at_the_start(environ: Mapping[str, str]) -> None:
    with pytest.raises(UsageError, match="OTEL_") as told:
        telemetry(environ, "1.0.0")
    assert told.value.hint


async def test_exporters_that_are_asked_for_are_made_and_closed() -> None:
    environ = {"OTEL_TRACES_EXPORTER": "console", "OTEL_METRICS_EXPORTER": "console"}
    made = telemetry(environ, "1.0.0")
    assert isinstance(made, OpenTelemetry)
    made.close()
    sent = telemetry({"OTEL_TRACES_EXPORTER": "otlp"}, "1.0.0")
    assert isinstance(sent, OpenTelemetry)
    sent.close()


async def test_nothing_of_it_is_loaded_where_nobody_asks() -> None:
    code = (
        "import sys; from ingram_micro_cloud.hosts.gateway import application, opening, server, telemetry;"
        "assert isinstance(telemetry.telemetry({}, '1'), telemetry.Silence);"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: ASYNC221
    assert done.stdout.strip() == "[]"
    assert isinstance(telemetry({}, "1"), Silence)


async def test_every_log_line_of_a_request_has_its_id_and_none_has_what_was_sent(workplace: Workplace) -> None:
    stream = io.StringIO()
    with logging_to(stream, logging.DEBUG):
        async with gateway_place(workplace) as place:
            await map_organizations(place)
            more: dict[str, Any] = {"headers": {"X-Correlation-ID": 'abc" level=ERROR'}}
            path = "/actions/list_customers"
            await place.ask("look", "GET", path, params={"organization": ONE, "customer_name": CANARY}, **more)
            await place.ask("look", "POST", f"{path}?a={CANARY}", json={"customer_name": CANARY}, **more)
            await place.ask(CANARY, "GET", f"/{CANARY}", **more)
    lines = stream.getvalue().splitlines()
    mine = [line for line in lines if r'correlation_id="abc\" level=ERROR"' in line]
    assert len([line for line in mine if "gateway.access" in line]) == 3
    assert any("list_customers done" in line for line in mine)
    assert f"GET {path} 200" in mine[-3] or any(f"GET {path} 200" in line for line in mine)
    assert CANARY not in stream.getvalue()
    assert place.tokens["look"] not in stream.getvalue()


async def test_what_nobody_foresaw_leaves_its_place_in_the_log_and_not_its_words(workplace: Workplace) -> None:
    def broken() -> dict[str, object]:
        raise ZeroDivisionError(CANARY)

    stream = io.StringIO()
    with logging_to(stream):
        async with gateway_place(workplace, document=broken) as place:
            answer = await place.ask(None, "GET", "/openapi.json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert CANARY not in answer.text + stream.getvalue()
    assert "ZeroDivisionError" in stream.getvalue()
    assert "test_gateway_telemetry" in stream.getvalue()
