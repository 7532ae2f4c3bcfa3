"""Comparison of features of the same images from few labels: leave-one-out errors, and the full-label probe."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.linalg
from scipy.stats import norm

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.theory.bounds.theorem34_few_labels import few_labels_error
from pairbounds.theory.bounds.theorem41_from_labels import probe_mse_from_labels
from pairbounds.theory.graph.through_features import LEAST_EIGENVALUE
from pairbounds.theory.quantities.metrics.feature_metrics import rankme
from pairbounds.theory.questions.comparisons import compared_with_best
from pairbounds.theory.questions.labelled_sample import LabelledSample
from pairbounds.theory.questions.leave_one_out import leave_one_out, resampled_errors

RESAMPLES, REFITS = 2_000, 200  # of the full-label probe; of the probe that is refitted to each resample


def features_compared(
    candidates: Mapping[str, npt.NDArray[Any]],
    sample: LabelledSample,
    widths: Sequence[int],
    n_labels: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Table of the candidates at each width that their features allow, best first.

    The features of all images, (n, d), are whitened here, also over the unlabelled images. An embedding of width k is a
    constant and the k - 1 leading principal components. Theorem 34 bounds the error for `n_labels`.

    Returns
    -------
    DataFrame with the columns
        candidate, width;
        error, error_low, error_high : leave-one-out 0-1 error of ridge with these labels; interval of the mean error of
            probes over draws of as many labels, by a bootstrap that refits the probe;
        difference, from, to, verdict, needed : from `compared_with_best`, simultaneous over all rows;
        mse, mse_low, mse_high : squared error of the probe with all labels (theorem 41);
        at_most : theorem 34's bound for `n_labels` random labels, at `mse_high`;
        effective_rank : of the features, without labels; not validated.
        With too few labels (`LabelledSample.too_few`), intervals are NaN and verdicts empty.
    """
    rows, embeddings, probes, largest = [], [], [], 0
    for name, features in candidates.items():
        embedding = whitened_components(features, sample.rows, max(widths))
        largest = max(largest, embedding.shape[1])
        for width in widths:
            if width <= embedding.shape[1]:
                rows.append({"candidate": name, "width": width})
                embeddings.append(embedding[:, :width])
                full = _full_probe(embedding[~sample.chosen, :width], sample.drawn, n_labels, seed)
                probes.append(full | {"effective_rank": rankme(features)})
    if not rows:
        raise ValueError(f"k={min(widths)} is too large: no candidate has more than {largest} components. Reduce k.")
    table = pd.concat([pd.DataFrame(rows), _compared(embeddings, sample, seed), pd.DataFrame(probes)], axis=1)
    return table.sort_values("error", kind="stable", ignore_index=True)


def _compared(embeddings: Sequence[FloatArray], sample: LabelledSample, seed: int) -> pd.DataFrame:
    """Leave-one-out errors of the embeddings, with their intervals and comparisons."""
    wrong = [leave_one_out(f, sample.labels, sample.weights).wrong for f in embeddings]
    errors = np.array([sample.weights @ is_wrong for is_wrong in wrong])
    if sample.too_few:
        intervals = pd.DataFrame({"error": errors, "error_low": np.nan, "error_high": np.nan})
        return intervals.join(compared_with_best(errors, None))

    def refitted(weights: FloatArray) -> FloatArray:
        progress = Bar(embeddings, desc="choose", unit="candidate")
        return np.column_stack([resampled_errors(embedding, sample.labels, weights) for embedding in progress])

    resampled = sample.resampled(refitted, REFITS, seed)
    # Two pseudo-errors, or two pseudo-images on which candidates differ (Bonett and Price 2012).
    floor = 2 * float(np.mean(sample.weights**2))
    reach = norm.ppf(0.975) * np.sqrt(resampled.var(axis=0) + floor)
    ends = {"error_low": np.maximum(0, errors - reach), "error_high": np.minimum(1, errors + reach)}
    # Resamples have fewer distinct images, so larger errors: use only their spread.
    centred = resampled - resampled.mean(axis=0) + errors
    return pd.DataFrame({"error": errors, **ends}).join(compared_with_best(errors, centred, floor=floor))


def _full_probe(embedding: FloatArray, sample: LabelledSample, n_labels: int | None, seed: int) -> dict[str, float]:
    """Squared error of the full-label probe, and the bound on the 0-1 error with `n_labels`."""
    estimate = probe_mse_from_labels(embedding, sample.labels, **sample.design, seed=seed, resamples=RESAMPLES)
    values = {"mse": estimate.value, "mse_low": estimate.low, "mse_high": estimate.high}
    if n_labels is not None:
        high = float(np.clip(np.nan_to_num(estimate.high, nan=1.0), 0, 1))
        classes = int(sample.labels.max()) + 1
        values["at_most"] = min(1.0, few_labels_error(high, embedding.shape[1], n_labels, classes))
    return values


def predicted_classes(features: npt.NDArray[Any], sample: LabelledSample, width: int) -> IntArray:
    """Class number of each image, (n,), predicted by the ridge probe."""
    embedding = whitened_components(features, slice(None), width)
    return leave_one_out(embedding[sample.rows], sample.labels, sample.weights).predicted(embedding)


def whitened_components(features: npt.NDArray[Any], rows: IntArray | slice, width: int) -> FloatArray:
    """Constant and whitened leading components of some rows, (N, <= width); O(n d²)."""
    centred = features - features.mean(axis=0, dtype=np.float64)
    values, vectors = scipy.linalg.eigh(centred.T @ centred / len(centred))
    order = np.flatnonzero(values > max(LEAST_EIGENVALUE * values[-1], 0))[::-1][: width - 1]
    components = centred[rows] @ (vectors[:, order] / np.sqrt(values[order]))
    return np.column_stack([np.ones(len(components)), components])
