"""The first slice: requests and outbox, identity, cards, the ledger, the market."""

from ece_adapters.postgres.migrations import script

revision = "0001"
down_revision = None

_CONTEXTS = ("kernel", "identity", "cards", "ledger", "market")


def upgrade() -> None:
    script.run("0001_first_slice", "up", _CONTEXTS)


def downgrade() -> None:
    script.run("0001_first_slice", "down", _CONTEXTS[::-1])
