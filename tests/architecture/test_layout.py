"""The rules of the project that a linter cannot check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
CONTEXTS = sorted(
    folder for folder in (ROOT / "src/ece_domain").iterdir() if (folder / "__init__.py").exists()
)
NAMES_OF_ROLES = {
    "service", "services", "util", "utils", "helper", "helpers", "common", "models",
    "manager", "managers", "base", "misc",
}  # fmt: skip
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 70
DIRECT_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "uuid.uuid1", "uuid.uuid4", "uuid4", "uuid.uuid7", "uuid7", "asyncio.sleep", "time.sleep",
    "random.random", "random.Random", "random.randrange", "random.choice", "os.urandom",
    "secrets.token_bytes", "secrets.token_urlsafe", "secrets.token_hex", "secrets.randbelow",
}  # fmt: skip


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=relative)
def test_a_file_is_named_after_the_business_and_stays_short(path):
    assert path.stem not in NAMES_OF_ROLES
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_function_fits_on_a_screen(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length < MAX_FUNCTION_LINES, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", sorted((ROOT / "src/ece_domain").rglob("*.py")), ids=relative)
def test_the_domain_gets_time_randomness_and_ids_from_ports(path):
    assert not DIRECT_CALLS & set(calls_of(path))


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda folder: folder.name)
def test_a_context_publishes_its_language(context):
    face = (context / "__init__.py").read_text(encoding="utf-8")
    names = re.search(r"__all__ = \[(.*?)\]", face, re.DOTALL)
    assert names, "the face of a context has an __all__"
    listed = re.findall(r'"(\w+)"', names[1])
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda folder: folder.name)
def test_a_verb_file_holds_the_use_case_of_its_name(context):
    for path in (context / "use_cases").glob("[a-z]*.py"):
        classes = [
            node.name
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.ClassDef)
        ]
        expected = "".join(word.capitalize() for word in path.stem.split("_"))
        assert expected in classes, f"{relative(path)} should define {expected}"
