"""What the gateway tells about itself, and the choice of whom to tell: nobody, unless the standard variables say so."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.gateway.exchange import Exchange

ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
_SIGNALS: Final = ("TRACES", "METRICS")
EXPORTERS: Final = ("otlp", "console", "none")


class Telemetry(Protocol):
    """Watches requests from their first to their last moment."""

    def watching(self, exchange: Exchange, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        """Watch one request while the ``with`` block lasts; what is known of it at the end is told.

        Args:
            exchange: What is known of it.
            headers: Of the request, by name in lower case; a trace begun elsewhere is gone on with.
        """
        ...

    def close(self) -> None:
        """Send what is not sent yet."""
        ...


class Silence:
    """Tells nobody anything."""

    def watching(self, exchange: Exchange, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        """Do nothing."""
        del exchange, headers
        return nullcontext()

    def close(self) -> None:
        """Do nothing."""


def telemetry(environ: Mapping[str, str], version: str) -> Telemetry:
    """Return what the standard variables of OpenTelemetry ask for; nothing of it is loaded when they ask for nothing.

    Args:
        environ: Where they are read. Traces, or metrics, are sent when their exporter is named, or an address is.
        version: This connector's.

    Raises:
        UsageError: They ask for an exporter or a protocol there is none of.
    """
    traces, metrics = (wanted(environ, signal) for signal in _SIGNALS)
    if traces is None and metrics is None:
        return Silence()
    from ingram_micro_cloud.hosts.gateway.open_telemetry import from_exporters

    return from_exporters(traces, metrics, version)


def wanted(environ: Mapping[str, str], signal: str) -> str | None:
    """Return the exporter for ``TRACES`` or ``METRICS``: ``otlp``, ``console``, or None.

    Raises:
        UsageError: It is another one, or a protocol other than HTTP is asked for.
    """
    if environ.get("OTEL_SDK_DISABLED", "").strip().casefold() == "true":
        return None
    address = environ.get(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") or environ.get(ENDPOINT)
    # The standard sends to a collector on this machine when nothing is set. Here silence is the default.
    named = environ.get(f"OTEL_{signal}_EXPORTER", "").strip() or ("otlp" if address else "none")
    if named not in EXPORTERS:
        text = f"OTEL_{signal}_EXPORTER asks for {named!r}, and there is no such exporter here."
        raise UsageError(text, hint=f"There are: {', '.join(EXPORTERS)}.")
    if named == "none":
        return None
    protocol = environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    if named == "otlp" and protocol not in (None, "", "http/protobuf"):
        raise UsageError(
            f"OTEL_EXPORTER_OTLP_PROTOCOL asks for {protocol!r}, and telemetry is sent as http/protobuf only.",
            hint="Leave the variable out; a collector takes it at port 4318.",
        )
    return named
