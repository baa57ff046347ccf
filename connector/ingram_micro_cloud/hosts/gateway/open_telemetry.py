"""Traces and metrics through OpenTelemetry: one server span per request, and what operators draw curves of."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk.metrics import MeterProvider as SdkMeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider as SdkTracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ingram_micro_cloud.hosts.gateway.exchange import Exchange

NAME: Final = "ingram_micro_cloud.gateway"
SERVICE: Final = "im-cloud-gateway"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Bounds of the histogram: a drop-down takes milliseconds, an order that is followed takes minutes."""


class OpenTelemetry:
    """Watches requests. Spans say what was done and for whom, never with which inputs.

    Metrics carry neither organization nor correlation id: each value of an attribute is a curve of its own.

    Args:
        traces: Makes the spans.
        metrics: Keeps the counts.
        clock: Seconds, for durations.
        on_close: Called once at the end.
    """

    def __init__(
        self,
        traces: TracerProvider | None,
        metrics: MeterProvider | None,
        *,
        clock: Callable[[], float] = time.perf_counter,
        on_close: tuple[Callable[[], object], ...] = (),
    ) -> None:
        self._tracer = None if traces is None else traces.get_tracer(NAME)
        self._meters = None if metrics is None else _Meters(metrics)
        self._clock, self._on_close = clock, on_close
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def watching(self, exchange: Exchange, headers: Mapping[str, str]) -> Iterator[None]:
        """Watch one request; see ``Telemetry``."""
        began = self._clock()
        if self._meters is not None:
            self._meters.began(exchange)
        try:
            if self._tracer is None:
                yield
            else:
                parent = self._propagator.extract(headers)
                with self._tracer.start_as_current_span(
                    exchange.method, parent, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
                ) as span:
                    try:
                        yield
                    finally:
                        _describe(span, exchange)
        finally:
            if self._meters is not None:
                self._meters.ended(exchange, self._clock() - began)

    def close(self) -> None:
        """Send what is not sent yet."""
        for each in self._on_close:
            each()


class _Meters:
    def __init__(self, provider: MeterProvider) -> None:
        meter = provider.get_meter(NAME)
        self._requests = meter.create_counter("im_cloud.gateway.requests", "{request}", "Requests by route and status.")
        self._duration = meter.create_histogram(
            "http.server.request.duration", "s", "How long requests took.", explicit_bucket_boundaries_advisory=SECONDS
        )
        self._calls = meter.create_counter("im_cloud.gateway.vendor_calls", "{call}", "Requests sent to the vendor.")
        self._active = meter.create_up_down_counter(
            "http.server.active_requests", "{request}", "Requests that are being answered."
        )

    def began(self, exchange: Exchange) -> None:
        self._active.add(1, {"http.request.method": _method(exchange)})

    def ended(self, exchange: Exchange, seconds: float) -> None:
        self._active.add(-1, {"http.request.method": _method(exchange)})
        route = {"http.request.method": _method(exchange), "http.route": exchange.route}
        told = {**route, "http.response.status_class": f"{exchange.status // 100}xx"}
        self._requests.add(1, told)
        self._duration.record(seconds, told)
        if exchange.calls:
            self._calls.add(exchange.calls, route)


def from_exporters(traces: str | None, metrics: str | None, version: str) -> OpenTelemetry:
    """Return telemetry for the named exporters, ``otlp`` or ``console``; they read the environment for the rest."""
    resource = Resource.create({"service.version": version}).merge(_named())
    closing: list[Callable[[], object]] = []
    tracers: SdkTracerProvider | None = None
    meters: SdkMeterProvider | None = None
    if traces is not None:
        tracers = SdkTracerProvider(resource=resource, shutdown_on_exit=False)
        tracers.add_span_processor(BatchSpanProcessor(_span_exporter(traces)))
        closing.append(tracers.shutdown)
    if metrics is not None:
        reader = PeriodicExportingMetricReader(_metric_exporter(metrics))
        meters = SdkMeterProvider([reader], resource=resource, shutdown_on_exit=False)
        closing.append(meters.shutdown)
    return OpenTelemetry(tracers, meters, on_close=tuple(closing))


def _named() -> Resource:
    """Return our service name, unless the environment gives one."""
    given = str(Resource.create().attributes.get("service.name", ""))
    return Resource({} if given and not given.startswith("unknown_service") else {"service.name": SERVICE})


def _span_exporter(name: str) -> SpanExporter:
    if name == "console":
        import sys

        return ConsoleSpanExporter(out=sys.stderr)  # standard output is for the one line of --json
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def _metric_exporter(name: str) -> MetricExporter:
    if name == "console":
        import sys

        return ConsoleMetricExporter(out=sys.stderr)
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

    return OTLPMetricExporter()


def _describe(span: Span, exchange: Exchange) -> None:
    span.update_name(f"{_method(exchange)} {exchange.route}")
    known: dict[str, str | int | None] = {
        "http.request.method": _method(exchange),
        "http.route": exchange.route,
        "http.response.status_code": exchange.status,
        "im_cloud.action": exchange.action,
        "im_cloud.effect": exchange.effect,
        "im_cloud.organization": exchange.organization,
        "im_cloud.calls": exchange.calls,
        "im_cloud.correlation_id": exchange.correlation_id,
        "error.type": exchange.code,
    }
    span.set_attributes({name: value for name, value in known.items() if value is not None})
    if exchange.status >= 500 or exchange.status == 0:
        span.set_status(StatusCode.ERROR)


def _method(exchange: Exchange) -> str:
    # Whatever a client makes up must not become a curve of its own.
    return exchange.method if exchange.method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS") else "_OTHER"
