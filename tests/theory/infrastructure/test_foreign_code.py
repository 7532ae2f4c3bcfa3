"""Plugins that do what they may not: one line with file, line and name, and exit 2; never an empty confirmation."""

import math
import os
import signal
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from pairbounds import BOUNDS, ForeignCodeError, HypothesisError, PairGraph, bound, check_bounds, pytest_plugin
from pairbounds.__main__ import app
from pairbounds.infrastructure.foreign import SECONDS, as_number, call_foreign, source_of
from pairbounds.infrastructure.hypotheses import require
from pairbounds.plugins import load_bounds
from pairbounds.theory.attack.sharpness import Limit, measure_sharpness
from pairbounds.theory.bounds.scoring import score
from tests.limits import ENDLESS

pytest_plugins = "pytester"

ROOT = Path(__file__).parents[3]
GRAPH = PairGraph(np.random.default_rng(0).random((6, 5)), [0, 1] * 3, [0, 1, 0, 1, 0])


def limit(content: str) -> list[object]:
    """A short one where the code never ends: what ends by itself may be slow."""
    return ["--time-limit", ENDLESS] if "while True" in content else []


HEAD = """\
import sys
from pairbounds import BOUNDS, bound, spectrum
from pairbounds.theory.bounds import Bound
"""
DECORATED = """\
@bound("mine", quantity="probe_mse", status="conjecture")
def mine(graph, spectrum, k):
"""

# What stands in the file after `HEAD`, which has three lines: the line of the failure, and what is said of it.
BAD_FILES = {
    "raises": ("raise KeyError('x')", 4, "failed: KeyError: 'x'"),
    "exits": ("sys.exit(0)", 4, "failed: SystemExit: 0"),
    "interrupts": ("\nraise KeyboardInterrupt", 5, "failed: KeyboardInterrupt"),
    "ends a generator": ("raise GeneratorExit", 4, "failed: GeneratorExit"),
    "raises in a function": ("def f():\n    1 / 0\nf()", 5, "failed: ZeroDivisionError: "),
    "has a syntax error": ("def f(:", 4, "failed: SyntaxError: "),
    "is not text": ("x = '\0'", 1, "failed: SyntaxError: "),
    "lacks a module": ("import nothing_of_the_kind", 4, "failed: ModuleNotFoundError: "),
    "loops": ("while True: pass", 4, "took longer than 1 s"),
    "loops and catches": ("while True:\n    try: mine\n    except Exception: pass", None, "took longer than 1 s"),
    "recurses": ("def f(): f()\nf()", 4, "failed: RecursionError"),
    "cannot say what failed": (
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
        6,
        "failed: Mute: (its message cannot be shown)",
    ),
    "registers a number": ('bound("x", quantity="probe_mse", status="exact")(3)', 4, "bound 'x' is not a function: 3"),
    "has a name that is none": ('bound(3, quantity="probe_mse", status="exact")', 4, "name 3 of a bound is not a text"),
    "takes a name": (
        DECORATED.replace("mine", "probe-mse", 1) + "    return 1.0",
        4,
        "failed: ValueError: a bound named 'probe-mse' is registered already",
    ),
}

# The bodies of bounds, on the sixth line of the file: the line of the failure, and what is said of it.
NO_NUMBER = "failed: TypeError: the value is to be a number, and not of type"
BAD_BODIES = {
    "raises": ("raise KeyError('x')", 6, "failed: KeyError: 'x'"),
    "exits": ("sys.exit(0)", 6, "failed: SystemExit: 0"),
    "interrupts": ("raise KeyboardInterrupt", 6, "failed: KeyboardInterrupt"),
    "loops": ("while True: pass", 6, "took longer than 1 s"),
    "has a value error of its own": ("return spectrum.leading('a')", 6, "failed: "),
    "returns nothing": ("return", 4, f"{NO_NUMBER} NoneType"),
    "returns text": ("return '1.0'", 4, f"{NO_NUMBER} str"),
    "returns a truth": ("return True", 4, f"{NO_NUMBER} bool"),
    "returns an array": ("return spectrum.singular_values", 4, f"{NO_NUMBER} ndarray"),
    "returns one in an array": ("return spectrum.singular_values[:1]", 4, f"{NO_NUMBER} ndarray"),
    "returns a complex": ("return 1j", 4, f"{NO_NUMBER} complex"),
    "returns numpy's complex": ("import numpy; return numpy.complex128(1)", 4, f"{NO_NUMBER} complex128"),
    "is too large": ("return 10 ** 400", 4, "failed: OverflowError: "),
}


@pytest.fixture
def graph_file(tmp_path):
    GRAPH.save(tmp_path / "graph.npz")
    return tmp_path / "graph.npz"


@pytest.fixture
def plugin(tmp_path):
    """Write a plugin; afterwards the register is what it was."""
    before = dict(BOUNDS)

    def _write(content: str) -> Path:
        path = tmp_path / "bad.py"
        path.write_text(HEAD + content + "\n", encoding="utf-8")
        return path

    yield _write
    BOUNDS.clear()
    BOUNDS.update(before)


def with_body(body: str) -> str:
    return f"{DECORATED}    {body}"


@pytest.mark.parametrize(("content", "line", "what"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_run_is_one_line_and_exit_2(call, graph_file, plugin, content, line, what):
    path, before = plugin(content), dict(BOUNDS)
    code, out, err = call(app, "check", graph_file, "--k", 2, "--plugin", path, *limit(content))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: plugin ({path}, line {'' if line is None else f'{line}) '}")
    assert what in err
    assert list(BOUNDS.items()) == list(before.items())


@pytest.mark.parametrize(("body", "line", "what"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bound_that_fails_is_one_line_and_exit_2(call, graph_file, plugin, body, line, what):
    path = plugin(with_body(body))
    code, out, err = call(app, "check", graph_file, "--k", 2, "--plugin", path, *limit(body))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: bound 'mine' ({path}, line {line}) {what}")


def test_a_bound_of_the_wrong_arity_is_one_line_and_exit_2(call, graph_file, plugin):
    path = plugin(with_body("return 1.0").replace(", k", ""))
    code, _, err = call(app, "check", graph_file, "--k", 2, "--plugin", path)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"error: bound 'mine' ({path}, line 4) failed: TypeError: mine() ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("BOUNDS.clear()\n" + with_body("return 1.0"), "deletes or replaces"),
        ("del BOUNDS['optimum']\n" + with_body("return 1.0"), "replaces 1 registered bounds, 'optimum' the first"),
        ("BOUNDS['optimum'] = BOUNDS['probe-mse']", "replaces 1 registered bounds, 'optimum' the first"),
        ("BOUNDS['x'] = 3", "puts what is no bound into the register: 'x'"),
        ("BOUNDS['x'] = BOUNDS['optimum']", "puts what is no bound into the register: 'x'"),
        ("", "registers no bound"),
    ],
)
def test_the_ledger_is_not_taken_from(call, graph_file, plugin, content, message):
    path, before = plugin(content), dict(BOUNDS)
    code, _, err = call(app, "check", graph_file, "--k", 2, "--plugin", path)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"error: plugin {path} ")
    assert message in err
    assert list(BOUNDS.items()) == list(before.items())


@pytest.mark.parametrize("body", ["raise KeyError('x')", "sys.exit(0)", "return None", "while True: pass"])
def test_an_attack_on_it_is_the_same_line(call, plugin, body):
    path = plugin(with_body(body))
    code, _, err = call(app, "attack", "mine", "--evaluations", 9, "--plugin", path, *limit(body))
    assert code == 2
    assert err.splitlines()[-1].startswith(f"error: bound 'mine' ({path}, line ")
    assert ("took longer than 1 s" in err) == ("while True" in body)


def test_measuring_its_sharpness_is_the_same_error(plugin, tmp_path):
    (claim,) = load_bounds(plugin(with_body("sys.exit(0)")))
    with pytest.raises(ForeignCodeError, match=r"bound 'mine' \(.*bad.py, line 6\) failed: SystemExit: 0"):
        measure_sharpness([claim], tmp_path / "out", Limit(evaluations=9))


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf"])
def test_a_time_limit_is_a_time(call, graph_file, plugin, limit):
    path = plugin(with_body("return 1.0"))
    code, _, err = call(app, "check", graph_file, "--k", 2, "--plugin", path, "--time-limit", limit)
    assert (code, err.count("\n")) == (2, 1)
    assert "is not a number of seconds" in err


def test_the_time_limit_is_stated(call):
    assert f"default: {SECONDS}" in " ".join(call(app, "check", "--help")[1].split())
    assert pytest_plugin.SECONDS == SECONDS


# From Python.


@pytest.fixture
def register():
    yield lambda function: bound("mine", quantity="probe_mse", status="conjecture")(function)
    BOUNDS.pop("mine", None)


def test_check_bounds_says_which_bound_failed_and_where(register):
    def mine(graph, spectrum, k):
        return math.sqrt(-1)

    register(mine)
    with pytest.raises(ForeignCodeError) as caught:
        check_bounds(GRAPH, 2)
    error, (file, line) = caught.value, source_of(mine)
    assert (error.name, error.file, error.line) == ("bound 'mine'", file, line + 1)
    assert file == __file__
    assert isinstance(error.__cause__, ValueError)


def test_a_failed_hypothesis_and_a_k_out_of_range_are_no_failures(register):
    claim = register(lambda graph, spectrum, k: require(False, "it is Tuesday"))
    row = check_bounds(GRAPH, 2).set_index("bound").loc["mine"]
    assert row["note"] == "not applicable: it is Tuesday"
    with pytest.raises(HypothesisError, match="Tuesday"):
        score(claim, GRAPH, 2)
    with pytest.raises(ValueError, match=r"k=9 is not in 1\.\.5"):
        check_bounds(GRAPH, 9)


@pytest.mark.parametrize(
    "value",
    [1, 1.0, np.float32(1), np.int64(1), np.array(1.0), torch.tensor(1.0), Fraction(1), float("nan"), math.inf],
)
def test_any_kind_of_real_number_is_a_value(register, value):
    claim = register(lambda graph, spectrum, k: value)
    assert check_bounds(GRAPH, 2).set_index("bound").loc["mine", "value"] == pytest.approx(float(value), nan_ok=True)
    assert type(as_number(value)) is float
    assert claim.foreign


def test_the_ledger_is_not_foreign():
    assert not any(claim.foreign for claim in BOUNDS.values())


# The boundary itself.


HOUR = 3600  # seconds: it is not over before what is tried


def forever():
    while True:
        pass


def test_an_alarm_that_was_set_before_still_comes():
    alarms = []
    before = signal.signal(signal.SIGALRM, lambda *_: alarms.append("it comes"))
    try:
        signal.setitimer(signal.ITIMER_REAL, HOUR)
        with pytest.raises(ForeignCodeError, match=r"took longer than 0.05 s"):
            call_foreign(forever, name="it", seconds=0.05)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= HOUR - 0.05
        assert alarms == []
        signal.raise_signal(signal.SIGALRM)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert alarms == ["it comes"]


def test_one_boundary_inside_another_has_its_own_time():
    def outer():
        with pytest.raises(ForeignCodeError, match=r"inner .* took longer than 0.05 s"):
            call_foreign(forever, name="inner", seconds=0.05)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= HOUR - 0.05
        signal.raise_signal(signal.SIGALRM)  # as when the hour is over

    with pytest.raises(ForeignCodeError, match=rf"outer .* took longer than {HOUR} s"):
        call_foreign(outer, name="outer", seconds=HOUR)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_was_changed_of_the_signals_is_put_back():
    ours = {number: lambda *_: None for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)}
    before = {number: signal.signal(number, handler) for number, handler in ours.items()}

    def change():
        for number in ours:
            signal.signal(number, signal.SIG_IGN)

    try:
        call_foreign(change, name="it", seconds=HOUR)
        assert {number: signal.getsignal(number) for number in ours} == ours
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_signal_from_outside_is_not_the_doing_of_the_code():
    with pytest.raises(KeyboardInterrupt):
        call_foreign(lambda: signal.raise_signal(signal.SIGINT), name="it")
    with pytest.raises(ForeignCodeError, match="failed: KeyboardInterrupt"):
        call_foreign(exec, "raise KeyboardInterrupt", name="it")


def test_in_another_thread_it_is_contained_without_a_time_limit():
    caught = []

    def attempt():
        try:
            call_foreign(sys.exit, 0, name="it", seconds=0.01)
        except ForeignCodeError as error:
            caught.append(error.what)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert caught == ["failed: SystemExit: 0"]


# Real processes.


def python(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [("sys.exit(0)", "failed: SystemExit: 0"), ("raise KeyboardInterrupt", "failed: KeyboardInterrupt")],
)
def test_a_process_ends_in_2_with_one_line(graph_file, plugin, content, what):
    path = plugin(content)
    process = python("-m", "pairbounds", "check", graph_file, "--k", 2, "--plugin", path)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (2, "", f"error: plugin ({path}, line 4) {what}\n")


def test_ctrl_c_in_a_plugin_is_an_interrupt(graph_file, plugin):
    path = plugin("print('here', flush=True)\nwhile True: pass")
    process = python("-m", "pairbounds", "check", graph_file, "--k", 2, "--plugin", path)
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "failed" not in err


# pytest --bounds.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("sys.exit(0)", "*plugin (*bad.py, line 4) failed: SystemExit: 0"),
        (with_body("while True: pass"), "*bound 'mine' (*bad.py, line 6) took longer than 1 s"),
    ],
)
def test_pytest_has_a_clean_error(pytester, plugin, content, message):
    path = plugin(content)
    run = pytester.runpytest_inprocess(
        "-p", "pairbounds.pytest_plugin", "--bounds", path, "--bounds-time-limit", ENDLESS, "-k", "planted"
    )
    assert run.ret in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    run.stdout.fnmatch_lines([message])
    said = run.stdout.str() + run.stderr.str()
    assert "INTERNALERROR" not in said
    assert "Traceback" not in said
