"""Every mutant of money, ledger and market is killed, or listed with a reason."""

from collections import Counter

import pytest

from tests.tally import SCALE, Tally

from .mutants import PAGE, ROOT, Mutant, listed, mutate, undecorated

LISTED = listed(PAGE.read_text())


@pytest.mark.skipif(SCALE == 1, reason="takes a core for ten minutes: make proof")
@pytest.mark.timeout(3600)
def test_every_surviving_mutant_is_listed_with_a_reason(tmp_path, tally: Tally):
    outcome = mutate(tmp_path)

    mutants = outcome.verdicts.total()
    tally.count("mutants", mutants, at_least=2_000)
    tally.count("mutants killed", outcome.verdicts["killed"], at_least=-(-mutants * 9 // 10))
    tally.count("mutants that ran for ever", outcome.verdicts["timeout"])
    tally.count("mutants that live, each with a reason", outcome.lived.total())
    assert _shown(outcome.lived - LISTED) == "", "these live and are not listed"
    assert _shown(LISTED - outcome.lived) == "", "these are listed and do not live"


def _shown(mutants: Counter[Mutant]) -> str:
    """The mutants in the format of the page."""
    return "\n".join(map(str, mutants.elements()))


@pytest.mark.parametrize("mutant", LISTED, ids=lambda mutant: mutant.function)
def test_the_page_matches_the_present_code(mutant):
    module, _, _ = mutant.function.partition(":")
    code = (ROOT / "src" / f"{module.replace('.', '/')}.py").read_text().splitlines()
    changed = {line[2:] for line in mutant.change if line.startswith("-")}

    assert changed <= {line.strip() for line in code}


def test_decorated_functions_are_mutated_too():
    source = """
class Account:
    @classmethod
    @cache
    def house(cls):
        return cls()

    @property
    def available(self):
        return 1
"""
    assert (
        undecorated(source)
        == """
class Account:
    def house(cls):
        return cls()
    house = classmethod(house)

    def available(self):
        return 1
    available = property(available)
"""
    )
