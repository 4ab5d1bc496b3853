"""What keeps ECE from working here, and how to mend it: ``ece doctor``."""

import json

from attrs import asdict

from .diagnosis import Finding, Health, look
from .exit_codes import Exit
from .options import AsJson, DatabaseUrl, settings_with

_MARKS = {Health.GOOD: "ok", Health.OPTIONAL: "--", Health.BROKEN: "!!"}


def doctor(*, database_url: DatabaseUrl = None, as_json: AsJson = False) -> Exit:
    """Look at this machine and the settings. Name what is broken, and the command that mends it."""
    findings = look(settings_with(database_url=database_url))
    broken = [finding for finding in findings if finding.health is Health.BROKEN]
    if as_json:
        print(json.dumps({"ok": not broken, "findings": list(map(asdict, findings))}))
    else:
        print("\n".join(map(_told, findings)))
        print(f"{len(broken)} of {len(findings)} need mending" if broken else "all is well")
    return Exit.FOUND_WRONG if broken else Exit.DONE


def _told(finding: Finding) -> str:
    cure = f"\n   {'':12}mend it: {finding.cure}" if finding.cure else ""
    return f"{_MARKS[finding.health]} {finding.name:12} {finding.what}{cure}"
