"""Docstrings, comments and pages use the standard terms, not literary words."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_layout import ROOT, relative

LITERARY = {
    "whoever": "the user, the caller, the process",
    "whosoever": "every caller",
    "told": "published, returned, named, documented",
    "untold": "not published",
    "chore": "periodic job",
    "chores": "periodic jobs",
    "patience": "timeout",
    "hurry": "deadline",
    "astray": "lost",
    "meddles": "changes",
    "goes away": "disconnects, is unavailable",
    "went away": "disconnected, was unavailable",
    "takes over": "imports, copies, continues",
    "somebody else's": "of another user",
    "for ever": "forever",
    "again and again": "repeatedly",
    "speaks of": "refers to",
    "what became of": "the state of",
    "come about": "occur",
    "came about": "occurred",
    "no less and no more": "exactly",
}
"""Words that a reader stumbles over, each with the usual ones. Only words with no technical use."""
RIGHT_THERE = {
    "docs/proof/latest.md": "written by `make proof`",
    "docs/openapi.json": "generated",
    "src/ece_adapters/genesis/words.py": "the flavor texts of cards",
}
"""Files that the rule leaves alone, and why."""

_WORDS = re.compile(r"\b(?:" + "|".join(map(re.escape, LITERARY)) + r")\b", re.IGNORECASE)
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def prose_of(path: Path) -> Iterator[str]:
    """The docstrings and comments of a source, or the text of a page without its code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield _CODE.sub("", text)
    elif path.suffix == ".sql":
        yield from re.findall(r"--.*", text)
    else:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                yield _CODE.sub("", str(node.value.value))
        with tokenize.open(path) as file:
            tokens = tokenize.generate_tokens(file.readline)
            yield from (token.string for token in tokens if token.type == tokenize.COMMENT)


def literary_words_in(path: Path) -> set[str]:
    return {
        " ".join(word.lower().split()) for text in prose_of(path) for word in _WORDS.findall(text)
    }


PATHS = [
    path
    for pattern in ("src/**/*.py", "src/**/*.sql", "docs/**/*.md", "*.md")
    for path in sorted(ROOT.glob(pattern))
    if relative(path) not in RIGHT_THERE and "__pycache__" not in path.parts
]


def test_prose_has_no_literary_words():
    found = {relative(path): words for path in PATHS if (words := literary_words_in(path))}

    assert found == {}


def test_the_check_finds_a_literary_word_in_docstrings_comments_and_pages(tmp_path):
    planted = {
        "planted.py": '"""Told to whoever asks."""\ntold = 1  # goes\n#  a chore\n"told"\n',
        "planted.sql": "SELECT told; -- kept for ever\n",
        "planted.md": "```\ntold\n```\n`whoever`, and\nno patience\n",
    }
    for name, text in planted.items():
        (tmp_path / name).write_text(text)

    assert literary_words_in(tmp_path / "planted.py") == {"told", "whoever", "chore"}
    assert literary_words_in(tmp_path / "planted.sql") == {"for ever"}
    assert literary_words_in(tmp_path / "planted.md") == {"patience"}
