"""The form's fields: what is tidied up, what is refused, and what never shows."""

import pytest

from ingram_micro_cloud import Integration
from ingram_micro_cloud.errors import ConfigurationInvalidError, StateError
from ingram_micro_cloud.runtime.addresses import checked_url, normalised_url, region_of
from ingram_micro_cloud.runtime.configuration import is_mask, region_warnings
from ingram_micro_cloud.runtime.environment import environment_values
from ingram_micro_cloud.runtime.form_versions import STEPS, migrated

VALUES: dict[str, object] = {
    "name": "main",
    "username": "automation.api",
    "password": " canary password ",
    "subscription_key": "canary-key-0123456789",
    "api_url": "https://api.cloud.im/marketplace/na",
    "marketplace": "us",
}


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://api.cloud.im/marketplace/na", "https://api.cloud.im/marketplace/na"),
        ("https://api.cloud.im/marketplace/na/", "https://api.cloud.im/marketplace/na"),
        ("  api.cloud.im/marketplace/na// ", "https://api.cloud.im/marketplace/na"),
        ("https://api.cloud.im/ marketplace/na", "https://api.cloud.im/marketplace/na"),
        ("127.0.0.1:8080/marketplace/na", "http://127.0.0.1:8080/marketplace/na"),
        ("localhost:8080", "http://localhost:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://api.example:8443/x", "https://api.example:8443/x"),
    ],
)
def test_a_url_is_tidied_up(typed: str, url: str) -> None:
    assert checked_url(typed) == url
    assert normalised_url(url) == url


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://api.cloud.im/marketplace/na", "url_not_https"),
        ("http://127.0.0.1.evil.example", "url_not_https"),
        ("ftp://api.cloud.im", "url_invalid"),
        ("https://", "url_invalid"),
        ("https://:443", "url_invalid"),
        ("https://api.example:0", "url_invalid"),
        ("https://api.example:99999", "url_invalid"),
        ("https://[::1", "url_invalid"),
        ("https://a..b", "url_invalid"),
        ("https://user:pass@api.cloud.im", "url_has_extras"),
        ("https://user@api.cloud.im", "url_has_extras"),
        ("https://@api.cloud.im", "url_has_extras"),
        ("https://api.cloud.im?x=1", "url_has_extras"),
        ("https://api.cloud.im/?", "url_has_extras"),
        ("https://api.cloud.im/#part", "url_has_extras"),
        ("https://api.cloud.im\\@evil.example", "url_has_extras"),
        ("https://api.cloud.im\\evil.example", "url_invalid"),
        ("javascript:alert(1)", "url_invalid"),
    ],
)
def test_a_url_that_cannot_be_used_says_why(typed: str, code: str) -> None:
    with pytest.raises(ConfigurationInvalidError) as caught:
        checked_url(typed)
    (problem,) = caught.value.fields
    assert (problem.pointer, problem.code) == ("/api_url", code)


def test_the_region_of_a_url() -> None:
    assert region_of("https://api.cloud.im/marketplace/EU") == "eu"
    assert region_of("https://api.cloud.im") is None


def test_values_are_trimmed_but_a_password_is_what_it_is(integration: Integration) -> None:
    typed = {
        **VALUES,
        "username": " automation.api ",
        "subscription_key": " canary-key-0123456789\n",
        "marketplace": "US",
    }
    found = integration.configuration(typed)
    assert found.username == "automation.api"
    assert found.marketplace == "us"
    assert found.subscription_key.get_secret_value() == "canary-key-0123456789"
    assert found.password.get_secret_value() == " canary password "


def test_defaults_come_from_the_form(integration: Integration) -> None:
    found = integration.configuration(VALUES)
    assert (found.calls_per_minute, found.calls_per_day, found.timeout_seconds) == (80, 8000, 60)
    assert (found.allow, found.allow_private_address, found.is_default) == ("edit", False, False)


def test_secrets_do_not_show(integration: Integration) -> None:
    found = integration.configuration(VALUES)
    assert "canary" not in repr(found) + str(found) + str(found.model_dump()) + found.model_dump_json()


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"username": ""}, "/username", "required"),
        ({"username": None}, "/username", "required"),
        ({"password": "abc"}, "/password", "minLength"),
        ({"subscription_key": "short"}, "/subscription_key", "minLength"),
        ({"marketplace": "u s"}, "/marketplace", "pattern"),
        ({"marketplace": "cp.us"}, "/marketplace", "pattern"),
        ({"allow": "everything"}, "/allow", "enum"),
        ({"calls_per_minute": 0}, "/calls_per_minute", "minimum"),
        ({"calls_per_minute": "lots"}, "/calls_per_minute", "type"),
        ({"timeout_seconds": 601}, "/timeout_seconds", "maximum"),
        ({"name": "a/b"}, "/name", "pattern"),
        ({"user_name": "ann"}, "/user_name", "unknown_field"),
        ({"api_url": "http://x.example"}, "/api_url", "url_not_https"),
        ({"password": "••••••••"}, "/password", "masked"),
        ({"subscription_key": "********"}, "/subscription_key", "masked"),
    ],
)
def test_a_wrong_field_is_marked(integration: Integration, changes: dict[str, object], pointer: str, code: str) -> None:
    with pytest.raises(ConfigurationInvalidError) as caught:
        integration.configuration({**VALUES, **changes})
    assert (pointer, code) in {(each.pointer, each.code) for each in caught.value.fields}
    assert "canary" not in str(caught.value.as_json())


@pytest.mark.parametrize("value", ["••••••••", "•", "********", "*"])
def test_a_mask_is_recognised(value: str) -> None:
    assert is_mask(value)


@pytest.mark.parametrize("value", ["", None, "a*", 5, "pass••word"])
def test_a_secret_is_no_mask(value: object) -> None:
    assert not is_mask(value)


@pytest.mark.parametrize(
    ("marketplace", "url", "warnings"),
    [
        ("us", "https://api.cloud.im/marketplace/na", ()),
        ("de", "https://api.cloud.im/marketplace/na", ("marketplace_region_differs",)),
        ("us", "https://gateway.example/own", ()),
        ("zz", "https://api.cloud.im/marketplace/na", ("marketplace_unknown_code",)),
    ],
)
def test_an_odd_marketplace_is_only_a_warning(
    integration: Integration, marketplace: str, url: str, warnings: tuple[str, ...]
) -> None:
    found = integration.configuration({**VALUES, "marketplace": marketplace, "api_url": url})
    assert region_warnings(integration.manifest.form, found) == warnings


def test_the_environment_makes_a_configuration_for_one_run(integration: Integration) -> None:
    environ = {f"IM_CLOUD_{key.upper()}": str(value) for key, value in VALUES.items() if key != "name"}
    form = integration.manifest.form
    found = environment_values(form, {**environ, "IM_CLOUD_ALLOW": "look", "IM_CLOUD_CALLS_PER_MINUTE": "5"})
    assert found is not None
    configuration = integration.configuration(found)
    assert (configuration.name, configuration.allow, configuration.calls_per_minute) == ("environment", "look", 5)


@pytest.mark.parametrize("environ", [{}, {"IM_CLOUD_ALLOW": "buy"}, {"IM_CLOUD_NAME": "x"}, {"IM_CLOUD_USERNAME": " "}])
def test_without_a_credential_the_environment_makes_none(integration: Integration, environ: dict[str, str]) -> None:
    assert environment_values(integration.manifest.form, environ) is None


def test_half_a_configuration_in_the_environment_is_an_error_not_another_account(integration: Integration) -> None:
    values = environment_values(integration.manifest.form, {"IM_CLOUD_USERNAME": "ann"})
    assert values is not None
    with pytest.raises(ConfigurationInvalidError) as caught:
        integration.configuration(values)
    assert "/password" in {each.pointer for each in caught.value.fields}


def test_stored_values_climb_one_version_at_a_time() -> None:
    steps = {1: lambda values: {**values, "b": 2}, 2: lambda values: {"c": values["b"]}}
    assert migrated({"a": 1}, 1, 3, steps) == {"c": 2}
    assert migrated({"a": 1}, 3, 3, steps) == {"a": 1}


def test_values_of_a_newer_form_ask_for_an_update() -> None:
    with pytest.raises(StateError) as caught:
        migrated({}, 2, 1)
    assert caught.value.specific_code == "state_too_new"


def test_every_older_form_version_has_its_step(integration: Integration) -> None:
    assert set(STEPS) == set(range(1, integration.manifest.form.version))
