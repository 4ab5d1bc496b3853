"""The accounts of the exchange itself, over every store."""

import pytest

from ece_adapters.crypto import fresh_secret
from ece_domain import identity
from ece_domain.identity import CARD_ARCHIVE, Handle, InvalidEmail, Role
from tests.contract.identity.office import load


@pytest.fixture
def open_archive(exchange):
    async def open_it():
        open_system_account = identity.OpenSystemAccount(
            exchange.database.begin, exchange.passwords, fresh_secret, exchange.clock
        )
        return await open_system_account(account=CARD_ARCHIVE)

    return open_it


async def test_an_account_of_the_exchange_is_opened_once_and_found_by_its_id(
    exchange, open_archive, outbox
):
    opened = await open_archive()
    assert (opened.id, opened.handle, opened.role) == (
        CARD_ARCHIVE.id,
        Handle("card_archive"),
        Role.ADMIN,
    )
    assert await open_archive() == opened == await load(exchange.database, opened.id)
    assert await outbox() == ["identity.user-registered"]


@pytest.mark.parametrize("handle", ["card_archive", "cardarchive", "Card_Archive_", "c_ardarchive"])
async def test_nobody_can_take_the_handle_of_the_card_archive(exchange, open_archive, handle):
    """A user named card_archive blocked ``ece import``."""
    with pytest.raises(identity.HandleReserved):
        await exchange.register(handle, email="eve@example.com")
    assert await open_archive()


@pytest.mark.parametrize("email", [str(CARD_ARCHIVE.email), "eve@EXCHANGE.Invalid"])
async def test_nobody_can_take_an_address_that_never_exists(exchange, open_archive, email):
    with pytest.raises(InvalidEmail):
        await exchange.register("eve", email=email)
    assert await open_archive()
