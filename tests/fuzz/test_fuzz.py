"""Every bound on random graphs: nothing true may be refuted, nothing false pass, nothing crash or warn."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pairbounds import BOUNDS, Bound, check_bounds
from tests.fuzz.batches import batches, each_of
from tests.fuzz.specimens import TRUSTED, Specimen, specimens

NUMERICAL = "not applicable: float64"  # how the note of a row begins that float64 cannot judge
EQUALITIES = ["factorisation", "optimum", "mmcl-is-sscl", "probe-mse", "excess-loss"]
FACTOR = 0.1  # in favour of a bound that is false by it


def asserted(specimen: Specimen) -> pd.DataFrame:
    """The rows of bounds that may never be violated; none where the constructor refuses the graph."""
    try:
        graph = specimen.graph()
    except ValueError:
        return pd.DataFrame({"bound": [], "note": [], "applicable": [], "holds": []})
    table = check_bounds(graph, specimen.k, **specimen.arguments)
    claims = [BOUNDS[name] for name in table["bound"]]
    return table[[claim.status == "exact" or claim.relation == "=" for claim in claims]]


def refuted(rows: pd.DataFrame) -> list[str]:
    judged = rows[rows["applicable"].astype(bool)]
    names = judged.loc[~judged["holds"].astype(bool), "bound"].tolist()
    if "through_holds" in rows:
        names += [f"{name} through features" for name in rows.loc[rows["through_holds"].eq(False), "bound"]]
    return names


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


def falsify(names, monkeypatch):
    """Make bounds false by a factor. A test that does not refute these shows nothing about true ones."""

    def falsified(claim: Bound) -> Bound:
        def evaluate(*arguments):
            value = claim(*arguments)
            return value * FACTOR if (claim.relation == ">=") != (value > 0) else value / FACTOR

        return replace(claim, evaluate=evaluate)

    for name in names:
        monkeypatch.setitem(BOUNDS, name, falsified(BOUNDS[name]))


@pytest.mark.parametrize("decades", [32, 150, 290])
def test_false_bounds_are_refuted_beyond_the_trusted_decades(decades, monkeypatch):
    """On a graph whose bounds are equalities except for a caption of tiny probability."""
    specimen = Specimen(np.array([[3, 1, 10.0**-decades], [1, 3, 0]]), np.arange(2), np.array([0, 1, 0]), 1)
    assert specimen.span > TRUSTED
    falsify(EQUALITIES, monkeypatch)
    assert {*refuted(asserted(specimen))} == {*EQUALITIES}


def test_a_false_bound_of_tiny_features_is_refuted_while_their_products_have_digits(monkeypatch):
    features = 2.0**-500 * np.array([[1.0], [2.0]]), 2.0**-500 * np.array([[3.0], [1.0]])
    specimen = Specimen(np.array([[3, 1], [1, 2]]), np.arange(2), np.arange(2), 1, features)
    falsify(["factorisation"], monkeypatch)
    assert refuted(asserted(specimen)) == ["factorisation"]
