"""How many threads are asked for, by whom, and that results do not depend on it."""

import os

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from pairbounds import spectrum
from pairbounds.__main__ import app
from pairbounds.infrastructure import threads
from pairbounds.infrastructure.threads import OF_LIBRARIES, VARIABLE, asked_threads, limited_threads
from tests.families import slow_decay


@pytest.mark.parametrize(
    ("own", "theirs", "asked"),
    [("3", "2", 3), ("", "4,1", 4), ("", "", None), ("", "many", None)],
)
def test_our_variable_goes_before_that_of_the_libraries(own, theirs, asked, monkeypatch):
    monkeypatch.setenv(VARIABLE, own)
    monkeypatch.setenv(OF_LIBRARIES, theirs)
    assert asked_threads() == asked


@pytest.mark.parametrize("given", ["0", "two"])
def test_a_number_that_is_none_is_refused_in_one_line(call, given, monkeypatch):
    monkeypatch.setenv(VARIABLE, given)
    code, _, err = call(app, "ledger")
    assert (code, err) == (2, f"error: {VARIABLE}={given!r} is not a number of threads: give 1 or more\n")


@pytest.mark.parametrize(
    ("own", "theirs", "told", "asked"), [("", "", "1", None), ("", "2", "2", 2), ("3", "2", "3", 3)]
)
def test_what_libraries_are_told(own, theirs, told, asked, monkeypatch):
    monkeypatch.setattr(threads, "_nobody_asked", False)
    monkeypatch.setenv(VARIABLE, own)
    monkeypatch.setenv(OF_LIBRARIES, theirs)
    threads.ask_libraries()
    assert (os.environ[OF_LIBRARIES], asked_threads()) == (told, asked)


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
