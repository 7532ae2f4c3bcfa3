"""Commands that are killed, find the disk full, or lose what they work with: all by `make faults`, one at every run."""

import random
import signal
from itertools import product

import pytest

from tests.faults import checks
from tests.faults.__main__ import SINGLE
from tests.faults.commands import COMMANDS, TINY, Command, write_inputs
from tests.faults.processes import Ended
from tests.faults.trials import FAULTS, FULL, READ_ONLY, Bench, can_mount, ends_as_a_signal_says

# In one process, so that it starts soon.
SMALLEST = Command(
    ["sweep", "{inputs}/earlier.toml", "--plugin", TINY],
    ["sweep", "{inputs}/sweep.toml", "--plugin", TINY],
)


def test_a_small_command_is_terminated(tmp_path):
    write_inputs(tmp_path, ["sweep"])
    bench = Bench(SMALLEST, tmp_path / "bench", tmp_path)
    bench.folder.mkdir()
    assert bench.trial("SIGTERM", random.Random(10)) == []  # amid its cells


@pytest.mark.parametrize(
    ("err", "right"),
    [
        ("stopped by SIGTERM: kept\n", True),
        ("6 encoders, a second\nepochs 2 given\nstopped by SIGTERM: kept\n", True),
        ("6 encoders, a second\n", False),
        ("stopped by SIGTERM: kept\nstopped by SIGTERM: kept\n", False),
        ("Traceback (most recent call last):\nKeyboardInterrupt\nstopped by SIGTERM: kept\n", False),
        ("stopped by SIGTERM: kept\n6 encoders, a second\n", False),
        ("", False),
    ],
)
def test_a_signal_is_said_last_and_once(err, right):
    assert (ends_as_a_signal_says(Ended(143, err, hung=False), signal.SIGTERM) == []) == right


def marked(name: str, fault: str):
    marks = [pytest.mark.slow]
    if fault in (FULL, READ_ONLY):
        marks.append(pytest.mark.skipif(not can_mount(), reason="no tmpfs can be mounted here"))
    return pytest.param(name, fault, marks=marks, id=f"{name}-{fault}")


@pytest.fixture(scope="module")
def benches(tmp_path_factory):
    """Made when the first fault in a command is tried."""
    made = {}

    def bench(name: str) -> Bench:
        if name not in made:
            made[name] = Bench.of(name, tmp_path_factory.mktemp(name) / "bench")
        return made[name]

    return bench


@pytest.mark.parametrize(("name", "fault"), [marked(name, fault) for name, fault in product(COMMANDS, FAULTS)])
def test_a_fault(benches, name, fault):
    assert benches(name).trial(fault, random.Random(f"{name} {fault}")) == []


@pytest.mark.slow
@pytest.mark.parametrize(("check", "name"), [(check, name) for check, (_, counts) in SINGLE.items() for name in counts])
def test_a_single_check(tmp_path, check, name):
    assert getattr(checks, check)(name, tmp_path, random.Random(0)) == []
