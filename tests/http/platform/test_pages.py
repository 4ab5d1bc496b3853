"""Pages of lists: limits, cursors that cannot be forged, links, and strict parameters."""

from base64 import urlsafe_b64decode
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.http.conftest import Client


async def numbers(client: Client, path: str) -> list[int]:
    return [each["number"] for each in (await client.get(path)).json()["data"]]


async def test_a_walk_by_cursor_visits_everything_once(client: Client):
    seen, path = [], "/v1/offers?limit=3"
    while path:
        page = (await client.get(path)).json()
        seen += [each["number"] for each in page["data"]]
        path = page["next"] and f"/v1/offers?limit=3&cursor={page['next']}"
    assert seen == list(range(10))


async def test_a_walk_by_link_keeps_the_filters(client: Client):
    answer = await client.get("/v1/offers", params={"limit": 4, "text": "a&b=c", "tag": ["x", "y"]})
    target = answer.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    query = parse_qs(urlsplit(target).query)
    assert (query["text"], query["tag"]) == (["a&b=c"], ["x", "y"])
    assert await numbers(client, target) == [4, 5, 6, 7]


async def test_the_last_page_has_no_next(client: Client):
    answer = await client.get("/v1/offers?limit=10")
    assert answer.json()["next"] is None
    assert "Link" not in answer.headers


async def test_a_cursor_continues_with_another_limit(client: Client):
    cursor = (await client.get("/v1/offers?limit=3")).json()["next"]
    assert await numbers(client, f"/v1/offers?limit=2&cursor={cursor}") == [3, 4]


@pytest.mark.parametrize("cursor", ["", "a", "AAAA", "A" * 40, "ä", "*", "A" * 2000])
async def test_a_forged_cursor_is_a_400(client: Client, cursor: str):
    answer = await client.get("/v1/offers", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "http.invalid-cursor")


async def test_a_cursor_tells_a_client_nothing_of_its_position(client: Client):
    cursors = [(await client.get(f"/v1/offers?limit={limit}")).json()["next"] for limit in (1, 2)]
    first, second = (urlsafe_b64decode(cursor + "===") for cursor in cursors)
    assert b"[0]" not in first  # its position as JSON
    assert sum(one == other for one, other in zip(first, second, strict=True)) <= 4


async def test_a_changed_cursor_is_a_400(client: Client):
    cursor = (await client.get("/v1/offers?limit=3")).json()["next"]
    places = range(len(cursor))
    changes = [cursor[:at] + new + cursor[at + 1 :] for at in places for new in "AQgw!"]
    for changed in [*changes, f"{cursor}!", f"{cursor}=", f" {cursor}"]:
        if changed == cursor:
            continue
        answer = await client.get("/v1/offers", params={"cursor": changed})
        assert answer.json()["code"] == "http.invalid-cursor"


async def test_a_cursor_of_another_filter_is_a_400(client: Client):
    cursor = (await client.get("/v1/offers?limit=3&text=a")).json()["next"]
    answer = await client.get(f"/v1/offers?limit=3&text=b&cursor={cursor}")
    assert answer.json()["code"] == "http.invalid-cursor"


async def test_a_cursor_of_another_list_is_a_400(client: Client):
    cursor = (await client.get("/v1/offers?limit=3")).json()["next"]
    answer = await client.get(f"/v1/old-offers?limit=3&cursor={cursor}")
    assert answer.json()["code"] == "http.invalid-cursor"


async def test_a_cursor_of_another_caller_is_a_400(
    client: Client, ann: dict[str, str], bob: dict[str, str]
):
    cursor = (await client.get("/v1/own-offers?limit=3", headers=ann)).json()["next"]
    path = f"/v1/own-offers?limit=3&cursor={cursor}"
    assert (await client.get(path, headers=ann)).status_code == 200
    assert (await client.get(path, headers=bob)).json()["code"] == "http.invalid-cursor"


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("limit=0", "limit", "out-of-bounds"),
        ("limit=101", "limit", "out-of-bounds"),
        ("limit=x", "limit", "wrong-type"),
        ("limit=99999999999999999999999", "limit", "out-of-bounds"),
        ("lowest=-1", "lowest", "out-of-bounds"),
        ("maker=x", "maker", "malformed"),
        ("limt=5", "limt", "unknown"),
        ("limit=5&limit=5", "limit", "repeated"),
        ("text=a%00b", "text", "invalid-text"),
        ("text=" + "a" * 21, "text", "out-of-bounds"),
    ],
)
async def test_a_wrong_parameter_is_named(client: Client, query: str, parameter: str, code: str):
    answer = await client.get(f"/v1/offers?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "http.invalid-parameters")
    (fault,) = answer.json()["errors"]
    assert (fault["parameter"], fault["code"], fault["place"]) == (parameter, code, "query")


async def test_all_wrong_parameters_are_named(client: Client):
    faults = (await client.get("/v1/offers?limt=5&txt=a&limit=1&limit=2")).json()["errors"]
    assert {fault["parameter"] for fault in faults} == {"limt", "txt", "limit"}


async def test_an_unknown_parameter_gets_a_suggestion(client: Client):
    (fault,) = (await client.get("/v1/offers?limt=5")).json()["errors"]
    assert "did you mean 'limit'?" in fault["detail"]


@pytest.mark.parametrize("query", ["text=%ff", "%ff=a", "text=%e2%82"])
async def test_a_query_that_is_not_utf8_is_a_400(client: Client, query: str):
    answer = await client.get(f"/v1/offers?{query}")
    assert answer.json()["code"] == "http.invalid-parameters"


async def test_a_parameter_may_be_there_twice_where_it_is_a_list(client: Client):
    assert (await client.get("/v1/offers?tag=a&tag=b")).status_code == 200


async def test_a_missing_parameter_is_named(client: Client):
    assert (await client.get("/v1/makers/ann?kind=a")).json() == {"name": "ann", "kind": "a"}
    (fault,) = (await client.get("/v1/makers/ann")).json()["errors"]
    assert (fault["parameter"], fault["code"], fault["place"]) == ("kind", "missing", "query")


async def test_a_path_has_no_nul(client: Client):
    answer = await client.get("/v1/makers/a%00b?kind=a")
    assert (answer.status_code, answer.json()["code"]) == (400, "http.invalid-parameters")
