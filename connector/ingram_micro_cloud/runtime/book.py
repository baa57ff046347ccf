"""The saved configurations: several by name, one default, health kept with each, secrets never shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingram_micro_cloud.errors import ConfigurationMissingError, FieldProblem
from ingram_micro_cloud.manifest.integration import FormSpec
from ingram_micro_cloud.redaction import MASK
from ingram_micro_cloud.runtime.addresses import same_host
from ingram_micro_cloud.runtime.configuration import (
    Configuration,
    form_defaults,
    invalid,
    is_mask,
    read_configuration,
    tidied,
    unfit_values,
)
from ingram_micro_cloud.runtime.form_versions import migrated
from ingram_micro_cloud.runtime.permissions import Permission
from ingram_micro_cloud.store.configurations import Health, StoredConfiguration
from ingram_micro_cloud.store.state import State

if TYPE_CHECKING:
    from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class SavedConfiguration:
    """What may be shown of a saved configuration: its values with secrets masked, and its health."""

    name: str
    values: Mapping[str, object]
    is_default: bool
    health: Health | None

    def as_row(self) -> dict[str, object]:
        """Return the row that `config list --json` prints."""
        return {
            "name": self.name,
            "api_url": self.values.get("api_url"),
            "marketplace": self.values.get("marketplace"),
            "is_default": self.is_default,
            "allow": self.values.get("allow"),
            "passing": self.health.passing if self.health else None,
            "checked_at": self.health.checked_at if self.health else None,
        }


class ConfigurationBook:
    """Reads and writes saved configurations in the state."""

    def __init__(self, form: FormSpec, state: State) -> None:
        self._form = form
        self._records = state.configurations

    def names(self) -> tuple[str, ...]:
        """Return the saved names, in order."""
        return tuple(sorted(record.name for record in self._records.all()))

    def all(self) -> tuple[SavedConfiguration, ...]:
        """Return every saved configuration, secrets masked."""
        return tuple(self._shown(record) for record in sorted(self._records.all(), key=lambda each: each.name))

    def show(self, name: str) -> SavedConfiguration:
        """Return one, secrets masked.

        Raises:
            ConfigurationMissingError: There is none of this name.
        """
        for record in self._records.all():
            if record.name == name:
                return self._shown(record)
        raise self._missing(name)

    def load(self, name: str | None = None) -> Configuration:
        """Return a saved configuration ready to connect with; without a name, the default one.

        Raises:
            ConfigurationMissingError: There is none; the hint is the command that makes one.
            StateKeyError: The key at hand does not open its secrets.
        """
        record = self._records.get(name) if name is not None else self._records.default()
        if record is None:
            raise self._missing(name)
        values = dict(migrated(self._revealed(record), record.form_version, self._form.version))
        configuration = read_configuration(self._form, values)
        if record.form_version != self._form.version:
            self._write(configuration)
        return configuration

    def completed(self, name: str, typed: Mapping[str, object]) -> dict[str, object]:
        """Return what was typed for a name, with masked or absent secrets taken from what is stored.

        The mask a form showed never overwrites the secret behind it.

        Raises:
            ConfigurationInvalidError: The API URL leads to another host than the stored one, and a secret was not typed
                again (code ``secret_needed`` on each): a stored secret goes to the host it was saved for, and no other.
        """
        if unfit_values(typed):
            return {**typed, "name": name}  # reading the form says what is wrong with it
        kept = {key: value for key, value in typed.items() if not (key in self._form.secrets and is_mask(value))}
        tidy = tidied(self._form, kept)
        missing = [key for key in self._form.secrets if not tidy.get(key)]
        if missing and (record := self._records.get(name)) is not None:
            stored = {key: record.secrets[key].get_secret_value() for key in missing if key in record.secrets}
            url = tidy.get("api_url")
            if stored and url is not None and not same_host(str(url), str(record.values.get("api_url", ""))):
                text = "The API URL leads to another host than the saved one: type {} again. Nothing was sent."
                raise invalid([FieldProblem(f"/{key}", "secret_needed", text.format(key)) for key in missing])
            kept |= stored
        return {**kept, "name": name}

    def save(self, configuration: Configuration, health: Health) -> None:
        """Store a configuration with its health, in place of one of the same name."""
        self._write(configuration)
        self._records.set_health(configuration.name, health)

    def set_health(self, name: str, health: Health) -> None:
        """Remember how the last connection check went."""
        self._records.set_health(name, health)

    def allow(self, name: str, permission: Permission, **rules: object) -> Configuration:
        """Change what a saved configuration may do, and return it.

        Args:
            name: Which one.
            permission: look, edit or buy.
            rules: Buying rules to change with it, by their field keys.

        Raises:
            ConfigurationMissingError: There is none of this name.
            ConfigurationInvalidError: A rule's value does not fit the form; nothing was changed.
        """
        known = self.load(name)
        secrets = {key: getattr(known, key) for key in self._form.secrets}
        changed = read_configuration(
            self._form, {**known.model_dump(mode="json"), **secrets, "allow": permission, **rules}
        )
        self._write(changed)
        return changed

    def remove(self, name: str) -> None:
        """Forget a configuration.

        Raises:
            ConfigurationMissingError: There is none of this name.
        """
        if not self._records.remove(name):
            raise self._missing(name)

    def _write(self, configuration: Configuration) -> None:
        values = configuration.model_dump(mode="json", exclude={"name", "is_default", *self._form.secrets})
        secrets: dict[str, SecretStr] = {key: getattr(configuration, key) for key in self._form.secrets}
        self._records.save(configuration.name, self._form.version, values, secrets, is_default=configuration.is_default)

    def _revealed(self, record: StoredConfiguration) -> dict[str, object]:
        secrets = {key: secret.get_secret_value() for key, secret in record.secrets.items()}
        return {**record.values, **secrets, "name": record.name, "is_default": record.is_default}

    def _shown(self, record: StoredConfiguration) -> SavedConfiguration:
        values = {**form_defaults(self._form), **record.values, **dict.fromkeys(self._form.secrets, MASK)}
        values |= {"name": record.name, "is_default": record.is_default}
        ordered = {key: values[key] for key in self._form.properties if key in values}
        return SavedConfiguration(record.name, ordered, record.is_default, record.health)

    def _missing(self, name: str | None) -> ConfigurationMissingError:
        names = self.names()
        known = f" Saved: {', '.join(names)}." if names else ""
        if name is None:
            wanted = "There is no default configuration" if names else "There is no configuration yet"
            hint = f"Name one with --config, or save one: im-cloud config save NAME.{known}"
            return ConfigurationMissingError(f"{wanted}.", hint=hint)
        return ConfigurationMissingError(
            f"There is no configuration {name!r}.", hint=f"Make it: im-cloud config save {name}.{known}"
        )
