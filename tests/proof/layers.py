"""The layers of ``make proof``, with their size relative to ``make test``."""

from attrs import frozen


@frozen
class Layer:
    """Tests that belong together, and the factor by which ``make proof`` enlarges them."""

    name: str
    scale: int
    paths: tuple[str, ...]


# The longest first, so that no core runs them alone at the end.
LAYERS = (
    Layer("simulation", 10, ("tests/simulation",)),
    Layer("cut commits", 50, ("tests/e2e/test_ambiguous_commit.py",)),
    Layer("planted in code", 2, ("tests/proof/test_planted_in_code.py",)),
    Layer("mutants", 2, ("tests/proof/test_mutants.py",)),
    Layer("kills", 20, ("tests/e2e/test_kills.py",)),
    Layer("hostile bytes", 50, ("tests/e2e/test_hostile.py",)),
    Layer(
        "hostile clients",
        5,
        (
            "tests/e2e/test_bounded_requests.py",
            "tests/e2e/test_bystander.py",
            "tests/e2e/test_floods.py",
            "tests/e2e/test_forged_tokens.py",
            "tests/e2e/test_answers_alike.py",
        ),
    ),
    Layer("requests from the document", 134, ("tests/hostile/test_schemathesis.py",)),
    Layer("market under attack", 10, ("tests/hostile/test_http_machine.py",)),
    Layer("parsers", 10, ("tests/fuzz",)),
    Layer(
        "access",
        1,
        (
            "tests/hostile/test_access_matrix.py",
            "tests/hostile/test_access_layers.py",
            "tests/hostile/test_mass_assignment.py",
            "tests/hostile/test_inspector.py",
        ),
    ),
    Layer(
        "races",
        50,
        ("tests/contract/ledger/test_races.py", "tests/contract/market/test_races.py"),
    ),
    Layer("three ledgers", 10, ("tests/contract/ledger/test_three_ledgers.py",)),
    Layer(
        "serializability",
        10,
        ("tests/proof/test_serializability.py", "tests/proof/test_serializability_checker.py"),
    ),
    Layer(
        "schedules and planted SQL",
        1,
        ("tests/proof/test_isolation.py", "tests/proof/test_planted_in_sql.py"),
    ),
    Layer("restore", 5, ("tests/proof/test_restore.py",)),
    Layer(
        "outages",
        5,
        (
            "tests/proof/test_full_disk.py",
            "tests/e2e/test_outage.py",
            "tests/e2e/test_crowded_pool.py",
        ),
    ),
)
