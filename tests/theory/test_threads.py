"""How many threads are asked for, by whom, and that results do not depend on it."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from pairbounds import spectrum
from pairbounds.infrastructure.threads import OF_LIBRARIES, VARIABLE, asked_threads, limited_threads
from tests.families import slow_decay

SHOWN = "import os; from pairbounds.infrastructure import threads; threads.ask_libraries(); "
SHOWN += "print(os.environ['OMP_NUM_THREADS'], threads.asked_threads())"


@pytest.mark.parametrize(
    ("own", "theirs", "asked"),
    [("3", "2", 3), ("", "4,1", 4), ("", "", None), ("", "many", None)],
)
def test_our_variable_goes_before_that_of_the_libraries(own, theirs, asked, monkeypatch):
    monkeypatch.setenv(VARIABLE, own)
    monkeypatch.setenv(OF_LIBRARIES, theirs)
    assert asked_threads() == asked


def test_a_number_that_is_none_is_refused_in_one_line():
    given = "0"
    done = subprocess.run(
        [sys.executable, "-m", "pairbounds", "--version"],
        env=os.environ | {VARIABLE: given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"error: {VARIABLE}={given!r} is not a number of threads: give 1 or more\n"


@pytest.mark.parametrize(("given", "shown"), [({}, "1 None"), ({VARIABLE: "3", OF_LIBRARIES: "2"}, "3 3")])
def test_what_libraries_are_told(given, shown):
    inherited = {name: value for name, value in os.environ.items() if name not in (VARIABLE, OF_LIBRARIES)}
    done = subprocess.run(
        [sys.executable, "-c", SHOWN], env=inherited | given, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == shown


def test_within_the_block_there_are_so_many_and_after_it_as_before():
    before = torch.get_num_threads(), [pool["num_threads"] for pool in threadpool_info()]
    with limited_threads(2):
        assert torch.get_num_threads() == 2
        assert {pool["num_threads"] for pool in threadpool_info()} == {2}
    assert (torch.get_num_threads(), [pool["num_threads"] for pool in threadpool_info()]) == before


@pytest.mark.parametrize("method", ["sparse", "blocks"])
def test_values_are_the_same_on_one_thread_and_on_two(method, monkeypatch):
    graph, found = slow_decay(np.random.default_rng(7), 300, 250), {}
    for count in (1, 2):
        monkeypatch.setenv(VARIABLE, str(count))
        with limited_threads():
            found[count] = spectrum(graph, 10, method=method)
    np.testing.assert_allclose(found[1].singular_values, found[2].singular_values, atol=1e-10)
