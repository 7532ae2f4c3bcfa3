"""Our quantities against the definitions that the Coq theorems are about, computed by Coq on twenty small graphs."""

import json
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import PairGraph, labelling_error, probe, spectral_loss, spectrum
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.theorem05_self_supervised import image_error
from pairbounds.theory.quantities.consistency import (
    class_masses,
    induced_labelling_error,
    right_induced_labelling_error,
)
from pairbounds.theory.quantities.multihop_consistency import consistency_curve
from pairbounds.theory.quantities.probes import zero_shot_error
from tests.reliability.formal_values import KEPT

RECORD = json.loads(KEPT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", RECORD)
def test_a_quantity_has_the_value_of_its_definition_in_coq(example):
    graph = PairGraph(example["weights"], example["labels"], example["right_labels"])
    f, g = np.array(example["f"], dtype=float), np.array(example["g"], dtype=float)
    triplets, result = spectrum(graph, min(graph.shape)), probe(graph, f)
    ours = {
        "alpha": labelling_error(graph),
        "alphaT": induced_labelling_error(graph),
        "tau": right_induced_labelling_error(graph),
        "spectral_loss": spectral_loss(graph, f, g),
        "mse": result.mse,
        "error": result.error,
        "ballot_error": image_error(Encoder(graph, triplets, f.shape[1], f, g, is_given=True)),
        "zero_shot_error": zero_shot_error(graph, f, g),
    }
    assert ours == pytest.approx({name: float(Fraction(value)) for name, value in example["values"].items()}, abs=1e-12)
    lists = {"mass": class_masses(graph), "consistency": consistency_curve(graph, 3)}
    for name, values in lists.items():
        assert list(values) == pytest.approx([float(Fraction(value)) for value in example[name]], abs=1e-12)
