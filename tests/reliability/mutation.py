"""`make mutation`: small mistakes in the modules that compute bounds, one at a time, by mutmut.

The tests of `tests/bounds` and `tests/theory` that call a function are tried on each of its mutants. The record keeps
the mutants that live, with the reason why they change no value; whoever finds a reason writes it into the record.
`[tool.mutmut]` in pyproject.toml names modules and tests. The mutants stay in `mutants`, where
`python -m mutmut browse` shows them.
"""

import json
import subprocess
import sys
import time
from typing import Annotated, Any

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, print_table, run
from tests.reliability.record import RECORDS, ROOT, write

MUTANTS = ROOT / "mutants"
SURVIVED, NO_TESTS = 0, 33  # exit codes that mutmut keeps for each mutant
NO_REASON = "no reason"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def recorded_reasons() -> dict[str, str]:
    """Reasons in the record, by mutant."""
    path = RECORDS / "mutation.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    return {mutant: reason for row in rows for mutant, reason in row["alive"].items()}


def changes(diff: str) -> str:
    """Changed lines of a mutant, before and after: its name in the record, because numbers of mutmut change."""
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and not line.startswith(("+++", "---"))]
    before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return f"`{before}` as `{after}`"


def rows(exit_codes: dict[str, dict[str, int | None]], reasons: dict[str, str]) -> list[dict[str, Any]]:
    """A row for each module: `count` of tried mutants, `of` all; `found` survive without reason; `alive` has names."""
    result = []
    for module, codes in exit_codes.items():
        tried = {mutant: code for mutant, code in codes.items() if code is not None}
        alive = [mutant for mutant, code in tried.items() if code in (SURVIVED, NO_TESTS)]
        functions = [mutant.removeprefix(f"{module}.").partition("__mutmut_")[0] for mutant in alive]
        names = [f"{module}.{name}: {changes(_shown(mutant))}" for name, mutant in zip(functions, alive, strict=True)]
        named = {name: reasons.get(name, NO_REASON) for name in names}
        if tried:
            without = [*named.values()].count(NO_REASON)
            result.append({"what": module, "count": len(tried), "of": len(codes), "found": without, "alive": named})
    return result


def _shown(mutant: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "mutmut", "show", mutant], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def _exit_codes() -> dict[str, dict[str, int | None]]:
    """Exit codes of mutants stored by mutmut, by module."""
    exit_codes = {}
    for path in sorted(MUTANTS.rglob("*.py.meta")):
        module = ".".join(path.relative_to(MUTANTS).with_suffix("").with_suffix("").parts)
        exit_codes[module] = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return exit_codes


@app.command()
def mutation(
    module: Annotated[
        list[str] | None, typer.Option(help="A module, such as pairbounds.theory.bounds.theorem31_temperature.")
    ] = None,
    ending: Annotated[str, typer.Option(help="Last digits of the numbers of the mutants to try: a sample.")] = "0-9",
) -> int:
    """Mutate modules, and record the mutants that survive the tests.

    Exit 1 if one lived that has no reason in the record.
    """
    started = time.monotonic()
    names = [f"{module_name}.*__mutmut_*[{ending}]" for module_name in module or ()]
    subprocess.run([sys.executable, "-m", "mutmut", "run", *names], cwd=ROOT, check=True)
    exit_codes = {name: codes for name, codes in _exit_codes().items() if not module or name in module}
    measured = rows(exit_codes, recorded_reasons())
    write("mutation", "make mutation", measured, started, beside=True)
    table = [(row["what"], str(row["count"]), str(row["found"])) for row in measured]
    counts = ("tried", "live without a reason")
    print_table("Mutants", ("module", *counts), table, right=counts)
    return CHECK_FAILED if any(row["found"] for row in measured) else 0


if __name__ == "__main__":
    run(app)
