"""Describes every setting: its variable, meaning, default, and where its value comes from.

The meaning is the docstring below the field, read from the source: a new setting describes itself.
"""

import ast
import inspect
import os
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import pairwise
from textwrap import dedent
from typing import Any

import attrs
from attrs import frozen

from .settings import PREFIX, Settings

MASK = "***"


@frozen
class DescribedSetting:
    """One setting with its value as text; that of a secret is masked."""

    variable: str
    value: str
    default: str
    source: str
    """``default`` or ``environment``."""
    meaning: str
    choices: tuple[str, ...]


def described_settings(
    settings: Settings, environment: Mapping[str, str] = os.environ
) -> Iterator[DescribedSetting]:
    meanings, defaults = docstrings_of(Settings), Settings()
    for field in attrs.fields(Settings):
        variable = PREFIX + field.name.upper()
        value, default = (getattr(each, field.name) for each in (settings, defaults))
        yield DescribedSetting(
            variable=variable,
            value=MASK if value and not field.repr else _text(value),
            default=_text(default),
            source="environment" if variable in environment else "default",
            meaning=meanings.get(field.name, ""),
            choices=choices_of(type(default)),
        )


def choices_of(kind: type) -> tuple[str, ...]:
    if issubclass(kind, Enum):
        return tuple(each.name for each in kind)
    return ("true", "false") if kind is bool else ()


def docstrings_of(described: type) -> dict[str, str]:
    """The docstring below each field or member of a class, as one line."""
    (body,) = ast.parse(dedent(inspect.getsource(described))).body
    found = {}
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for named, text in pairwise(statements):
        match named, text:
            case (
                (ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)])),
                ast.Expr(value=ast.Constant(value=str(meaning))),
            ):
                found[name] = " ".join(meaning.split())
    return found


def _text(value: Any) -> str:  # noqa: ANN401  # a setting of each type
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, bool):
        return str(value).lower()
    return ":".join(map(str, value)) if isinstance(value, tuple) else str(value)
