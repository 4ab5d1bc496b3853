"""Reads the exports of a CommonJS bundle in a sandbox."""

import os
import shutil
import subprocess
from typing import Final

from .broken_package import BrokenPackage, shown
from .package_files import MAX_BYTES

SECONDS: Final = 30
_MEGABYTES: Final = 512
_BAD_OPTION: Final = 9

# The bundle runs in a separate context that has the language but not the API of node: no require,
# process or network. Its only output is a string.
_READ: Final = """
const {readFileSync, writeFileSync} = require("node:fs");
const vm = require("node:vm");
const nowhere = vm.createContext(Object.create(null), {
  codeGeneration: {strings: false, wasm: false},
});
const run = (code) => vm.runInContext(code, nowhere, {filename: "bundle"});
run("var module = {exports: {}}, exports = module.exports");
run(readFileSync(0, "utf8"));
const name = JSON.stringify(process.argv[1]);
writeFileSync(1, run(`JSON.stringify(module.exports[${name}])`) ?? "null");
"""


def exported_json(bundle: bytes, name: str, *, file: str) -> bytes:
    """The export of the bundle with this name, as JSON.

    ``node`` runs the bundle without access to files, processes and the environment, with limited
    time and memory.

    :raises BrokenPackage: if the bundle fails or has no such export, or node is missing.
    """
    node = shutil.which("node")
    if node is None:
        raise BrokenPackage(
            file, "reading it takes node 20 or newer, which is not on the PATH (nodejs.org)"
        )
    ran = _run(node, "--permission", bundle, name, file)
    if ran.returncode == _BAD_OPTION:
        ran = _run(node, "--experimental-permission", bundle, name, file)  # its name in node 20
    if ran.returncode == _BAD_OPTION:
        raise BrokenPackage(file, f"reading it takes node 20 or newer, and {node} is older")
    if ran.returncode:
        raise BrokenPackage(file, f"it does not run: {_fault(ran.stderr)}")
    if len(ran.stdout) > MAX_BYTES:
        raise BrokenPackage(file, f"it exports more than {MAX_BYTES} bytes")
    return ran.stdout


def _run(
    node: str, locked: str, bundle: bytes, name: str, file: str
) -> subprocess.CompletedProcess[bytes]:
    options = (locked, "--no-warnings", f"--max-old-space-size={_MEGABYTES}", "--eval", _READ)
    try:
        return subprocess.run(  # noqa: S603 - no shell, and the bundle is data on standard input
            (node, *options, "--", name),
            input=bundle,
            capture_output=True,
            check=False,
            env={"PATH": os.defpath},
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise BrokenPackage(file, f"it runs for more than {SECONDS} seconds") from error
    except OSError as error:
        raise BrokenPackage(file, f"{node} does not start: {error.strerror}") from error


def _fault(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").splitlines()
    return shown(next((line for line in lines if "Error: " in line), "node gave up"))
