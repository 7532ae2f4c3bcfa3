"""`make mutation`: small mistakes in the modules that compute bounds, one at a time, against the module's own tests."""

import ast
import contextlib
import json
import os
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
import typer
from hypothesis import Phase, settings

from pairbounds.infrastructure.commandline import CHECK_FAILED, print_table, run
from tests.reliability.mutating import KINDS, Mistake, mistakes, put
from tests.reliability.narrow import modules, narrowest
from tests.reliability.record import RECORDS, write

# Seconds of a processor, which say the same beside other work.
SECONDS = 120  # for the tests of one mistake: more is no end, which shows the mistake too
LONGEST = 1.0  # for a test: what a longer one alone would see has no narrow test
FAST = "not slow and not gpu and not data"
QUIET = ("-q", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-W", "ignore:Module already imported")
NO_REASON = "no reason"  # of a mistake that lives: whoever finds one writes it into the record
PYTEST = (*QUIET, "-x", "-n0", "-p", "no:cacheprovider", "-m", FAST)

Outcome = tuple[str | None, dict[str, float]]  # the first test that failed, and the processor's seconds of each


class Campaign:
    """A plugin of pytest that runs what was collected as it is, and then with each mistake of some kinds.

    Each time is in a child of this process, in which all is loaded and collected already.
    """

    def __init__(self, module: ModuleType, kinds: Sequence[str]) -> None:
        self.path, self.kinds = str(module.__file__), kinds
        self.wrong: str | None = "nothing was collected"
        self.count, self.alive = 0, list[Mistake]()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try each mistake on the tests, the likeliest to fail first and then the shortest, until one fails."""
        kills = Counter[str]()
        self.wrong, seconds = in_child(lambda: tried(session.items)) or ("no end", {})
        source = Path(self.path).read_text(encoding="utf-8") if self.wrong is None else ""
        for mistake, tree in mistakes(source):
            if mistake.kind not in self.kinds:
                continue
            short = [item for item in session.items if seconds[item.nodeid] < LONGEST]
            short.sort(key=lambda item: (-kills[item.nodeid], seconds[item.nodeid]))

            def with_mistake(tree: ast.Module = tree, items: Sequence[pytest.Item] = short) -> Outcome:
                put(self.path, tree)
                return tried(items)

            failed, _ = in_child(with_mistake) or ("no end", {})
            self.count += 1
            kills.update([failed or ""])
            self.alive += [mistake] if failed is None else []
        return True


def survivors(module: ModuleType, kinds: Sequence[str]) -> tuple[int, list[Mistake]]:
    """Count the mistakes of these kinds in a module, and list those that its tests let live."""
    campaign = Campaign(module, kinds)
    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        code = pytest.main([*PYTEST, *narrowest(module)], plugins=[campaign])
    if campaign.wrong:
        raise RuntimeError(f"the tests of {module.__name__} fail without a mistake in it: {campaign.wrong}")
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt  # which pytest has caught: what was tried till then is not all
    return campaign.count, campaign.alive


def tried(items: Sequence[pytest.Item]) -> Outcome:
    """Run tests, up to the first that fails."""
    settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate], database=None)
    settings.load_profile("mutants")
    seconds: dict[str, float] = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        started = time.process_time()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds[item.nodeid] = time.process_time() - started
        if item.session.testsfailed:
            return item.nodeid, seconds
    return None, seconds


def in_child(work: Callable[[], Outcome]) -> Outcome | None:
    """The outcome in a forked child of this process, whose output is dropped; `None` if it ends without one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            signal.alarm(10 * SECONDS)
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return tuple(json.loads(said)) if said else None


def recorded_reasons() -> dict[str, str]:
    """Why the mistakes that live by the record change no value."""
    record = json.loads((RECORDS / "mutation.json").read_text(encoding="utf-8"))
    return {mistake: reason for each in record["rows"] for mistake, reason in each.get("alive", {}).items()}


def row(module: ModuleType, kinds: Sequence[str]) -> dict[str, Any]:
    """A row of the record: `count` mistakes, `found` of which live without a reason; `alive` names all that live."""
    count, alive = survivors(module, kinds)
    living = [f"{module.__name__}.{mistake}" for mistake in alive]
    known = recorded_reasons()
    reasons = {mistake: known.get(mistake, NO_REASON) for mistake in living}
    what = module.__name__ + ("" if list(kinds) == list(KINDS) else f" ({', '.join(kinds)})")
    return {"what": what, "count": count, "found": [*reasons.values()].count(NO_REASON), "alive": reasons}


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def mutation(
    module: Annotated[list[str] | None, typer.Option(help="Of these modules alone.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help=f"Of these kinds alone, without a record: {', '.join(KINDS)}.")
    ] = None,
    record: Annotated[bool, typer.Option(help="Put what was found into results/reliability/mutation.json.")] = True,
) -> int:
    """Put mistakes into modules, and count those that their tests let live.

    Exit 1 if one lived that has no reason in the record.
    """
    known, rows = modules(), []
    for what, given, names in (("module", module, known), ("kind", kind, KINDS)):
        if unknown := {*(given or ())} - {*names}:
            raise typer.BadParameter(f"{min(unknown)} is no {what} of mistakes: there are {', '.join(names)}")
    for each in module or known:
        started = time.monotonic()
        rows.append(row(known[each], kind or list(KINDS)))
        typer.echo(f"{each}: {rows[-1]['count']} mistakes, {len(rows[-1]['alive'])} lived", err=True)
        if record and not kind:  # a record of some kinds would lose the reasons of the others
            notes = [f"A mistake: {'; '.join(KINDS.values())}."]
            write("mutation", "make mutation", rows[-1:], started, notes=notes, beside=True)
    shown = [(each["what"], str(each["count"]), str(each["found"])) for each in rows]
    print_table("Mistakes", [("module", "left"), ("tried", "right"), ("lived without a reason", "right")], shown)
    for mistake, reason in (lived for each in rows for lived in each["alive"].items()):
        typer.echo(f"{mistake}: {reason}")
    return CHECK_FAILED if any(each["found"] for each in rows) else 0


if __name__ == "__main__":
    run(app)
