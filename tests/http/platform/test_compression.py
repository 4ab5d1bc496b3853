"""Public answers are compressed; private ones, short ones and single resources are not."""

import asyncio
import gzip
import threading
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Response, get
from litestar.params import FromPath

from ece_entrypoints.http.platform import compression
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.auth import public, signed_in
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import Client, client_of

LONG = "abc " * 5_000


@get("/public/{size:int}", opt=public, operation_id="getPublic", summary="Read")
async def read(size: FromPath[int]) -> str:
    return LONG[:size]


@get("/private", opt=signed_in, operation_id="getPrivate", summary="Read your own")
async def read_own() -> str:
    return LONG


@get("/tagged", opt=public, operation_id="getTagged", summary="Read with a version")
async def read_tagged() -> Response[str]:
    return Response(LONG, headers={"ETag": '"1"'})


@get("/picture", opt=public, operation_id="getPicture", summary="See", media_type="image/png")
async def see() -> bytes:
    return LONG.encode()


@pytest.fixture
async def client(exchange: Exchange) -> AsyncIterator[Client]:
    async with client_of(create_app(exchange, (read, read_own, read_tagged, see))) as client:
        client.headers["Accept-Encoding"] = "br, gzip"
        yield client


async def raw(client: Client, path: str, **options: Any) -> tuple[Any, bytes]:
    """The headers of an answer, and its body as it was sent."""
    async with client.stream(options.pop("method", "GET"), path, **options) as answer:
        return answer.headers, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize("path", ["/v1/public/20000", "/docs/openapi.json", "/docs/api"])
async def test_a_long_public_answer_is_compressed(client: Client, path: str):
    headers, sent = await raw(client, path)
    plain_headers, plain = await raw(client, path, headers={"Accept-Encoding": "identity"})
    assert len(plain) < compression.MIN_BYTES or gzip.decompress(sent) == plain
    assert len(sent) == int(headers["Content-Length"]) <= len(plain)
    assert "Content-Encoding" not in plain_headers
    assert headers.get("Vary") == ("accept-encoding" if "Content-Encoding" in headers else None)


async def test_head_names_the_same_length(client: Client):
    got, _ = await raw(client, "/v1/public/20000")
    headers, sent = await raw(client, "/v1/public/20000", method="HEAD")
    assert (headers["Content-Length"], sent) == (got["Content-Length"], b"")


@pytest.mark.parametrize("path", ["/v1/private", "/v1/tagged", "/v1/picture", "/v1/public/1000"])
async def test_what_is_private_versioned_a_picture_or_short_is_not(
    client: Client, ann: dict[str, str], path: str
):
    headers, sent = await raw(client, path, headers=ann)
    assert "Content-Encoding" not in headers
    assert sent == LONG.encode()[: len(sent)]


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip", True),
        ("br;q=1, GZIP ;q=0.5", True),
        ("gzip;q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("identity", False),
        ("xgzip", False),
        ("", False),
    ],
)
async def test_only_who_accepts_gzip_gets_it(client: Client, accepted: str, *, is_compressed: bool):
    headers, _ = await raw(client, "/v1/public/20000", headers={"Accept-Encoding": accepted})
    assert ("Content-Encoding" in headers) == is_compressed


async def test_the_event_loop_does_not_compress_long_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    threads = []

    def compress(*given: Any) -> bytes:
        threads.append(threading.current_thread())
        return zlib.compress(*given)

    monkeypatch.setattr(compression, "zlib", type("", (), {"compress": staticmethod(compress)}))
    await asyncio.gather(raw(client, "/v1/public/20000"), raw(client, "/v1/public/2000"))
    assert sorted(each is threading.main_thread() for each in threads) == [False, True]
