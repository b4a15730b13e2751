"""Passwords, one-time codes and tokens: pure functions over what was typed and what is kept."""

import asyncio
import hmac
import re
import secrets
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from hashlib import sha256

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION

PASSWORD_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id, 19 MiB, two passes: the OWASP Password Storage Cheat Sheet's first choice. About 40 ms of one core."""

CODE_SECONDS = 30
"""The life of a one-time code (RFC 6238 §5.2)."""

STEPS_TOLERATED = 1
"""How many steps a telephone's clock may be off, either way (RFC 6238 §5.2 recommends one)."""

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
"""What a login looks like, as the table demands it. Anything else is nobody's, and some of it (NUL) no database takes."""

# Hashing is memory-hard on purpose: two at a time, so that a flood of logins cannot eat the machine.
_HASHING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def new_password() -> str:
    """Return a password for a person to be registered: 96 random bits, in characters that can be read out."""
    return secrets.token_urlsafe(12)


def new_totp_secret() -> str:
    """Return a new secret for an authenticator: 160 bits, base32."""
    return pyotp.random_base32()


def new_token() -> str:
    """Return a session token of 256 random bits."""
    return secrets.token_urlsafe(32)


def fingerprint(text: str) -> bytes:
    """Return the sha256 of `text`, which stands for it in the database."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def session_name(token: str) -> str:
    """Return the name of a session for the audit log. It does not lead back to the token, nor to what the database keeps."""
    return hmac.digest(token.encode(), b"tsunagu session name", "sha256").hex()[:32]


def form_token(token: str) -> str:
    """Return what every form of a session must bring back. It does not lead back to the token."""
    return hmac.digest(token.encode(), b"tsunagu form token", "sha256").hex()


async def hash_password(password: str) -> str:
    """Hash a password, in a thread: it takes tens of milliseconds on purpose."""
    return await asyncio.get_running_loop().run_in_executor(_HASHING, PASSWORD_HASHER.hash, password)


async def password_matches(password_hash: str | None, password: str) -> bool:
    """
    Whether `password` is the one behind `password_hash`.

    Without a hash (no such person) the same work is done for nothing, so that the time of the answer does not tell who is
    registered.
    """
    matches = await asyncio.get_running_loop().run_in_executor(_HASHING, _verify, password_hash or _NOBODYS_HASH, password)
    return matches and password_hash is not None


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the 30-second step that `code` belongs to, or None where it belongs to none near `now`."""
    totp = pyotp.TOTP(secret, interval=CODE_SECONDS)
    here = int(now.timestamp()) // CODE_SECONDS
    for step in range(here - STEPS_TOLERATED, here + STEPS_TOLERATED + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "replace")):
            return step
    return None


def code_at(secret: str, now: datetime) -> str:
    """Return the one-time code of this moment."""
    return pyotp.TOTP(secret, interval=CODE_SECONDS).generate_otp(int(now.timestamp()) // CODE_SECONDS)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return PASSWORD_HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _hash_of_nothing() -> str:
    """
    A hash of no password: what is compared with it takes as long as with one that somebody has.

    Nothing is hashed for it, which would cost every program that imports this as much as a login.
    """
    salt, value = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (PASSWORD_HASHER.salt_len, PASSWORD_HASHER.hash_len)
    )
    costs = f"m={PASSWORD_HASHER.memory_cost},t={PASSWORD_HASHER.time_cost},p={PASSWORD_HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${value}"


_NOBODYS_HASH = _hash_of_nothing()
