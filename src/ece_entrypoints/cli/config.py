"""Prints the settings: ``ece config``."""

import json
from typing import Annotated, Final

from attrs import asdict
from cyclopts import Parameter

from ece_entrypoints.wiring.settings import Settings
from ece_entrypoints.wiring.settings_reference import (
    DescribedSetting,
    described_settings,
    docstrings_of,
)

from .exit_codes import Exit
from .options import AsJson, settings_with

_PAGE: Final = """\
# Configuration

<!-- Written by `ece config --markdown`; a test keeps it up to date. -->

Every setting is an environment variable. An unknown variable that begins with `ECE_`, or a value
that is not valid, ends a command with exit code 2. `ece config` prints the value and the source of
each setting on your machine, without secrets; `ece doctor` checks whether they work together.

| Variable | Default | Meaning |
|---|---|---|
{settings}

## Exit codes

Every command ends with one of these. A command that fails prints one line on standard error, or
with `--json` one document on standard output:
`{{"error": {{"exit_code": 3, "name": "not_possible", "what": "..."}}}}`.

| Code | Meaning |
|---|---|
{exit_codes}
"""


def config(
    *, as_json: AsJson = False, markdown: Annotated[bool, Parameter(negative="")] = False
) -> None:
    """Print every setting with its value, source, default and meaning. Secrets are masked.

    :param markdown: Print the page docs/configuration.md instead.
    """
    if markdown:
        print(configuration_page(), end="")
        return
    described = described_settings(settings_with())
    if as_json:
        print(json.dumps({"settings": list(map(asdict, described))}))
    else:
        print("\n\n".join(map(_paragraph, described)))


def _paragraph(one: DescribedSetting) -> str:
    origin = one.source
    if origin != "default":
        origin += f"; default: {one.default or 'empty'}"
    return f"{one.variable}={one.value}  ({origin})\n    {_meaning(one)}"


def configuration_page() -> str:
    described = described_settings(Settings(), {})
    meanings = docstrings_of(Exit)
    return _PAGE.format(
        settings="\n".join(
            f"| `{one.variable}` | {_default(one)} | {_cell(one)} |" for one in described
        ),
        exit_codes="\n".join(f"| {code} | {_plain(meanings[code.name])} |" for code in Exit),
    )


def _default(one: DescribedSetting) -> str:
    return f"`{one.default}`" if one.default else "empty"


def _cell(one: DescribedSetting) -> str:
    return _plain(_meaning(one)).replace("|", "\\|")


def _meaning(one: DescribedSetting) -> str:
    choices = f" One of: {', '.join(one.choices)}." if one.choices else ""
    return f"{one.meaning}{choices}"


def _plain(text: str) -> str:
    return text.replace("``", "`")
