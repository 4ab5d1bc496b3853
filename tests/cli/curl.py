"""The ``curl`` of machines that have none: the options that ECE prints and documents, no others."""

import argparse
import os
import shutil
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def path_with_curl(folder: Path) -> str:
    """A ``PATH`` that has a ``curl``: the machine's own, or this one, put into the folder."""
    usual = os.environ["PATH"]
    if shutil.which("curl"):
        return usual
    program = folder / "curl"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{__file__}' \"$@\"\n")
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{usual}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="body")
    parser.add_argument("-s", "-S", action="store_true")
    given = parser.parse_args()
    headers = dict(header.split(": ", 1) for header in given.headers)
    body = None if given.body is None else given.body.encode()
    request = Request(given.url, body, headers, method=given.method)
    try:
        with urlopen(request, timeout=30) as answer:
            sys.stdout.buffer.write(answer.read())
    except HTTPError as refusal:  # curl prints the answer whatever its status
        sys.stdout.buffer.write(refusal.read())


if __name__ == "__main__":
    main()
