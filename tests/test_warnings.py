"""Which warnings fail the tests: in `make test` those that say something of our code, in `make matrix` all."""

import numpy as np
import pytest
import scipy.sparse as sp

from tests.families import block_diagonal

pytest_plugins = "pytester"

WARNS = """
import warnings
import numpy as np
import pytest

def deprecated():  # as a library does it: the warning is put down to the line that called
    warnings.warn("give up", DeprecationWarning, stacklevel=2)

@pytest.mark.parametrize("category", [DeprecationWarning, PendingDeprecationWarning, FutureWarning])
def test_deprecation(category):
    warnings.warn("give up", category, stacklevel=2)

def test_from_a_library():
    deprecated()

def test_torch():
    warnings.warn_explicit("give up", UserWarning, "functional.py", 1, module="torch.functional")

def test_round_off():
    np.zeros(1) / np.zeros(1)

@pytest.mark.parametrize("category", [UserWarning, RuntimeWarning, ResourceWarning, SyntaxWarning])
def test_other(category):
    warnings.warn("look out", category, stacklevel=1)
"""


@pytest.mark.parametrize(("options", "passed", "failed"), [((), 5, 5), (("-W", "error"), 0, 10)])
def test_a_deprecation_fails_the_matrix_only(request, pytester, options, passed, failed):
    filters = "\n    ".join(request.config.getini("filterwarnings"))
    pytester.makeini(f"[pytest]\nfilterwarnings =\n    {filters}\n")
    pytester.makepyfile(WARNS)
    run = pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)
    counts = run.parseoutcomes()
    assert (counts.get("passed", 0), counts.get("failed", 0)) == (passed, failed)


def test_blocks_are_a_sparse_array():
    joint = block_diagonal([np.ones((2, 3)), 0.5])
    assert isinstance(joint, sp.sparray)
    np.testing.assert_array_equal(joint.toarray(), [[1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0.5]])
