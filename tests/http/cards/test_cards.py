"""The routes of card sets, printings and cards."""

from uuid import uuid4

import pytest

from ece_domain.identity import Role

TRAITS = {
    "rarities": [
        {"code": "common", "label": "Common", "rank": 1},
        {"code": "rare", "label": "Rare", "rank": 5},
    ],
    "finishes": [{"code": "plain", "label": "Plain", "rank": 1}],
}
SET = {"code": "Moonlit", "name": "Moonlit Coast", **TRAITS}
PRINTING = {"number": "001", "name": "Tide Wyrm", "rarity": "rare", "finish": "plain"}


def is_problem(response, status, code):
    assert (response.status_code, response.json()["code"]) == (status, code)
    return True


@pytest.fixture
async def admin(sign_up):
    return await sign_up("boss", Role.ADMIN)


@pytest.fixture
async def ann(sign_up):
    return await sign_up("ann")


@pytest.fixture
async def card_set(client, admin):
    return await client.post("/v1/card-sets", json=SET, headers=admin.headers)


@pytest.fixture
def add(client, admin, card_set):
    async def post(**more):
        return await client.post(
            "/v1/card-sets/moonlit/printings", json={**PRINTING, **more}, headers=admin.headers
        )

    return post


@pytest.fixture
def mint(client, admin, ann):
    async def post(printing, copies=1, key="once", headers=None):
        return await client.post(
            f"/v1/printings/{printing['id']}/mints",
            json={"copies": copies, "owner_id": str(ann.id)},
            headers={**(headers or admin.headers), "Idempotency-Key": key},
        )

    return post


@pytest.fixture
async def card(client, add, mint, ann):
    await mint((await add()).json())
    return (await client.get(f"/v1/cards?owner_id={ann.id}")).json()["data"][0]


class TestCardSets:
    async def test_are_created_by_admins_and_shown_to_all(self, client, admin, card_set):
        created = card_set.json()
        shown = await client.get(card_set.headers["location"])

        assert card_set.status_code == 201
        assert shown.headers["etag"] == card_set.headers["etag"]
        assert shown.json() == created
        assert created == {
            "id": created["id"],
            "version": 1,
            "code": "moonlit",
            "name": "Moonlit Coast",
            "issuer_id": str(admin.id),
            "creator_id": str(admin.id),
            "royalty_ppm": 0,
            "released_on": None,
            "declared_count": None,
            **TRAITS,
            "created_at": "2026-07-01T12:00:00Z",
            "updated_at": "2026-07-01T12:00:00Z",
        }
        assert (await client.get("/v1/card-sets")).json() == {"data": [created], "next": None}

    async def test_name_another_creator_than_their_issuer(self, client, admin, ann):
        body = {**SET, "creator_id": str(ann.id)}
        created = (await client.post("/v1/card-sets", json=body, headers=admin.headers)).json()
        assert (created["issuer_id"], created["creator_id"]) == (str(admin.id), str(ann.id))

    async def test_are_not_sent_again_for_a_known_etag(self, client, card_set):
        known = {"If-None-Match": card_set.headers["etag"]}
        assert (await client.get("/v1/card-sets/moonlit", headers=known)).status_code == 304

    async def test_refuse_collectors_taken_codes_and_clashing_ranks(
        self, client, admin, ann, card_set
    ):
        async def create(by, **changed):
            return await client.post("/v1/card-sets", json={**SET, **changed}, headers=by.headers)

        assert is_problem(await create(ann), 403, "identity.role-not-allowed")
        assert is_problem(await create(admin), 409, "cards.set-code-taken")
        twice = [{**TRAITS["rarities"][0], "code": code} for code in ("a", "b")]
        assert is_problem(
            await create(admin, code="x", rarities=twice), 400, "cards.invalid-definitions"
        )
        assert is_problem(await create(admin, name=" padded"), 400, "cards.invalid-text")
        assert (await create(admin, royalty_ppm=100_001)).status_code == 400

    async def test_change_the_sent_fields_only(self, client, admin, card_set):
        changed = await client.patch(
            "/v1/card-sets/moonlit",
            json={"royalty_ppm": 25_000, "released_on": "2026-05-01"},
            headers={**admin.headers, "If-Match": '"1"'},
        )
        new = {"version": 2, "royalty_ppm": 25_000, "released_on": "2026-05-01"}
        assert changed.json() == {**card_set.json(), **new}
        assert changed.headers["etag"].startswith('"2-')

        relabelled = [{**TRAITS["rarities"][0], "label": "Plentiful"}, TRAITS["rarities"][1]]
        again = await client.patch(
            "/v1/card-sets/moonlit",
            json={"rarities": relabelled, "finishes": TRAITS["finishes"], "released_on": None},
            headers={**admin.headers, "If-Match": '"2"'},
        )
        assert again.json() == {
            **changed.json(),
            "version": 3,
            "rarities": relabelled,
            "released_on": None,
        }

    async def test_refuse_changes_that_are_blind_stale_or_by_others(
        self, client, admin, ann, card_set
    ):
        async def change(by, tag=None):
            headers = by.headers | ({"If-Match": tag} if tag else {})
            return await client.patch("/v1/card-sets/moonlit", json={"name": "X"}, headers=headers)

        assert is_problem(await change(admin), 428, "http.precondition-required")
        assert is_problem(await change(admin, '"9"'), 412, "http.precondition-failed")
        assert is_problem(await change(ann, '"1"'), 403, "cards.not-the-issuer")

    async def test_are_unknown_by_other_codes(self, client):
        assert is_problem(
            await client.get("/v1/card-sets/nowhere"), 404, "cards.card-set-not-found"
        )
        assert is_problem(await client.get("/v1/card-sets/--"), 400, "cards.invalid-set-code")


class TestPrintings:
    async def test_are_added_shown_and_edited(self, client, admin, add):
        added = await add(artist="Ida Lund", print_run=5)
        printing = added.json()
        address = added.headers["location"]

        assert added.status_code == 201
        assert (await client.get(address)).json() == printing
        edited = await client.patch(
            address,
            json={"name": "Tide Dragon", "print_run": None},
            headers={**admin.headers, "If-Match": added.headers["etag"]},
        )
        assert edited.json() == {**printing, "version": 2, "name": "Tide Dragon", "print_run": None}
        assert edited.headers["etag"].startswith('"2-')

    async def test_refuse_unknown_rarities_and_existing_printings(self, client, ann, add):
        await add()
        assert is_problem(await add(), 409, "cards.printing-exists")
        assert is_problem(await add(number="2", rarity="x"), 400, "cards.unknown-definition")
        assert (await add(number="3", name="n" * 201)).status_code == 400
        foreign = await client.post(
            "/v1/card-sets/moonlit/printings", json=PRINTING, headers=ann.headers
        )
        assert is_problem(foreign, 403, "cards.not-the-issuer")

    async def test_are_found_with_facets_page_by_page(self, client, add):
        for number, name in (("1", "Tide Dragon"), ("2", "Ash Dragon"), ("3", "Moon Gate")):
            await add(number=number, name=name, rarity="common" if number == "3" else "rare")
        first = await client.get("/v1/printings?q=dragn&limit=1")
        found = first.json()
        second = (await client.get(first.headers["link"].split(">")[0][1:])).json()

        assert [each["name"] for each in found["data"]] == ["Ash Dragon"]
        assert found["facets"] == {
            "card_sets": [{"value": "moonlit", "count": 2}],
            "rarities": [{"value": "rare", "count": 2}],
            "finishes": [{"value": "plain", "count": 2}],
            "artists": [],
            "is_capped": False,
        }
        assert [each["name"] for each in second["data"]] == ["Tide Dragon"]
        assert (second["next"], second["facets"]) == (None, None)
        by_rarity = await client.get("/v1/printings?rarity=common&sort=rarity&set_code=moonlit")
        assert [each["name"] for each in by_rarity.json()["data"]] == ["Moon Gate"]

    async def test_refuse_a_cursor_of_another_search(self, client, add):
        await add()
        await add(number="2")
        cursor = (await client.get("/v1/printings?limit=1")).json()["next"]
        other = await client.get("/v1/printings", params={"sort": "number", "cursor": cursor})
        assert is_problem(other, 400, "http.invalid-cursor")

    async def test_show_the_drawings_of_ece(self, client, add):
        drawn = (await add(image="genesis:1:17")).json()
        art = await client.get(f"/v1/printings/{drawn['id']}/art")

        assert art.headers["content-type"].startswith("image/svg+xml")
        assert art.text.startswith("<svg")
        assert art.headers["cache-control"] == "public, max-age=300"
        known = {"If-None-Match": art.headers["etag"]}
        again = await client.get(f"/v1/printings/{drawn['id']}/art", headers=known)
        assert (again.status_code, again.content) == (304, b"")

    @pytest.mark.parametrize("image", ["http://example.com/a.png", "//example.com", "data:,a"])
    async def test_have_no_image_that_a_page_runs_or_loads_in_clear(self, client, add, image):
        refused = await add(image=image)
        assert is_problem(refused, 400, "http.invalid-body")
        assert refused.json()["errors"][0]["pointer"] == "#/image"

    @pytest.mark.parametrize("image", [None, "https://example.com/a.png", "genesis:1:301"])
    async def test_have_no_other_art(self, client, add, image):
        printing = (await add(image=image)).json()
        assert is_problem(
            await client.get(f"/v1/printings/{printing['id']}/art"), 404, "cards.art-not-found"
        )

    async def test_keep_the_print_run_of_which_copies_exist(self, client, add, mint, admin):
        printing = (await add(print_run=5)).json()
        await mint(printing)

        async def edit(version, print_run):
            return await client.patch(
                f"/v1/printings/{printing['id']}",
                json={"print_run": print_run},
                headers={**admin.headers, "If-Match": f'"{version}"'},
            )

        for print_run in (6, None):
            refused = await edit(2, print_run)
            assert is_problem(refused, 409, "cards.print-run-fixed")
            assert (refused.json()["print_run"], refused.json()["minted"]) == (5, 1)
        assert (await edit(2, 4)).json()["print_run"] == 4


class TestMinting:
    async def test_gives_consecutive_serials_once_per_key(self, client, add, mint, ann):
        printing = (await add(print_run=5)).json()
        first = await mint(printing, 3)
        again = await mint(printing, 3)

        assert first.status_code == 201
        assert first.json() == {
            "printing_id": printing["id"],
            "owner_id": str(ann.id),
            "first_serial": 1,
            "last_serial": 3,
        }
        assert again.json() == first.json()
        assert again.headers["idempotent-replayed"] == "true"
        listed = await client.get(f"/v1/cards?printing_id={printing['id']}&sort=serial")
        assert [card["serial"] for card in listed.json()["data"]] == [1, 2, 3]
        of_several = await client.get(f"/v1/cards?owner_id={ann.id}&sort=serial")
        assert is_problem(of_several, 400, "cards.sort-needs-printing")

    async def test_refuses_too_many_others_and_reused_keys(self, add, mint, ann):
        printing = (await add(print_run=5)).json()
        await mint(printing, 3)

        refused = await mint(printing, 3, key="more")
        assert is_problem(refused, 409, "cards.print-run-exceeded")
        assert (refused.json()["print_run"], refused.json()["minted"]) == (5, 3)
        assert is_problem(await mint(printing, 2), 422, "kernel.idempotency-key-reused")
        assert is_problem(
            await mint(printing, 1, "foreign", ann.headers), 403, "cards.not-the-issuer"
        )
        assert (await mint(printing, 10_001, key="large")).status_code == 400


class TestCards:
    async def test_are_shown_with_their_printing_and_history(self, client, card, ann):
        assert (card["serial"], card["is_held"], card["owner_id"]) == (1, False, str(ann.id))
        assert card["printing"]["name"] == "Tide Wyrm"
        assert (await client.get(f"/v1/cards/{card['id']}")).json() == card
        history = await client.get(f"/v1/cards/{card['id']}/history")
        assert history.json()["data"] == [
            {
                "owner_id": str(ann.id),
                "acquired_at": card["created_at"],
                "purpose": "cards.minting",
                "settlement_id": None,
            }
        ]

    async def test_are_listed_by_their_owner(self, client, card, ann, admin):
        for owner, expected in ((ann, [card]), (admin, [])):
            found = await client.get("/v1/cards", params={"owner_id": str(owner.id)})
            assert found.json()["data"] == expected

    async def test_take_the_condition_that_their_owner_states(self, client, card, ann, admin):
        async def state(by, code="LP"):
            return await client.put(
                f"/v1/cards/{card['id']}/condition",
                json={"scale": "cardmarket", "code": code},
                headers={**by.headers, "If-Match": '"1"'},
            )

        assert is_problem(await state(admin), 403, "cards.not-the-owner")
        assert is_problem(await state(ann, "MP"), 400, "cards.unknown-condition")
        assert (await state(ann)).json()["condition"] == {
            "scale": "cardmarket",
            "code": "LP",
            "label": "Light Played",
            "rank": 5,
        }
        assert is_problem(await state(ann), 412, "http.precondition-failed")

    async def test_take_the_grade_that_a_moderator_records(self, client, card, ann, sign_up):
        grade = {"company": "psa", "grade": "9.5", "certificate": "12345678"}
        moderator = await sign_up("mod", Role.MODERATOR)

        async def record(by):
            return await client.put(
                f"/v1/cards/{card['id']}/grade",
                json=grade,
                headers={**by.headers, "If-Match": '"1"'},
            )

        assert is_problem(await record(ann), 403, "identity.role-not-allowed")
        graded = (await record(moderator)).json()
        assert graded["grade"] == {**grade, "company": "PSA"}

    async def test_that_do_not_exist_are_not_found(self, client, card):
        for address in (f"/v1/cards/{uuid4()}", f"/v1/cards/{uuid4()}/history"):
            assert is_problem(await client.get(address), 404, "cards.card-not-found")
        assert is_problem(
            await client.get(f"/v1/printings/{uuid4()}"), 404, "cards.printing-not-found"
        )


@pytest.mark.parametrize(
    "address", ["cards?owner_id=", "listings?seller_id=", "listings/facets?seller_id="]
)
async def test_cards_of_an_unknown_owner_are_not_found(client, ann, address):
    assert (await client.get(f"/v1/{address}{ann.id}")).status_code == 200
    assert is_problem(await client.get(f"/v1/{address}{uuid4()}"), 404, "identity.user-not-found")
