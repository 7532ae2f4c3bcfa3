"""`make mutation`: small mistakes in the modules that compute bounds, one at a time, against the module's own tests."""

import contextlib
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
import typer
from hypothesis import Phase, settings

from tests.reliability.equivalent import SAME_VALUE
from tests.reliability.mutating import KINDS, Loaded, Mutant, mutants
from tests.reliability.narrow import modules, narrowest
from tests.reliability.record import Record
from theory.bounds import THEOREMS
from theory.infrastructure.commandline import CHECK_FAILED, print_table, run

SECONDS = 120  # for the tests of one mutant: one that takes longer does not end, and is found by that
FAST = "not slow and not gpu and not data and not browser"
# What is loaded in this process is so before pytest could rewrite it: that is why children are forked from it.
QUIET = ("-q", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-W", "ignore:Module already imported")
PYTEST = (*QUIET, "-x", "-n0", "-p", "no:cacheprovider", "-m", FAST)
# `tests/bounds/test_mutants.py` has these of theorems on every run.
IN_FAST_TESTS = "number"


@dataclass
class Outcome:
    """Of the tests of a module: what failed, and how long each took, by their names."""

    failed: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class Watched:
    """A plugin of pytest: it takes the likeliest to fail and the shortest tests first, and notes what they do."""

    kills: Counter[str]
    known: dict[str, float]
    outcome: Outcome = field(default_factory=Outcome)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put them in order."""
        items.sort(key=lambda item: (-self.kills[item.nodeid], self.known.get(item.nodeid, 0.0)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one."""
        seconds = self.outcome.seconds
        seconds[report.nodeid] = seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.outcome.failed.append(report.nodeid)


class TestsFailError(Exception):
    """The tests of a module fail without a mistake in it."""


def survivors(module: ModuleType, kinds: Iterable[str]) -> tuple[int, list[Mutant]]:
    """How many mutants of these kinds a module has, and those that its tests let live.

    Each is tried in a child of this process, in which all is loaded already, until the first test fails.

    Raises
    ------
    TestsFailError
        The tests fail as it is.
    """
    tests, loaded, kills = narrowest(module), Loaded(module), Counter[str]()
    right = in_child(lambda: tried(tests, Watched(kills, {})))
    if right is None or right.failed:
        raise TestsFailError(f"{module.__name__}: {'no end' if right is None else right.failed[0]}")
    count, alive = 0, []
    for count, mutant in enumerate(mutants(module, kinds), 1):  # noqa: B007

        def with_mistake(mutant: Mutant = mutant) -> Outcome:
            with loaded.with_mistake(mutant):
                return tried(tests, Watched(kills, right.seconds))

        found = in_child(with_mistake)
        if found is not None and not found.failed:
            alive.append(mutant)
        kills.update([] if found is None else found.failed)
    return count, alive


def tried(tests: Sequence[str], watched: Watched) -> Outcome:
    """Run tests until one fails; what cannot be collected has failed, too."""
    without_shrinking = settings(phases=[Phase.explicit, Phase.generate], database=None)
    settings.register_profile("mutants", without_shrinking)
    settings.load_profile("mutants")
    code = pytest.main([*PYTEST, *tests], plugins=[watched])
    if code != pytest.ExitCode.OK and not watched.outcome.failed:
        watched.outcome.failed.append(f"pytest ended with {code!r}")
    return watched.outcome


def in_child(work: Callable[[], Outcome]) -> Outcome | None:
    """What a forked child of this process finds, whose output is dropped; `None` if it ends without an answer."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            signal.alarm(SECONDS)
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            found = work()
            os.write(writing, json.dumps([found.failed, found.seconds]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return Outcome(*json.loads(said)) if said else None


def load(files: Iterable[str]) -> None:
    """Import test files, and with them all that they need, so that no child has to."""
    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        pytest.main([*PYTEST, "--collect-only", *sorted(set(files))])


def row(module: ModuleType, kinds: Sequence[str]) -> tuple[dict[str, Any], list[Mutant]]:
    """How many mutants of a module were tried (`count`), and lived without a reason (`found`); and all that lived."""
    wanted = [kind for kind in kinds if kind != IN_FAST_TESTS or module not in THEOREMS]
    count, alive = survivors(module, wanted)
    unexplained = [mutant for mutant in alive if str(mutant) not in SAME_VALUE]
    test = narrowest(module)[-1].partition("::")[0]
    return {"what": module.__name__, "count": count, "found": len(unexplained), "test": test}, alive


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def mutation(
    module: Annotated[list[str] | None, typer.Option(help="Of these modules alone; no record.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help=f"Of these kinds alone: {', '.join(KINDS)}; no record.")
    ] = None,
) -> int:
    """Put mistakes into modules, and write into results/reliability/mutation.json how many their tests let live.

    Exit 1 if one lived that has no reason in `equivalent.py`.
    """
    known, started = modules(), time.monotonic()
    if unknown := [name for name in module or [] if name not in known]:
        raise typer.BadParameter(f"no mistakes are put into {unknown[0]}: there are {', '.join(known)}")
    chosen = [known[name] for name in module or known]
    load(test.partition("::")[0] for each in chosen for test in narrowest(each))
    rows, alive = [], []
    for each in chosen:
        found, living = row(each, kind or list(KINDS))
        rows.append(found)
        alive += living
        typer.echo(f"{each.__name__}: {found['count']} mutants, {len(living)} lived", err=True)
    if not (module or kind):
        _record(rows, alive, (time.monotonic() - started) / 60)
    shown = [(each["what"], str(each["count"]), str(each["found"])) for each in rows]
    print_table("Mistakes", [("module", "left"), ("tried", "right"), ("lived without a reason", "right")], shown)
    for mutant in alive:
        typer.echo(f"{mutant}: {SAME_VALUE.get(str(mutant), 'no reason')}")
    return CHECK_FAILED if any(each["found"] for each in rows) else 0


def _record(rows: Sequence[dict[str, Any]], alive: Sequence[Mutant], minutes: float) -> None:
    kinds = "; ".join(KINDS.values())
    notes = [f"A mistake: {kinds}. Numbers of the theorems' modules are tried on every run of the fast tests."]
    notes += [f"Lives: {mutant}: {SAME_VALUE.get(str(mutant), 'no reason')}" for mutant in alive]
    Record("Mistakes in what computes bounds", "make mutation", rows, round(minutes, 1), notes=notes).write("mutation")


if __name__ == "__main__":
    run(app)
