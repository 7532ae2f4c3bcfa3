"""Our quantities against the definitions that the Coq theorems are about, computed by Coq on twenty small graphs."""

import json
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import PairGraph, check_bounds, labelling_error, probe, spectral_loss, spectrum
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.theorem05_self_supervised import image_error
from pairbounds.theory.quantities.consistency import (
    class_masses,
    induced_labelling_error,
    right_induced_labelling_error,
)
from pairbounds.theory.quantities.multihop import consistency_curve
from pairbounds.theory.quantities.probes import zero_shot_error
from tests.reliability.formal_values import KEPT, examples

RECORD = json.loads(KEPT.read_text(encoding="utf-8"))
ROUND_OFF = Fraction(1, 10**14)  # relative, of sums in floats


def test_the_values_are_those_of_the_examples():
    kept = [{key: it for key, it in each.items() if key not in ("values", "mass", "consistency")} for each in RECORD]
    assert kept == examples()


@pytest.mark.parametrize("example", RECORD)
def test_a_quantity_has_the_value_of_its_definition_in_coq(example):
    graph = PairGraph(example["weights"], example["labels"], example["right_labels"])
    f, g = np.array(example["f"], dtype=float), np.array(example["g"], dtype=float)
    triplets, result = spectrum(graph, min(graph.joint.shape)), probe(graph, f)
    ours = {
        "alpha": labelling_error(graph),
        "alphaT": induced_labelling_error(graph),
        "tau": right_induced_labelling_error(graph),
        "spectral_loss": spectral_loss(graph, f, g),
        "mse": result.mse,
        "error": result.error,
        "ballot_error": image_error(Encoder(graph, triplets, f.shape[1], f, g, given=True)),
        "zero_shot_error": zero_shot_error(graph, f, g),
    }
    assert ours == pytest.approx({name: float(Fraction(value)) for name, value in example["values"].items()}, abs=1e-12)
    lists = {"mass": class_masses(graph), "consistency": consistency_curve(graph, 3)}
    for name, values in lists.items():
        assert list(values) == pytest.approx([float(Fraction(value)) for value in example[name]], abs=1e-12)


@pytest.mark.parametrize("example", RECORD)
def test_a_bound_is_no_smaller_than_the_right_hand_side_of_its_theorem_in_coq(example):
    weights, labels = example["weights"], example["labels"]
    graph = PairGraph(weights, labels, example["right_labels"])
    value = {name: Fraction(it) for name, it in example["values"].items()}
    masses, classes = [Fraction(it) for it in example["mass"]], max(labels) + 1
    proved = {
        "induced-labelling-error": 2 * value["alpha"] - value["alpha"] ** 2 * Fraction(classes, classes - 1),
        "image-error": 2 * (value["error"] + value["alpha"]),
    }
    second = second_value(weights)
    if second is not None and second < 1:
        gap = 1 - second
        proved["probe-mse"] = value["alphaT"] / gap
        proved["probe-error"] = 2 * proved["probe-mse"]
        proved["image-error-by-pairs"] = 4 * proved["probe-mse"] + 2 * value["alpha"]
    if second == 0:  # the optimum of width 1 has the constant alone
        missed = [p - p**2 for p in masses]
        spared = [2 * Fraction(classes, classes - 1) * e**2 / p - p for e, p in zip(missed, masses, strict=True)]
        proved["imbalance-error"] = 2 * sum(missed) - sum(max(Fraction(0), it) for it in spared)
    width = 1 if second is not None else len(example["f"][0])
    features = np.array(example["f"], dtype=float)
    for name, exact in proved.items():
        k = features.shape[1] if name == "image-error" else width
        given = features if name == "image-error" else None
        ((ours,),) = check_bounds(graph, k, given, bounds=[name])[["value"]].to_numpy()
        assert exact * (1 - ROUND_OFF) <= Fraction(float(ours)) <= exact * (1 + Fraction(1, 10**6))


def second_value(weights):
    """`σ_2²` of a graph of rank 2 or less, whose values add up to a rational number; of others `None`."""
    left, right = [sum(row) for row in weights], [sum(column) for column in zip(*weights, strict=True)]
    if np.linalg.matrix_rank(weights) > 2:
        return None
    squares = (Fraction(w * w, left[i] * right[j]) for i, row in enumerate(weights) for j, w in enumerate(row))
    return sum(squares) - 1
