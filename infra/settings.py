"""
Settings of a service: from the environment (`TSUNAGU_…`) and, for secrets, from files.

A file `tsunagu_<field>` in the folder named by TSUNAGU_SECRETS_DIR is a setting too; that is how passwords arrive, because an
environment can be read by every process of the same user.
"""

import os
from pathlib import Path
from typing import TypeVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    notice: str | None = Field(default=None, description="A banner on every page, e.g. that the data are synthetic.")


S = TypeVar("S", bound=Settings)


def load(kind: type[S]) -> S:
    """Read the settings of `kind` from environment and secret files. Raises pydantic.ValidationError naming what is missing."""
    return kind(_secrets_dir=os.environ.get("TSUNAGU_SECRETS_DIR"))
