"""Extensions to test with: one that remembers what it was shown, and a marketplace they take part in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingram_micro_cloud import hookspecs, load_integration
from ingram_micro_cloud.hookspecs import extension
from support.marketplace import Workplace


def extended(workplace: Workplace, **plugins: object) -> Workplace:
    """The same marketplace, reached through an integration in which these extensions take part."""
    workplace.integration = load_integration(extensions=hookspecs.extensions_of(plugins))
    return workplace


@dataclass
class Watcher:
    """Remembers every write it is shown, and answers as told."""

    answer: Callable[[Mapping[str, Any]], object] = lambda _: None
    shown: list[Mapping[str, Any]] = field(default_factory=list)

    @extension
    def before_write(self, preview: Mapping[str, Any]) -> object:
        self.shown.append(preview)
        return self.answer(preview)


@dataclass
class Listener:
    """Remembers every outcome it is told, and does as told."""

    act: Callable[[dict[str, Any]], object] = lambda _: None
    told: list[dict[str, Any]] = field(default_factory=list)

    @extension
    def after_action(self, outcome: dict[str, Any]) -> None:
        self.told.append(outcome)
        self.act(outcome)


@dataclass
class Stores:
    """Gives secret stores."""

    stores: Any

    @extension
    def secret_stores(self) -> object:
        return self.stores


@dataclass
class Folders:
    """Gives folders of actions."""

    folders: Any

    @extension
    def action_folders(self) -> object:
        return self.folders


@dataclass
class Sources:
    """Gives sources of organizations."""

    sources: Any

    @extension
    def organization_sources(self) -> object:
        return self.sources


def written(workplace: Workplace) -> int:
    """How many calls arrived that can change something."""
    counted = workplace.marketplace.control.calls()["by_operation"]
    assert isinstance(counted, dict)
    reads = ("get", "estimate", "validate", "generateAuthToken")
    return sum(number for name, number in counted.items() if not name.startswith(reads))
