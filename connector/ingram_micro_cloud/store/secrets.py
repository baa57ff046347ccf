"""Encrypts secrets at rest and makes keyed fingerprints, both from one key."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ingram_micro_cloud.errors import StateKeyError


class SecretBox:
    """Opens and closes secrets with one key; the key itself is never shown."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(_urlsafe(_derived(key, b"im-cloud secrets at rest")))
        self._fingerprint_key = _derived(key, b"im-cloud fingerprints")

    def encrypt(self, text: str) -> str:
        """Return the text in a form only this key opens."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, sealed: str) -> str:
        """Return the text.

        Raises:
            StateKeyError: It was sealed with another key; nothing was changed.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise wrong_key() from None

    def fingerprint(self, *parts: str) -> str:
        """Return a keyed hash of the parts; nobody without the key can test a guess against it."""
        digest = hmac.new(self._fingerprint_key, digestmod=hashlib.sha256)
        for part in parts:
            # Lengths first, so that ("ab", "c") and ("a", "bc") differ.
            encoded = part.encode()
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
        return digest.hexdigest()


def wrong_key() -> StateKeyError:
    """Return the error for a key that does not fit."""
    return StateKeyError(
        "The secret key at hand does not open the stored secrets. Nothing was changed.",
        hint="Set IM_CLOUD_SECRET_KEY to the key they were saved with, or bring back the key file; "
        "without it, remove the state and save the configurations again.",
    )


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)


def _urlsafe(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw)
