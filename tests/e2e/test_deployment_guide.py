"""Runs every command of docs/deployment.md, from an empty PostgreSQL to a restored backup.

The commands run as they stand on the page, on a real PostgreSQL, with a real nginx where it is
installed. What would change the machine has a stand-in: ``sudo`` runs the command as the tests'
account, ``apt-get``, ``adduser`` and ``pip`` do nothing, ``python3 -m venv`` links the environment
of the tests, ``systemctl`` runs the unit's ``ExecStart``; absolute paths are below a temporary
folder, ports are free ones, and the certificate is self-signed.
"""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import frozen

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from tests.cli.ece import PROGRAM, free_port
from tests.need import need

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "deployment.md"
SECTIONS = {
    title: re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    for title, text in re.findall(
        r"^## ([^\n]+)\n(.*?)(?=^## |\Z)",
        PAGE.read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
}
FIRST = ["Install", "Database", "Configuration", "First admin", "Service"]
HOME = "https://cards.example/"
PROXY = "Reverse proxy with TLS"
LAST = ["Backup", "Restore"]
(AS_ECE,) = re.findall(r"^as_ece\(\).*\n", SECTIONS["Configuration"][1], re.MULTILINE)
MOVED = ("/etc/", "/opt/ece", "/var/lib/ece", "/var/backups")
STAND_INS = {
    "sudo": '[ "$1" = -u ] && shift 2\nexec "$@"',
    "apt-get": "",
    "adduser": "",
    "install": """
for argument; do
  shift
  case "$argument" in ece|postgres) set -- "$@" "$(id -un)" ;; *) set -- "$@" "$argument" ;; esac
done
exec /usr/bin/install "$@"
""",
    "python3": f'mkdir -p "$3/bin"; ln -s {PROGRAM} "$3/bin/ece"; ln -s /bin/true "$3/bin/pip"',
    "systemctl": """
case "$*" in
  "enable --now ece"|"start ece")
    unit=$ROOT/etc/systemd/system/ece.service
    set -a; . "$(sed -n s/^EnvironmentFile=//p "$unit")"; set +a
    cd "$(sed -n s/^WorkingDirectory=//p "$unit")"
    setsid $(sed -n s/^ExecStart=//p "$unit") > "$ROOT/ece.log" 2>&1 < /dev/null &
    echo $! > "$ROOT/ece.pid" ;;
  "stop ece")
    pid=$(cat "$ROOT/ece.pid"); kill -TERM "$pid"
    while kill -0 "$pid" 2> /dev/null; do sleep 0.1; done; rm "$ROOT/ece.pid" ;;
  "reload nginx") nginx > /dev/null 2>&1 ;;
esac
""",
    "nginx": 'exec "$NGINX_PROGRAM" -c "$ROOT/nginx.conf" "$@"',
}
NGINX = """
pid {root}/nginx.pid;
error_log {root}/nginx.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    include {root}/etc/nginx/sites-enabled/*;
}}
"""


@frozen
class Machine:
    """An empty machine: a folder in place of its root, and a PostgreSQL without databases."""

    root: Path
    environment: dict[str, str]
    ports: dict[str, str]

    def run(self, *sections: str) -> str:
        """Run the blocks of the sections in one shell."""
        return self.shell("".join(block for title in sections for block in SECTIONS[title]))

    def shell(self, script: str) -> str:
        """Run a script in which ``as_ece`` is what the page defines."""
        ran = subprocess.run(
            ["sh", "-eu", "-c", self.moved(AS_ECE + script)],
            cwd=self.root / "clone",
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        log = self.root / "ece.log"
        said = log.read_text() if log.exists() else ""
        assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}\n{said}"
        return ran.stdout

    def moved(self, text: str) -> str:
        """The text with this machine's paths and ports."""
        for path in MOVED:
            text = text.replace(path, f"{self.root}{path}")
        for port, free in self.ports.items():
            text = re.sub(rf"(?<=[:= ]){port}(?=[/;\s])", free, text)
        return text


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    root = Path(tempfile.mkdtemp(prefix="ece-deploy-"))
    root.chmod(0o755)
    with EmbeddedPostgres(root / "server", durable=False) as server:
        url = urlsplit(server.url())
        ports = {"5432": str(url.port)}
        ports |= {port: str(free_port()) for port in ("8000", "443", "80")}
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("ECE_")},
            "CURL_HOME": str(root),
            "NGINX_PROGRAM": shutil.which("nginx") or "",
            "PATH": f"{root / 'bin'}:{server.binaries}:{os.environ['PATH']}",
            "PGDATABASE": "postgres",
            "PGHOST": "127.0.0.1",
            "PGPASSWORD": str(url.password),
            "PGPORT": str(url.port),
            "PGUSER": str(url.username),
            "ROOT": str(root),
        }
        made = Machine(root, environment, ports)
        prepare(made)
        try:
            yield made
        finally:
            for name in ("ece.pid", "nginx.pid"):
                if (root / name).exists():
                    os.kill(int((root / name).read_text()), signal.SIGTERM)
    shutil.rmtree(root, ignore_errors=True)


def prepare(machine: Machine) -> None:
    """Put the stand-ins, the clone and the folders of the Debian packages in place."""
    root = machine.root
    for name in ("bin", "clone/deploy", "etc/systemd/system", "var/lib/ece", "var/backups"):
        (root / name).mkdir(parents=True)
    for name in ("sites-available", "sites-enabled"):
        (root / "etc/nginx" / name).mkdir(parents=True)
    for name, text in STAND_INS.items():
        (root / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (root / "bin" / name).chmod(0o755)
    for file in (ROOT / "deploy").iterdir():
        (root / "clone/deploy" / file.name).write_text(machine.moved(file.read_text()))
    (root / "nginx.conf").write_text(NGINX.format(root=root))
    (root / ".curlrc").write_text(
        f'cacert = "{root}/etc/letsencrypt/live/cards.example/fullchain.pem"\n'
        f'connect-to = "cards.example:443:127.0.0.1:{machine.ports["443"]}"\n'
        f'connect-to = "cards.example:80:127.0.0.1:{machine.ports["80"]}"\n'
    )


@pytest.fixture(scope="module")
def running(machine: Machine) -> Machine:
    """The machine after the page up to the running service."""
    need("curl", "curl")
    need("openssl", "openssl")
    machine.run(*FIRST)
    return machine


def test_the_test_runs_every_section_with_commands():
    assert [title for title, blocks in SECTIONS.items() if blocks] == [*FIRST, PROXY, *LAST]


@pytest.mark.timeout(600)
def test_an_empty_postgresql_becomes_an_exchange_with_an_admin(running):
    users = running.shell("as_ece user list")
    assert re.match(r"ann +admin +ann@cards.example", users)
    secret = running.root / "var/lib/ece/secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE((running.root / "etc/ece/ece.env").stat().st_mode) == 0o640


@pytest.mark.timeout(600)
def test_nginx_serves_the_exchange_with_tls_and_names_the_client(running):
    need("nginx", "nginx")
    make_certificate(running.root)
    assert '{"status":"ok"}' in running.run(PROXY)
    home = curl(running, HOME)
    assert home.startswith("HTTP/2 200")
    assert "strict-transport-security: max-age=31536000" in home
    assert "200" in curl(running, "--header", "X-Forwarded-For: 9.9.9.9", f"{HOME}v1/assets")
    assert '"client":"127.0.0.1"' in (running.root / "ece.log").read_text()
    assert "9.9.9.9" not in (running.root / "ece.log").read_text()
    moved = curl(running, "http://cards.example/v1/listings")
    assert "Location: https://cards.example/v1/listings" in moved


@pytest.mark.timeout(600)
def test_a_backup_is_restored_and_what_came_after_it_is_gone(running):
    running.run("Backup")
    later = running.root / "clone" / "later"
    later.write_text("a password for bob\n")
    running.shell("as_ece user create bob --email bob@cards.example --password-file - < later")
    assert "bob" in running.shell("as_ece user list")
    running.run("Restore")
    users = running.shell("as_ece user list")
    assert "ann" in users
    assert "bob" not in users
    assert "HTTP/1.1 200" in curl(
        running,
        "--retry",
        "20",
        "--retry-connrefused",
        "--retry-delay",
        "1",
        "http://127.0.0.1:8000/health/ready",
    )


def curl(machine: Machine, *arguments: str) -> str:
    return machine.shell(f"curl --silent --show-error --include {shlex.join(arguments)}")


def make_certificate(root: Path) -> None:
    """A certificate in place of that of an authority."""
    folder = root / "etc/letsencrypt/live/cards.example"
    folder.mkdir(parents=True)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "2"),
            *("-subj", "/CN=cards.example", "-addext", "subjectAltName=DNS:cards.example"),
            *("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
        ],
        capture_output=True,
        check=True,
    )


def test_systemd_accepts_the_unit(machine):
    analyze = need("systemd-analyze", "systemd")
    unit = machine.root / "verified" / "ece.service"
    unit.parent.mkdir()
    text = (ROOT / "deploy" / "ece.service").read_text()
    unit.write_text(text.replace("/opt/ece/bin/ece", sys.executable))
    ran = subprocess.run(
        [analyze, "verify", "--recursive-errors=no", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in ran.stderr.splitlines() if "ece.service" in line]
    assert ran.returncode == 0, ran.stderr
    assert not complaints
