"""The tables of an audit: bounds, spectrum, and rankings of captions and classes by name, worst first."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.audit.counting import Counted
from pairbounds.real_data.audit.measuring import Agreement, Measures
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.quantities.consistency import class_masses

TOP = 1_000  # rows of a ranking
NEED_LABELS = ("crossing_captions", "classes", "class_pairs")
TABLES = ("bounds", "spectrum", "hub_captions", *NEED_LABELS)


def audit_tables(measures: Measures, names: Counted) -> dict[str, pd.DataFrame]:
    """Tables by name: bounds, spectrum, hub_captions, and with labels those of `NEED_LABELS`."""
    captions = caption_table(measures)
    hubs = _largest(captions["induced_share"], captions["mass"])
    tables = {
        "bounds": measures.bounds,
        "spectrum": spectrum_table(measures),
        "hub_captions": _ranked_captions(captions, hubs, measures, names),
    }
    if measures.agreement is not None:
        crossing = _largest(captions["alpha_share"])
        crossing = crossing[captions["alpha_share"].to_numpy()[crossing] > 0]
        across = _across_classes(measures.agreement)
        tables["crossing_captions"] = _ranked_captions(captions, crossing, measures, names)
        tables["classes"] = class_table(measures, measures.agreement, across, names)
        tables["class_pairs"] = class_pair_table(measures, across, names)
    return tables


def spectrum_table(measures: Measures) -> pd.DataFrame:
    """The k + 1 leading triplets: i (from 1), singular_value, upper_value (its upper end), residual, label_energy."""
    triplets, agreement = measures.triplets, measures.agreement
    return pd.DataFrame(
        {
            "i": np.arange(1, len(triplets.singular_values) + 1),
            "singular_value": triplets.singular_values,
            "upper_value": triplets.upper_values,
            "residual": triplets.residuals,
            "label_energy": np.nan if agreement is None else agreement.energy,
        }
    )


def class_table(measures: Measures, agreement: Agreement, across: sp.csr_array, names: Counted) -> pd.DataFrame:
    """Every class, the least consistent first.

    Returns
    -------
    DataFrame with columns
        rank (from 1), class, n_images, mass (its probability), consistency (`Pr[y(x') = c | y(x) = c]` of induced
        pairs), alpha_share (its share of α_T), second_eigenvalue (an upper bound on λ₂(c); at 1 it is disconnected),
        mixes_with (the class of most of its inconsistent pairs; missing if it has none).
    """
    labels, mass = required_labels(measures.graph, "left"), class_masses(measures.graph)
    crossing = agreement.by_class.data * (1 - agreement.shares)
    cuts = np.bincount(agreement.by_class.indices, crossing).astype(np.float64)
    table = pd.DataFrame(
        {
            "class": _names(names.classes, np.arange(len(mass))),
            "n_images": np.bincount(labels),
            "mass": mass,
            "consistency": 1 - cuts / mass,
            "alpha_share": _shares(cuts),
            "second_eigenvalue": agreement.second_eigenvalues,
        }
    )
    partner = _names(names.classes, np.asarray(across.argmax(axis=1)).ravel())
    table["mixes_with"] = partner.where(across.sum(axis=1) > 0)
    return _ranked(table, np.argsort(table["consistency"].to_numpy(), kind="stable"))


def class_pair_table(measures: Measures, across: sp.csr_array, names: Counted) -> pd.DataFrame:
    """The `TOP` pairs of classes that mix most.

    Returns
    -------
    DataFrame with columns
        rank (from 1), first, second (classes), probability (that the ends of an induced pair have these two labels, in
        either order), alpha_share (its share of α_T), lift (probability over that of independent labels).
    """
    pairs, mass = sp.triu(across, 1, format="coo"), class_masses(measures.graph)
    first, second = pairs.coords
    probability = 2 * pairs.data
    table = pd.DataFrame(
        {
            "first": _names(names.classes, first),
            "second": _names(names.classes, second),
            "probability": probability,
            "alpha_share": _shares(probability),
            "lift": probability / (2 * mass[first] * mass[second]),
        }
    )
    return _ranked(table, _largest(probability))


def caption_table(measures: Measures) -> pd.DataFrame:
    """Every caption, in the order of the graph.

    Returns
    -------
    DataFrame with columns
        mass (`p_R(l)`), n_images (with this caption), induced_share (its share of the induced pairs of two different
        images); and with labels crossing (`Pr[labels differ]` in its induced pairs), alpha_share (its share of α_T).
    """
    mass, facts = measures.graph.right_marginal, measures.facts
    table = pd.DataFrame(
        {
            "mass": mass,
            "n_images": facts.degrees,
            "induced_share": _shares(np.maximum(0.0, mass - facts.squares / mass)),
        }
    )
    if measures.agreement is None:
        return table
    shares = measures.agreement.shares
    crossing = np.add.reduceat(shares * (1 - shares), measures.agreement.by_class.indptr[:-1])
    return table.assign(crossing=crossing, alpha_share=_shares(mass * crossing))


def _ranked_captions(table: pd.DataFrame, order: IntArray, measures: Measures, names: Counted) -> pd.DataFrame:
    """The captions in this order, with their names; and with labels main_class, of the largest `P(c | l)`."""
    ranked = _ranked(table, order)
    ranked.insert(1, "caption", _names(names.captions, order))
    if measures.agreement is not None:
        main = measures.agreement.by_class[:, order].argmax(axis=0)
        ranked["main_class"] = _names(names.classes, np.asarray(main).ravel())
    return ranked


def _ranked(table: pd.DataFrame, order: IntArray) -> pd.DataFrame:
    """The rows in this order, with their rank from 1."""
    ranked = table.iloc[order].reset_index(drop=True)
    ranked.insert(0, "rank", np.arange(1, len(ranked) + 1))
    return ranked


def _largest(*keys: npt.ArrayLike) -> IntArray:
    """Indices of the `TOP` largest, sorted by the first key first; round-off does not change the order."""
    return np.lexsort([-np.asarray(key, dtype=np.float32) for key in reversed(keys)])[:TOP]


def _across_classes(agreement: Agreement) -> sp.csr_array:
    """`P_T` summed over pairs of different classes, (r, r)."""
    by_class = agreement.by_class
    class_shares = sp.csc_array((agreement.shares, by_class.indices, by_class.indptr), by_class.shape)
    between = sp.csr_array(by_class @ class_shares.T)
    between.setdiag(0)
    between.eliminate_zeros()
    return between


def _names(values: pa.Array | None, numbers: np.ndarray) -> pd.Series:
    assert values is not None
    return pd.Series(values.take(pa.array(numbers)).to_pandas())


def _shares(values: FloatArray) -> FloatArray:
    """Share of each value in their sum; 0 if the sum is 0."""
    total = values.sum()
    return values / total if total > 0 else np.zeros_like(values)
