"""The first tables: idempotency records and events, identity, cards, ledger, sales, market."""

from ece_adapters.postgres.engine.migrations import script

revision = "0001"
down_revision = None

_CONTEXTS = ("kernel", "identity", "cards", "ledger", "sales", "market")
_FUNCTIONS = (
    "require_rows",
    "refuse",
    "event_log_assign",
    "cards_refuse_print_run",
    "ledger_forbid_change",
    "ledger_rolled_up_balance",
    "ledger_money",
    "ledger_check_replay",
    "ledger_check_hold",
    "ledger_check_account",
    "ledger_check_platform_account",
    "ledger_check_card",
    "ledger_lock",
    "ledger_check_sums",
    "ledger_settle",
    "ledger_close",
    "sales_mark_back_and_forth",
    "market_price_at",
)


def upgrade() -> None:
    script.run("0001_first_slice", "up", _CONTEXTS)
    script.create_functions(_FUNCTIONS)
    script.run("0001_first_slice", "up", ("cards_triggers", "ledger_triggers", "sales_triggers"))


def downgrade() -> None:
    script.run("0001_first_slice", "down", _CONTEXTS[::-1])
