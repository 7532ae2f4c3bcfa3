"""The tables of an audit: bounds, spectrum, and rankings of captions and classes by name, worst first."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.audit.measuring import caption_squares, class_shares
from pairbounds.theory.graph.classes import pairs_by_class, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues
from pairbounds.theory.quantities.consistency import class_masses, label_energy

TOP = 1_000  # rows of a ranking
NEED_LABELS = ("crossing_captions", "classes", "class_pairs")
TABLES = ("bounds", "spectrum", "hub_captions", *NEED_LABELS)


def audit_tables(graph: PairGraph, triplets: Spectrum, bounds: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables by name: bounds, spectrum, hub_captions, and with labels those of `NEED_LABELS`."""
    shares = None if graph.left_labels is None else class_shares(graph)
    captions = caption_table(graph, shares)
    hubs = captions.iloc[_largest(captions["induced_share"], captions["mass"])]
    tables = {"bounds": bounds, "spectrum": spectrum_table(graph, triplets), "hub_captions": _ranked(hubs)}
    if shares is not None:
        crossing = captions.iloc[_largest(captions["alpha_share"])]
        tables["crossing_captions"] = _ranked(crossing[crossing["alpha_share"] > 0])
        tables |= class_tables(graph, shares)
    return tables


def spectrum_table(graph: PairGraph, triplets: Spectrum) -> pd.DataFrame:
    """The k + 1 leading triplets: i (from 1), singular_value, upper_value (its upper end), residual, label_energy."""
    return pd.DataFrame(
        {
            "i": np.arange(1, len(triplets.singular_values) + 1),
            "singular_value": triplets.singular_values,
            "upper_value": triplets.upper_values,
            "residual": triplets.residuals,
            "label_energy": np.nan if graph.left_labels is None else label_energy(graph, triplets),
        }
    )


def class_tables(graph: PairGraph, shares: sp.csc_array) -> dict[str, pd.DataFrame]:
    """Every class, the least consistent first; and the `TOP` pairs of classes that mix most.

    Parameters
    ----------
    shares : `class_shares`

    Returns
    -------
    classes : DataFrame with columns
        rank (from 1), class, n_images, mass (its probability), consistency (`Pr[y(x') = c | y(x) = c]` of induced
        pairs), alpha_share (its share of α_T), second_eigenvalue (an upper bound on λ₂(c); at 1 it is disconnected),
        mixes_with (the class of most of its inconsistent pairs; missing if it has none).
    class_pairs : DataFrame with columns
        rank (from 1), first, second (classes), probability (that the ends of an induced pair have these two labels, in
        either order), alpha_share (its share of α_T), lift (probability over that of independent labels).
    """
    mass, by_class = class_masses(graph), pairs_by_class(graph)
    across = sp.csr_array(by_class @ shares.T)  # `P_T` summed over pairs of classes, (r, r)
    across.setdiag(0)
    across.eliminate_zeros()
    cuts = np.bincount(shares.indices, by_class.data * (1 - shares.data)).astype(np.float64)
    partners = _names(graph, np.asarray(across.argmax(axis=1)).ravel())
    classes = pd.DataFrame(
        {
            "class": _names(graph, np.arange(len(mass))),
            "n_images": np.bincount(required_labels(graph, "left")),
            "mass": mass,
            "consistency": 1 - cuts / mass,
            "alpha_share": _shares(cuts),
            "second_eigenvalue": class_second_eigenvalues(graph),
            "mixes_with": partners.where(across.sum(axis=1) > 0),
        }
    )
    joined = sp.triu(across, 1, format="coo")
    first, second = (side.astype(np.int64) for side in joined.coords)
    probability = 2 * joined.data
    class_pairs = pd.DataFrame(
        {
            "first": _names(graph, first),
            "second": _names(graph, second),
            "probability": probability,
            "alpha_share": _shares(probability),
            "lift": probability / (2 * mass[first] * mass[second]),
        }
    )
    return {
        "classes": _ranked(classes.sort_values("consistency", kind="stable")),
        "class_pairs": _ranked(class_pairs.iloc[_largest(probability)]),
    }


def caption_table(graph: PairGraph, shares: sp.csc_array | None) -> pd.DataFrame:
    """Every caption, in the order of the graph.

    Parameters
    ----------
    shares : `class_shares`, with labels

    Returns
    -------
    DataFrame with columns
        caption, mass (`p_R(l)`), n_images (with this caption), induced_share (its share of the induced pairs of two
        different images); and with labels crossing (`Pr[labels differ]` in its induced pairs), alpha_share (its share
        of α_T), main_class (of the largest `P(c | l)`).
    """
    mass = graph.right_marginal
    table = pd.DataFrame(
        {
            "caption": graph.right_ids,
            "mass": mass,
            "n_images": np.bincount(graph.joint.indices, minlength=graph.n_right),
            "induced_share": _shares(np.maximum(0.0, mass - caption_squares(graph) / mass)),
        }
    )
    if shares is None:
        return table
    crossing = np.add.reduceat(shares.data * (1 - shares.data), shares.indptr[:-1])
    main = _names(graph, np.asarray(pairs_by_class(graph).argmax(axis=0)).ravel())
    return table.assign(crossing=crossing, alpha_share=_shares(mass * crossing), main_class=main)


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """The rows in their order, with their rank from 1."""
    ranked = table.reset_index(drop=True)
    ranked.insert(0, "rank", np.arange(1, len(ranked) + 1))
    return ranked


def _largest(*keys: npt.ArrayLike) -> IntArray:
    """Indices of the `TOP` largest, sorted by the first key first; round-off does not change the order."""
    return np.lexsort([-np.asarray(key, dtype=np.float32) for key in reversed(keys)])[:TOP]


def _names(graph: PairGraph, classes: IntArray) -> pd.Series:
    return pd.Series(np.array(graph.class_names, dtype=object)[classes])


def _shares(values: FloatArray) -> FloatArray:
    """Share of each value in their sum; 0 if the sum is 0."""
    total = values.sum()
    return values / total if total > 0 else np.zeros_like(values)
