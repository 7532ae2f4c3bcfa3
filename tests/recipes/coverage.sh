#!/usr/bin/env bash
# `make coverage`: list the lines that no test runs.
set -euo pipefail
"$1" -m coverage erase
"$1" -m coverage run -m pytest -n auto --dist loadfile -p no:cacheprovider
"$1" -m coverage combine --quiet
"$1" -m coverage report --skip-covered --sort cover --show-missing
