"""A configuration for one run from environment variables: IM_CLOUD_USERNAME and so on."""

from collections.abc import Mapping

from ingram_micro_cloud.manifest.integration import FormSpec

PREFIX = "IM_CLOUD_"
NAME = "environment"
"""What such a configuration is called in messages; IM_CLOUD_NAME does not change it."""


def environment_values(form: FormSpec, environ: Mapping[str, str]) -> dict[str, object] | None:
    """Return the form values found in the environment, or None when no credential is there.

    Only a credential makes a configuration: IM_CLOUD_ALLOW alone must not change what a saved one may do.
    """
    found: dict[str, object] = {
        key: environ[PREFIX + key.upper()] for key in form.properties if environ.get(PREFIX + key.upper(), "").strip()
    }
    if not {"username", "password", "subscription_key", "api_url"} & found.keys():
        return None
    return {**found, "name": NAME}
