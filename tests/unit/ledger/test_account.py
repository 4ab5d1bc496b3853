"""An account's id is derived from its name, and never changes."""

from uuid import UUID

from ece_domain.identity import UserId
from ece_domain.kernel import USD, Asset
from ece_domain.ledger import Account, PlatformRole

ANNA = UserId(UUID(int=1))


def test_an_id_is_for_ever():
    """Entries are stored with this id: with another one the account would be empty."""
    accounts = (
        Account.of_user(ANNA, USD),
        Account.of_user(ANNA, Asset("GEM", 0)),
        Account.of_platform(PlatformRole.COMMISSION, USD),
        Account.external(USD),
        Account.external(USD, "provider"),
        Account.escrow(ANNA, USD),
    )
    assert [str(account.id) for account in accounts] == [
        "d55258cf-fcc9-5423-bf57-606287d8cfd1",
        "a2d65f46-d01a-5e25-a73f-fb4841631f1e",
        "c915f302-5465-5d0f-932e-4e7eaabbeff1",
        "387bec15-1b0d-585c-8922-40bf24180e46",
        "792c1c9d-1eea-5a36-b83f-18bff35803d1",
        "18e93ba6-19d8-5618-a517-7cba4a180e28",
    ]
