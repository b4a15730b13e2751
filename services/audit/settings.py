"""What the audit service must be told besides what every service must be."""

from pathlib import Path

from pydantic import Field, SecretStr

from infra.settings import Settings
from services.audit.domain.misuse.thresholds import Thresholds

LOG_ORIGIN = "tsunagu.local/audit"
"""The log's name in its checkpoints where nothing else is set. A city sets its own, unique in the world."""


class AuditSettings(Settings):
    """Settings of the audit service (prefix `TSUNAGU_`, or secret files)."""

    signing_key: SecretStr = Field(description="Hex of the raw Ed25519 private key (32 bytes) that seals the log.")
    log_origin: str = Field(default=LOG_ORIGIN, pattern=r"^[^\s+]+$", description="The log's name in its checkpoints.")
    signer_state: Path | None = Field(
        default=None,
        description="A file outside the database where the signer remembers what it signed last. Without it, a restart forgets.",
    )
    witness_token: SecretStr | None = Field(
        default=None, description="The word by which the log knows its witnesses. Without it, none comes in."
    )
    witness_keys: Path | None = Field(default=None, description="A file with the witnesses' public keys (vkeys), a line each.")
    producer_register: str = Field(
        default="", description="The public keys by which it knows what services sign, a line each (services/audit/domain/producers.py)."
    )
    checkpoint_seconds: float = Field(default=1.0, gt=0, description="A grown log is sealed at most this often.")
    verification_seconds: float = Field(default=21_600.0, gt=0, description="The service verifies its whole log this often.")
    growth_seconds: float = Field(default=120.0, gt=0, description="In between it verifies what the log grew by, this often.")
    misuse: Thresholds = Field(default=Thresholds(), description="Thresholds of the rules against misuse, as JSON.")
    duty_list: Path | None = Field(
        default=None,
        description="A file (CSV: login,from,to) that says who is to work outside the hours; without it, nobody is (audit.md §5).",
    )
    misuse_seconds: float = Field(default=120.0, gt=0, description="The rules against misuse look this often at what came.")
