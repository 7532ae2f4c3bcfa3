"""Every bound on random graphs: nothing true may be refuted, nothing false pass, nothing crash or warn."""

import numpy as np
import pandas as pd
import pytest

from pairbounds import BOUNDS, check_bounds
from tests.bounds.checks import CHECKS
from tests.bounds.checks.check import Case, two_nodes
from tests.fuzz.batches import batches, each_of
from tests.fuzz.mutants import PREFIX, is_asserted, names, registered
from tests.fuzz.specimens import TRUSTED, Specimen, specimens

NUMERICAL = "not applicable: float64"  # how the note of a row begins that float64 cannot judge
# Where a bound is no equality on its own case: each image lies where the other's caption does.
CROSSED = Case(two_nodes(0.0), 1, ([[1.0], [-3.0]], [[-9.0], [1.0]]))
PLANTED = {"cross-entropy-by-connectivity": CROSSED}
EQUALITIES = ["factorisation", "optimum", "mmcl-is-sscl", "probe-mse", "excess-loss"]


def asserted(specimen: Specimen) -> pd.DataFrame:
    """The rows of bounds that may never be violated; none where the constructor refuses the graph."""
    try:
        graph = specimen.graph()
    except ValueError:
        return pd.DataFrame({"bound": [], "note": [], "applicable": [], "holds": []})
    table = check_bounds(graph, specimen.k, **specimen.arguments)
    return table[[is_asserted(BOUNDS[name]) for name in table["bound"]]]


def refuted(rows: pd.DataFrame) -> list[str]:
    judged = rows[rows["applicable"].astype(bool)]
    return judged.loc[~judged["holds"].astype(bool), "bound"].tolist()


@pytest.mark.parametrize("batch", batches("GRAPHS", 40), ids=str)
def test_no_false_verdict(batch, record_property):
    """Within the trusted decades float64 judges every row."""
    verdicts = []

    def look(specimen: Specimen) -> None:
        rows = asserted(specimen)
        verdicts.append(int(rows["applicable"].sum()))
        assert refuted(rows) == []
        assert specimen.span > TRUSTED or not any(note.startswith(NUMERICAL) for note in rows["note"])

    each_of(specimens(), look, batch)
    record_property("what", "verdicts on bounds that are proved, by batches of graphs with a false one")
    record_property("count", sum(verdicts))
    assert sum(verdicts) > 10 * batch[1]


@pytest.mark.parametrize("name", names())
def test_every_mutant_is_refuted(name):
    """A bound with a constant factor in its favour is false where the bound is an equality."""
    bound = name.removeprefix(PREFIX)
    with registered([name]):
        assert not (PLANTED.get(bound) or CHECKS[bound].case()).check()["holds"][name]


@pytest.mark.parametrize("decades", [32, 150, 290])
def test_mutants_are_refuted_beyond_the_trusted_decades(decades):
    """On a graph whose bounds are equalities but for a caption that hardly ever comes."""
    specimen = Specimen(np.array([[3, 1, 10.0**-decades], [1, 3, 0]]), np.arange(2), np.array([0, 1, 0]), 1)
    assert specimen.span > TRUSTED
    false = [PREFIX + name for name in EQUALITIES]
    with registered(false):
        assert refuted(asserted(specimen)) == false


def test_a_mutant_of_tiny_features_is_refuted_while_their_products_have_digits():
    features = 2.0**-500 * np.array([[1.0], [2.0]]), 2.0**-500 * np.array([[3.0], [1.0]])
    specimen = Specimen(np.array([[3, 1], [1, 2]]), np.arange(2), np.arange(2), 1, features)
    name = f"{PREFIX}factorisation"
    with registered([name]):
        assert refuted(asserted(specimen)) == [name]
