"""node runs a bundle in a sandbox: it returns the exports as JSON, and has no other access."""

import json

import pytest

from ece_adapters.card_packages import BrokenPackage, bundle, read_flesh_and_blood
from ece_adapters.card_packages.bundle import exported_json
from tests.unit.card_packages.invented import blood_card, packed

pytestmark = pytest.mark.usefixtures("node")


def run(script: str) -> object:
    return json.loads(exported_json(script.encode(), "cards", file="dist/index.js"))


def test_returns_the_exports_of_the_bundle():
    assert run("0&&(module.exports={});module.exports={cards:[{name:'Zephyr é'}]}") == [
        {"name": "Zephyr é"}
    ]


def test_exports_may_be_added_one_by_one():
    assert run("exports.cards = [1, undefined]") == [1, None]


def test_an_export_that_is_missing_is_nothing():
    assert run("exports.heroes = []") is None


def test_a_whole_package_is_read(tmp_path):
    script = f"module.exports = {{cards: {json.dumps([blood_card()])}}}".encode()
    files = {"package.json": b'{"name": "@flesh-and-blood/cards"}', "dist/index.js": script}
    package = read_flesh_and_blood(packed(files, tmp_path / "blood.tgz"))
    assert [record.key for record in package.records] == ["Zest of the Zephyr", "ZZZ001"]


@pytest.mark.parametrize(
    "reach",
    [
        "require('node:fs')",
        "process.env",
        "fetch('http://127.0.0.1:1/')",
        "setTimeout(() => {}, 1)",
        "eval('1')",
        "this.constructor.constructor('return process')()",
        "module.constructor.constructor('return process')()",
        "new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))",
    ],
)
def test_nothing_of_the_machine_is_in_reach(reach):
    tried = f"let got; try {{ {reach}; got = 'in' }} catch {{ got = 'out' }} exports.cards = got"
    assert run(tried) == "out"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("var cards = [{", "it does not run: SyntaxError"),
        ("throw new Error('out of cards')", "it does not run: Error: out of cards"),
        ("module.exports = null", "it does not run: TypeError"),
        ("exports.cards = [1n]", "it does not run: TypeError"),
        ("for (const all = [];;) all.push(new Array(1e6).fill(1.5))", "it does not run: node gave"),
    ],
)
def test_a_bundle_that_does_not_run_is_refused(script, message):
    with pytest.raises(BrokenPackage) as caught:
        run(script)
    assert str(caught.value).startswith(f"dist/index.js: {message}")
    assert "\n" not in str(caught.value)


def test_a_bundle_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(bundle, "SECONDS", 1)
    with pytest.raises(BrokenPackage, match="it runs for more than 1 seconds"):
        run("for (;;);")


def test_a_bundle_that_exports_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(bundle, "MAX_BYTES", 1_000)
    with pytest.raises(BrokenPackage, match="it exports more than 1000 bytes"):
        run("exports.cards = 'x'.repeat(1000)")


def test_a_machine_without_node_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokenPackage, match="takes node 20 or newer, which is not on the PATH"):
        run("exports.cards = []")


def test_a_node_that_is_too_old_is_refused(monkeypatch, tmp_path):
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\nexit 9\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokenPackage, match=r"takes node 20 or newer, and .*/node is older"):
        run("exports.cards = []")
