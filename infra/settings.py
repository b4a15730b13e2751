"""
Settings of a service: from the environment (`TSUNAGU_…`) and, for secrets, from files.

A file `tsunagu_<field>` in the folder named by TSUNAGU_SECRETS_DIR is a setting too; that is how passwords arrive, because an
environment can be read by every process of the same user.
"""

import os
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """What every service must be told. A service adds its own fields in a subclass."""

    model_config = SettingsConfigDict(env_prefix="TSUNAGU_", extra="ignore", frozen=True)

    database_url: SecretStr = Field(description="The service's own login to its own schema.")
    broker_url: SecretStr = Field(description="The service's own login to the bus.")
    identity_database_url: SecretStr | None = Field(default=None, description="Staff and sessions; only where people log in.")
    http_host: str = "127.0.0.1"
    http_port: int = 0
    http_certificate: Path | None = Field(default=None, description="PEM: the service's own certificate; then it speaks TLS.")
    http_key: Path | None = Field(default=None, description="PEM: its key.")
    http_clients_ca: Path | None = Field(
        default=None,
        description="PEM: who vouches for certificates of clients. Who shows another's is cut off; to show none is no fault.",
    )
    http_hosts: tuple[str, ...] = Field(
        default=(), description="Names by which people reach the service, as JSON; a request for another is refused. Empty: any name."
    )
    forwarded_allow_ips: str = Field(default="127.0.0.1", description="Gateways whose word on the terminal's address and scheme counts.")
    partitions: int = Field(default=1, ge=1, le=64, description="Partitions per service on the bus.")
    clock_file: Path | None = Field(default=None, description="A settable clock, for demonstrations and tests only.")
    identifier_key: SecretStr = Field(description="Hex; the key that person ids are derived with.")
    parking_key: SecretStr = Field(description="Hex, 32 bytes; encrypts the bodies of parked events.")
    producer_key: SecretStr | None = Field(
        default=None, description="Hex, 32 bytes: the Ed25519 private key with which the service signs what it tells the audit."
    )
    parking_least: int = Field(default=20, ge=1, description="So few parked events within the window never stop the hearing.")
    parking_share: float = Field(default=0.2, gt=0, le=1, description="More than this share of what was heard, parked: hearing stops.")
    parking_most: int = Field(default=1000, ge=1, description="More parked events within the window: hearing stops, whatever the share.")
    parking_window_seconds: float = Field(default=600, gt=0, description="The window in which parked events are counted.")
    log_level: str = "INFO"
    trace_sample_ratio: float = Field(default=0.05, ge=0, le=1)
    trace_file: Path | None = Field(default=None, description="Spans as JSON, one after another; none are kept without it.")
    oidc_issuer: str | None = Field(
        default=None, description="The city's OpenID provider, by which staff may log in, e.g. https://login.city.example. Empty: none."
    )
    oidc_client_id: str = Field(default="", validate_default=True, description="As which client the provider knows us.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="The client's secret.")
    oidc_login_claim: str = Field(default="preferred_username", description="The claim that names somebody's login here.")
    oidc_login_domain: str = Field(default="", description="Logins of that claim are of this domain (login@domain); others are nobody's.")
    oidc_amr: tuple[str, ...] = Field(
        default=(),
        description='Methods (amr) that are a second factor, as JSON, e.g. ["mfa"]. Without any of them our one-time code is asked.',
    )
    oidc_acr: tuple[str, ...] = Field(default=(), description="Classes (acr) that hold a second factor, as JSON; they are asked for, too.")
    oidc_ca: Path | None = Field(
        default=None, description="PEM: who vouches for the provider's certificate, where the machine does not know."
    )
    notice: str | None = Field(default=None, description="A banner on every page, e.g. that the data are synthetic.")

    @field_validator("oidc_issuer")
    @classmethod
    def _encrypted(cls, value: str | None) -> str | None:
        if value and not keeps_secrets(value):
            raise ValueError("oidc_issuer: an https address, or one of this machine")
        return value or None

    @field_validator("oidc_client_id")
    @classmethod
    def _named(cls, value: str, info: ValidationInfo) -> str:
        # Without a name of ours nobody could tell that a token is meant for us.
        if info.data.get("oidc_issuer") and not value:
            raise ValueError("oidc_client_id: as which client the provider of oidc_issuer knows us")
        return value


def keeps_secrets(address: object) -> bool:
    """Whether an address is one to which secrets may be sent: https, or this machine."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))


S = TypeVar("S", bound=Settings)


def load(kind: type[S]) -> S:
    """Read the settings of `kind` from environment and secret files. Raises pydantic.ValidationError naming what is missing."""
    return kind(_secrets_dir=os.environ.get("TSUNAGU_SECRETS_DIR"))
