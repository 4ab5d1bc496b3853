"""Values for fields that take another type, or other bounds."""

from hypothesis import strategies as st

from tests.hostile.town import UNKNOWN

HOSTILE = st.sampled_from(
    [
        None, True, -1, 0, 0.5, 1e300, 10**15, 10**15 + 1, 2**63 - 1, 2**63, 10**40, "", "0",
        "USD/2", "EUR/2", "usd", "\0", "x" * 5_000, "\u202e", [], [None], {}, {"amount": 1},
        str(UNKNOWN), "not-an-id", "9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+14:00",
        "2026-07-01T12:00:00", "2026-07-01T12:00:00Z", "genesis:1:99999999999999999999", "admin",
    ]
)  # fmt: skip

PRINT_RUNS = st.booleans().flatmap(lambda valid: st.integers(100, 999) if valid else HOSTILE)
"""Valid as often as hostile, so that some edits of a printing succeed."""
