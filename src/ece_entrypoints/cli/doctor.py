"""Checks this machine and the settings: ``ece doctor``."""

import json

from attrs import asdict

from .diagnosis import Diagnosis, Health, diagnose
from .exit_codes import Exit
from .options import AsJson, DatabaseUrl, settings_with

_MARKS = {Health.GOOD: "ok", Health.OPTIONAL: "--", Health.BROKEN: "!!"}


def doctor(*, database_url: DatabaseUrl = None, as_json: AsJson = False) -> Exit:
    """Check this machine and the settings; name each problem and the command that fixes it."""
    diagnoses = diagnose(settings_with(database_url=database_url))
    broken = [diagnosis for diagnosis in diagnoses if diagnosis.health is Health.BROKEN]
    if as_json:
        print(json.dumps({"ok": not broken, "diagnoses": list(map(asdict, diagnoses))}))
    else:
        print("\n".join(map(_line, diagnoses)))
        print(f"{len(broken)} of {len(diagnoses)} checks failed" if broken else "all checks passed")
    return Exit.FOUND_WRONG if broken else Exit.DONE


def _line(diagnosis: Diagnosis) -> str:
    cure = f"\n   {'':12}fix it: {diagnosis.cure}" if diagnosis.cure else ""
    return f"{_MARKS[diagnosis.health]} {diagnosis.name:12} {diagnosis.what}{cure}"
