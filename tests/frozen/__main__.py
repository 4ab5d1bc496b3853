"""Adds the samples that are missing."""

from .samples import present

for each in present():
    if not each.path.exists():
        each.path.parent.mkdir(exist_ok=True)
        each.path.write_text(each.json + "\n", encoding="utf-8")
        print(each.path.name)
