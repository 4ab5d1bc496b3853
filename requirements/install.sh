#!/bin/sh
# Makes .venv, and installs what requirements/SET.txt pins: sh requirements/install.sh SET PYTHON [given]
# "given" says that somebody chose this Python: then a .venv of another version is made anew.
set -eu
set_name=$1 python=$2 is_given=${3:-}
mark=.venv/.$set_name

stop() {
    echo "make: $1" >&2
    exit 1
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))'
}

# Why .venv cannot be used, or nothing.
fault_of_environment() {
    if ! is_new_enough .venv/bin/python 2>/dev/null; then
        echo "its Python does not run, or is older than 3.11"
    elif [ "$is_given" ] && [ "$(version_of .venv/bin/python)" != "$(version_of "$python")" ]; then
        echo "it has Python $(version_of .venv/bin/python), and $python is another"
    elif [ ! -e "$mark" ] && ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        echo "it has no pip"
    fi
}

check_python() {
    command -v "$python" >/dev/null ||
        stop "there is no $python: install Python 3.11 or newer, or name one with PYTHON=."
    is_new_enough "$python" ||
        stop "$python is Python $(version_of "$python"), and ECE needs 3.11 or newer: name one with PYTHON=."
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$python cannot make virtual environments: install python3-venv (apt install python3-venv)."
}

case $(pwd) in
*[\$\":]*) stop "the path $(pwd) has a \$, a \" or a : in it, and a virtual environment cannot: move the folder." ;;
esac

if [ -e .venv ]; then
    fault=$(fault_of_environment)
    if [ "$fault" ]; then
        check_python
        echo "making .venv anew: $fault."
        rm -rf .venv
    fi
else
    check_python
fi
if [ ! -e .venv ]; then
    "$python" -m venv .venv || { rm -rf .venv; stop "$python could not make .venv."; }
fi

if [ ! -e "$mark" ] || [ "requirements/$set_name.txt" -nt "$mark" ] || [ pyproject.toml -nt "$mark" ]; then
    echo "installing what requirements/$set_name.txt pins ..."
    pip() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps "$@"; }
    pip --require-hashes -r "requirements/$set_name.txt"
    pip --no-build-isolation -e .
    touch "$mark"
fi
