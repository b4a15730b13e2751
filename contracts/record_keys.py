"""
What a record is called in tables: 16 bytes instead of three texts, in every service that keeps records.

Source, event type and record id are 40 to 60 bytes. As a primary key of eight million rows they are a gigabyte of index in each table, and
again in every table that refers to it. The texts stand once, in the record; its key is made of them, here and nowhere else
(`SQL` says the same to PostgreSQL, for tables that were there before).

Two records never share a key by accident. The last 11 bytes are of a SHA-256 of all three texts, the first five of its kind and of its
neighbourhood (below): two records of different neighbourhoods share a key with the chance of 2^-128, two neighbours with that of 2^-88.
Of ten million records, each with a thousand neighbours, that is less than 2^-55 for all of them together. Two kinds of records never
meet, whatever their ids are: their first two bytes differ, which a test sees to for the whole catalogue. So whoever makes up record ids
until two of them meet (2^44 tries) confuses two records of their own, which they may correct and take back anyway.

A bare hash would put every record on another page of the index: each row written is then a page read, and after each checkpoint a page in
the log. Sources number their records, and send what they wrote together. So ids that differ in the last three signs only are neighbours in
the index, too.
"""

from functools import lru_cache
from hashlib import sha256
from uuid import UUID

_KIND_BYTES, _NEIGHBOURHOOD_BYTES, _RECORD_BYTES = 2, 3, 11
NEIGHBOURS_SIGNS = 3
"""So many signs at the end of a record id tell neighbours apart: a thousand where they are digits."""

SQL = f"""
select encode(
    substr(sha256(convert_to(source || e'\\x1f' || event_type, 'UTF8')), 1, {_KIND_BYTES})
    || substr(sha256(convert_to(left(record_id, -{NEIGHBOURS_SIGNS}), 'UTF8')), 1, {_NEIGHBOURHOOD_BYTES})
    || substr(sha256(convert_to(source || e'\\x1f' || event_type || e'\\x1f' || record_id, 'UTF8')), 1, {_RECORD_BYTES}),
    'hex')::uuid
"""
"""The body of the SQL function `record_key(source text, event_type text, record_id text)`, as migrations write it out."""


@lru_cache(maxsize=8_192)  # A parcel asks for the key of a record when it is looked for, and when it is written.
def record_key(source: str, event_type: str, record_id: str) -> UUID:
    """Return the key under which a record of a source is kept: the same in every service, and for ever."""
    record = sha256(f"{source}\x1f{event_type}\x1f{record_id}".encode()).digest()[:_RECORD_BYTES]
    return UUID(bytes=_before(source, event_type, record_id[:-NEIGHBOURS_SIGNS]) + record)


@lru_cache(maxsize=4_096)
def _before(source: str, event_type: str, neighbourhood: str) -> bytes:
    """Return the bytes that all records of a neighbourhood begin with."""
    kind = sha256(f"{source}\x1f{event_type}".encode()).digest()[:_KIND_BYTES]
    return kind + sha256(neighbourhood.encode()).digest()[:_NEIGHBOURHOOD_BYTES]
