"""Settings of the whole suite."""

import os

# Set before any library reads it. Two threads that wait for each other beside a busy core take minutes. Commands that
# tests start inherit it.
os.environ["OMP_NUM_THREADS"] = "1"
# pytest turns warnings into errors in this process only: this does so in commands and workers that tests start.
os.environ["PYTHONWARNINGS"] = "error::RuntimeWarning"

import signal
from collections.abc import Callable

import pytest
import torch
from hypothesis import Phase, settings
from threadpoolctl import threadpool_limits

from pairbounds.infrastructure.commandline import run

# Threads of several libraries that wait for one another cost more than they save at the sizes of a test.
threadpool_limits(limits=1)
torch.set_num_threads(1)

# A shell ignores Ctrl-C in background jobs, and processes that tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same few examples each time; `make test-slow` draws many new ones.
settings.register_profile("project", deadline=None, max_examples=20, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=200, print_blob=True)
settings.register_profile(  # `make mutation` needs to know that a test fails, not the simplest example
    "mutants", parent=settings.get_profile("project"), phases=[Phase.explicit, Phase.generate], database=None
)
settings.load_profile("project")

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command line in this process: `code, out, err = call(app, "check", ...)`.

    "All cores" means one: the tests use all of them already, and a new process takes seconds to load torch.
    """
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")

    def _call(app, *arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["program", *map(str, arguments)])
        with pytest.raises(SystemExit) as ending:
            run(app)
        captured = capsys.readouterr()
        code = ending.value.code
        assert isinstance(code, int)
        return code, captured.out, captured.err

    return _call


@pytest.fixture
def refused(call: Call) -> Callable[..., str]:
    """Run a command line with a user error; return its error line, the only output."""

    def _refused(app, *arguments: object) -> str:
        code, out, err = call(app, *arguments)
        assert (code, out, err.count("\n"), err[:7]) == (2, "", 1, "error: "), err
        return err

    return _refused
