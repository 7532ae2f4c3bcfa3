"""Number of threads: who sets it, and that results do not depend on it."""

import os

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from pairbounds import spectrum
from pairbounds.infrastructure import workers
from pairbounds.infrastructure.workers import VARIABLE, asked_threads, limited_threads
from tests.families import slow_decay


@pytest.mark.parametrize(
    ("option", "expected_value", "requested"), [("", "1", None), ("2,1", "2", 2), ("many", "1", None)]
)
def test_libraries_get_the_requested_number_of_threads_or_one(option, expected_value, requested, monkeypatch):
    monkeypatch.setattr(workers, "_nobody_asked", False)
    monkeypatch.setenv(VARIABLE, option)
    workers.ask_libraries()
    assert (os.environ[VARIABLE], asked_threads()) == (expected_value, requested)


def test_the_number_of_threads_is_restored_after_the_block():
    before = torch.get_num_threads(), [pool["num_threads"] for pool in threadpool_info()]
    with limited_threads(2):
        assert torch.get_num_threads() == 2
        assert {pool["num_threads"] for pool in threadpool_info()} == {2}
    assert (torch.get_num_threads(), [pool["num_threads"] for pool in threadpool_info()]) == before


def test_values_are_the_same_on_one_thread_and_on_two(monkeypatch):
    graph, result = slow_decay(np.random.default_rng(7), 300, 250), {}
    for count in (1, 2):
        monkeypatch.setenv(VARIABLE, str(count))
        with limited_threads():
            result[count] = spectrum(graph, 10, method="sparse")
    np.testing.assert_allclose(result[1].singular_values, result[2].singular_values, atol=1e-10)
