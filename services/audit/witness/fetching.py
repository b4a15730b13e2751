"""How a witness reaches the log: what it fetches, and what it tells back."""

from dataclasses import dataclass
from http import HTTPStatus

import httpx

from services.audit.domain.published.bundles import LARGEST_BUNDLE, entries_in
from services.audit.domain.published.layout import Resource
from services.audit.offline.folder import LARGEST_NOTE


class LogAway(Exception):
    """The log does not answer, or not with what was asked for: it is asked again later. The text says what came."""


@dataclass(frozen=True, slots=True)
class LogOverHttp:
    """A published log at the client's base address (C2SP tlog-tiles), and there the door at which a witness tells what it holds."""

    client: httpx.AsyncClient

    async def checkpoint(self) -> str | None:
        """Return the log's newest checkpoint; None while it has none. Raises LogAway."""
        content = await self._get("checkpoint", LARGEST_NOTE)
        return None if content is None else content.decode("utf-8", "replace")

    async def entries(self, bundle: Resource) -> list[bytes]:
        """Return the entries of a bundle. Raises LogAway, Malformed."""
        content = await self._get(bundle.path, LARGEST_BUNDLE)
        if content is None:
            raise LogAway(f"{bundle.path} is not there")
        return entries_in(content, bundle.width)

    async def tell(self, note: str) -> None:
        """Tell the log what was cosigned last. Raises LogAway."""
        try:
            answer = await self.client.post("cosigned", content=note.encode(), headers={"content-type": "text/plain; charset=utf-8"})
        except httpx.HTTPError as error:
            raise LogAway(f"the log does not answer: {type(error).__name__}") from error
        if answer.status_code != HTTPStatus.OK:
            raise LogAway(f"the log does not take a cosignature: {answer.status_code}")

    async def _get(self, path: str, largest: int) -> bytes | None:
        content = b""
        try:
            async with self.client.stream("GET", path) as answer:
                if answer.status_code == HTTPStatus.NOT_FOUND:
                    return None
                if answer.status_code != HTTPStatus.OK:
                    raise LogAway(f"the log answers {answer.status_code}")
                async for part in answer.aiter_bytes():
                    content += part
                    if len(content) > largest:
                        raise LogAway(f"{path} does not end after {largest} bytes")
        except httpx.HTTPError as error:
            raise LogAway(f"the log does not answer: {type(error).__name__}") from error
        return content
