"""`make mutation`: small mistakes in the modules that compute bounds, one at a time, against the module's own tests."""

import contextlib
import json
import os
import resource
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

from pairbounds.infrastructure.commandline import CHECK_FAILED, print_table, run
from tests.reliability.equivalent import SAME_VALUE
from tests.reliability.mutating import KINDS, Loaded, Mutant, mutants
from tests.reliability.narrow import modules, narrowest
from tests.reliability.record import RECORDS, Record, here_and_now

# Seconds of a processor, which say the same beside other work.
SECONDS = 120  # for the tests of one mutant: one that takes longer does not end, and is found by that
LONGEST = 1.0  # for a test: what a longer one alone would see has no narrow test
FAST = "not slow and not gpu and not data"
# What `narrow.py` imports is loaded before pytest could rewrite it.
QUIET = ("-q", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-W", "ignore:Module already imported")
PYTEST = (*QUIET, "-x", "-n0", "-p", "no:cacheprovider", "-m", FAST)


@dataclass(eq=False)  # pytest keeps plugins in a set
class Outcome:
    """Of tests: what failed, and the processor's seconds that each took, by their names."""

    failed: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what failed, as a plugin of pytest."""
        if report.failed:
            self.failed.append(report.nodeid)


class TestsFailError(Exception):
    """The tests of a module fail without a mistake in it."""


@dataclass(eq=False)  # pytest keeps plugins in a set
class Campaign:
    """A plugin of pytest that runs what was collected once as it is, and once with each mistake of some kinds.

    Each time is in a child of this process, in which all is loaded and collected already.
    """

    module: ModuleType
    kinds: Iterable[str]
    wrong: str | None = "nothing was collected"
    count: int = 0
    alive: list[Mutant] = field(default_factory=list)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant, against the likeliest test to fail first and then the shortest, until one fails."""
        loaded, kills = Loaded(self.module), Counter[str]()
        right = in_child(lambda: tried(session.items))
        self.wrong = "no end" if right is None else next(iter(right.failed), None)
        if right is None or self.wrong:
            return True
        items = [item for item in session.items if right.seconds[item.nodeid] < LONGEST]
        for mutant in mutants(self.module, self.kinds):
            items.sort(key=lambda item: (-kills[item.nodeid], right.seconds[item.nodeid]))

            def with_mistake(mutant: Mutant = mutant) -> Outcome:
                with loaded.with_mistake(mutant):
                    return tried(items)

            found = in_child(with_mistake)
            self.count += 1
            if found is not None and not found.failed:
                self.alive.append(mutant)
            kills.update([] if found is None else found.failed)
        return True


def survivors(module: ModuleType, kinds: Iterable[str]) -> tuple[int, list[Mutant]]:
    """How many mutants of these kinds a module has, and those that its tests let live.

    Raises
    ------
    TestsFailError
        The tests fail as it is.
    """
    campaign = Campaign(module, kinds)
    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        code = pytest.main([*PYTEST, *narrowest(module)], plugins=[campaign])
    if code == pytest.ExitCode.INTERRUPTED and not campaign.wrong:
        raise KeyboardInterrupt  # which pytest has caught: what was tried till then is not all
    if campaign.wrong:
        raise TestsFailError(f"{module.__name__}: {campaign.wrong}")
    return campaign.count, campaign.alive


def tried(items: Sequence[pytest.Item]) -> Outcome:
    """What comes of tests, up to the first that fails."""
    without_shrinking = settings(phases=[Phase.explicit, Phase.generate], database=None)
    settings.register_profile("mutants", without_shrinking)
    settings.load_profile("mutants")
    outcome = Outcome()
    for item, following in zip(items, [*items[1:], None], strict=True):
        plugins = item.config.pluginmanager
        plugins.register(outcome)
        started = time.monotonic()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        outcome.seconds[item.nodeid] = time.process_time() - started
        plugins.unregister(outcome)
        if outcome.failed:
            break
    return outcome


def in_child(work: Callable[[], Outcome]) -> Outcome | None:
    """What a forked child of this process finds, whose output is dropped; `None` if it ends without an answer."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            signal.alarm(10 * SECONDS)
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


def row(module: ModuleType, kinds: Sequence[str]) -> dict[str, Any]:
    """What a module's tests let live of the mistakes of these kinds, as the record has it.

    `count` were tried and `found` lived without a reason; `alive` names all that lived.
    """
    started = time.monotonic()
    count, alive = survivors(module, kinds)
    living = {str(mutant): SAME_VALUE.get(str(mutant), "no reason") for mutant in alive}
    named = module.__name__ if list(kinds) == list(KINDS) else f"{module.__name__} ({', '.join(kinds)})"
    tried = {"what": named, "count": count, "found": sum(str(mutant) not in SAME_VALUE for mutant in alive)}
    about = {"module": module.__name__, "kinds": list(kinds), "alive": living, **here_and_now()}
    minutes = (time.monotonic() - started) / 60
    return {**tried, "test": narrowest(module)[-1].partition("::")[0], **about, "minutes": minutes}


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def mutation(
    module: Annotated[list[str] | None, typer.Option(help="Of these modules alone.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help=f"Of these kinds alone: {', '.join(KINDS)}.")] = None,
    record: Annotated[bool, typer.Option(help="Put what was found into results/reliability/mutation.json.")] = True,
) -> int:
    """Put mistakes into modules, and count those that their tests let live.

    Exit 1 if one lived that has no reason in `equivalent.py`.
    """
    known = modules()
    if unknown := [name for name in module or [] if name not in known]:
        raise typer.BadParameter(f"no mistakes are put into {unknown[0]}: there are {', '.join(known)}")
    if unknown := [name for name in kind or [] if name not in KINDS]:
        raise typer.BadParameter(f"{unknown[0]} is no kind of mistake: there are {', '.join(KINDS)}")
    rows = []
    for each in module or known:
        rows.append(row(known[each], kind or list(KINDS)))
        typer.echo(f"{each}: {rows[-1]['count']} mutants, {len(rows[-1]['alive'])} lived", err=True)
        if record:
            remember(rows[-1])
    shown = [(each["what"], str(each["count"]), str(each["found"])) for each in rows]
    print_table("Mistakes", [("module", "left"), ("tried", "right"), ("lived without a reason", "right")], shown)
    for mutant, reason in (lived for each in rows for lived in each["alive"].items()):
        typer.echo(f"{mutant}: {reason}")
    return CHECK_FAILED if any(each["found"] for each in rows) else 0


def remember(found: dict[str, Any], folder: Path = RECORDS) -> None:
    """Put a row into the record, in the place of those of the same module and of no other kinds."""
    path = folder / "mutation.json"
    before = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    replaced = [one for one in before if one["module"] == found["module"] and set(one["kinds"]) <= set(found["kinds"])]
    rows = sorted([*(one for one in before if one not in replaced), found], key=lambda one: str(one["what"]))
    notes = [f"A mistake: {'; '.join(KINDS.values())}."]
    notes += [f"Lives: {mutant}: {reason}" for one in rows for mutant, reason in one["alive"].items()]
    minutes = round(sum(one["minutes"] for one in rows), 1)
    Record("Mistakes in what computes bounds", "make mutation", rows, minutes, notes=notes).write("mutation", folder)


if __name__ == "__main__":
    run(app)
