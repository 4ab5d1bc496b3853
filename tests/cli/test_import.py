"""``ece import``, with packages of invented cards."""

import json

import pytest

from tests.unit.card_packages.invented import encoded, packed, pocket, pocket_cards, unpacked


@pytest.fixture
def away(ece, postgres_url):
    """``ece`` with an empty, migrated exchange on an external server."""
    return ece.with_variable(ECE_DATABASE_URL=postgres_url)


@pytest.fixture
def package(tmp_path):
    return packed(encoded(pocket()), tmp_path / "pocket.tgz")


def counts(done):
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report.pop("warnings") == []
    return {name: count for name, count in report.items() if count}


def test_importing_twice_changes_nothing(away, package):
    first = away("import", "tcg-pocket", str(package), "--json")
    second = away("import", "tcg-pocket", str(package), "--json")
    assert counts(first) == {"sets_created": 2, "printings_created": 3}
    assert counts(second) == {"sets_unchanged": 2, "printings_unchanged": 3}


def test_changes_of_the_package_are_imported(away, package, tmp_path):
    away("import", "tcg-pocket", str(package))
    cards = pocket_cards()
    cards[0]["name"] = "Mossling, Renamed"
    changed = unpacked(encoded(pocket(cards=cards)), tmp_path)
    again = away("import", "tcg-pocket", str(changed), "--json")
    assert counts(again) == {"sets_unchanged": 2, "printings_changed": 1, "printings_unchanged": 2}


def test_the_report_names_warnings_and_what_was_done(away, tmp_path):
    cards = [*pocket_cards(), {**pocket_cards()[0], "name": "Mossling's Twin"}]
    path = packed(encoded(pocket(cards=cards)), tmp_path / "pocket.tgz")
    done = away("import", "tcg-pocket", str(path))
    assert done.stdout.splitlines() == [
        "wrong-set-count: Z1: it says that it has 2 printings; there are 3",
        "repeated-key: Z1/1: kept as Z1/1#2",
        "repeated-number: Z1/1: 1 comes again, kept as variant 2",
        "sets: 2 new, 0 changed, 0 unchanged",
        "printings: 4 new, 0 changed, 0 unchanged",
        "3 warnings, 0 printings skipped",
    ]
    assert done.stderr == ""


def test_nothing_is_imported_from_a_broken_package(away, package, tmp_path):
    cards = [*pocket_cards(), {"set": "Z1", "number": 3, "rarity": "C"}]
    broken = packed(encoded(pocket(cards=cards)), tmp_path / "broken.tgz")
    refused = away("import", "tcg-pocket", str(broken))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "ece: nothing was imported: dist/cards.json, 4. entry:"
        " Object missing required field `name`\n"
    )
    assert counts(away("import", "tcg-pocket", str(package), "--json"))["printings_created"] == 3


@pytest.mark.parametrize("command", ["tcg-pocket", "flesh-and-blood"])
def test_a_missing_path_is_refused_in_one_line(ece, command):
    refused = ece("import", command, "nowhere.tgz")
    assert refused.returncode == 2
    assert refused.stderr == (
        "ece: nothing was imported: nowhere.tgz: there is no such file or folder\n"
    )


def test_an_unknown_issuer_is_refused(away, package):
    refused = away("import", "tcg-pocket", str(package), "--issuer", "nobody_here")
    assert refused.returncode == 4
    assert "identity.user-not-found" in refused.stderr
