"""Summary of an audit: `summary.json`, with the keys explained in `KEYS` and in the file itself."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.commandline import plain
from pairbounds.real_data.audit.measuring import labelling_errors, self_pair_masses
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_masses, guess_error

UNIT = 1e-9  # tolerance for singular values of 1, one for each component

KEYS: dict[str, str] = {
    "n_rows": "rows read from the table of pairs",
    "n_images": "images audited: those with a pair and, if there are labels, a label",
    "n_captions": "distinct captions of these images",
    "n_pairs": "distinct (image, caption) pairs of these images; the weights of equal rows are summed",
    "n_classes": "classes of these images",
    "n_images_without_label": "images left out because they have no label",
    "k": "width of the embedding that the bounds speak of",
    "induced_labelling_error": "α_T, the probability that two images paired through a caption differ in label",
    "induced_labelling_error_interval": "approximate 95% interval of α_T, the images taken for independent draws (see "
    "real_data/audit/measuring.py); for pairs of images drawn independently it would be Clopper-Pearson's",
    "consistency": "1 - α_T",
    "chance_labelling_error": "α_T if labels were independent of the pairs: 1 - Σ_c p_c²",
    "self_pair_share": "the share of induced pairs that are an image with itself, and so agree whatever the labels",
    "distinct_labelling_error": "α_T among induced pairs of two different images: not flattered by self-pairs",
    "distinct_labelling_error_interval": "approximate 95% interval of it, and of α_T in the population of the images",
    "singular_values": "σ_1..σ_k of the normalised matrix of pairs",
    "next_singular_value": "σ_{k+1}, an upper end of which is in spectrum.parquet",
    "unit_singular_values": "how many of σ_1..σ_{k+1} are 1: the pairs fall into at least so many components",
    "largest_second_eigenvalue": "max_c λ₂(c): how near the worst-connected class is to falling apart (1)",
    "conductance": "an upper end of the conductance of the induced pairs: that of the sparsest cut found",
    "probe_error": "0-1 error of the linear probe on the best embedding of width k",
    "probe_mse": "its mean squared error",
    "guess_error": "error of guessing the largest class: from it on an upper bound on an error is vacuous",
    "bounds": "of those that apply: quantity, measured, relation, value, holds, vacuous; more in bounds.parquet",
    "columns": "which columns of the tables were read, by what they hold, and which were ignored",
    "noise": "in words, what a share of wrong captions does to the population and to this table: see noise.parquet",
    "bounds_failed": "the bounds that do not hold: none, unless something is wrong",
    "provenance": "configuration, versions, commit, hardware, and the content key, SHA-256, of each table beside it",
    "keys": "this explanation",
}


def summarise(
    graph: PairGraph, triplets: Spectrum, tables: Mapping[str, pd.DataFrame], metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """The summary: a value for each key of `KEYS`, `None` if it needs missing labels or is infinite.

    Parameters
    ----------
    metadata : values of keys that are not measured on the graph, such as the provenance
    """
    values, bounds = triplets.singular_values, tables["bounds"]
    applying = bounds[bounds["applicable"]].set_index("bound").astype({"holds": bool, "vacuous": bool})
    measured = applying.drop_duplicates("quantity").set_index("quantity")["measured"]
    summary = {
        **metadata,
        "n_images": graph.n_left,
        "n_captions": graph.n_right,
        "n_pairs": graph.joint.nnz,
        "k": len(values) - 1,
        "self_pair_share": float(self_pair_masses(graph).sum()),
        "singular_values": values[:-1].tolist(),
        "next_singular_value": float(values[-1]),
        "unit_singular_values": int(np.sum(values > 1 - UNIT)),
        **{quantity: measured.get(quantity) for quantity in ("conductance", "probe_error", "probe_mse")},
        "bounds": applying[["quantity", "measured", "relation", "value", "holds", "vacuous"]].to_dict("index"),
        "bounds_failed": applying.index[~applying["holds"]].tolist(),
        "keys": KEYS,
    }
    if graph.left_labels is not None:
        all_pairs, distinct = labelling_errors(graph)
        masses = class_masses(graph)
        summary |= {
            "n_classes": len(masses),
            "induced_labelling_error": all_pairs.value,
            "induced_labelling_error_interval": [all_pairs.low, all_pairs.high],
            "consistency": 1 - all_pairs.value,
            "chance_labelling_error": 1 - float(np.sum(masses**2)),
            "guess_error": guess_error(graph),
            "distinct_labelling_error": distinct and distinct.value,
            "distinct_labelling_error_interval": distinct and [distinct.low, distinct.high],
            "largest_second_eigenvalue": float(tables["classes"]["second_eigenvalue"].max()),
        }
    return {key: plain(summary.get(key)) for key in KEYS}
