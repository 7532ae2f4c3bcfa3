"""One graph in two forms: the table must be the same, up to a stated round-off.

The round-off is derived and not fitted. Each form changes the weights by a few units in the last place, and the dense
factorisation is backward stable: both tables are those of `Ā + E` with `‖E‖ <= ρ = 256 eps √n`, n all nodes. So the
singular values differ by ρ; the leading subspace by ρ over the gap `σ_r - σ_{r+1}`, r the lesser of k and the rank; a
quotient by `1 - σ²_{k+1}` by ρ over it. A row may move by ρ over the product of the gaps it rests on, relative to the
size of its two sides and of what they are made of; by the root of that where its formula takes the root of what may be
round-off (`ROOTS`). Theorem 16 says itself how much of it is for round-off (`LOCAL`). What would be left undetermined
(`UNDETERMINED`) is not compared.

A vector that is off by ρ makes a feature off by `ρ / √p` at a node of mass p. Averages by mass hardly see it; the
exponential of InfoNCE does (`_of_light_nodes`), and so does a direction on the sphere (`_has_rows_of_round_off`).

A 0-1 error may also move by the mass of nodes whose lead is near the noise below which it counts as a tie: `_in_doubt`.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from pairbounds import BOUNDS, HypothesisError
from pairbounds.theory.bounds import QUANTITIES, Encoder
from pairbounds.theory.bounds.theorem08_class_connectivity import least_gap
from pairbounds.theory.bounds.theorem11_nearest_mean import _centred, _moments, _reach, _standing, _unit
from pairbounds.theory.bounds.theorem18_penalty import _squared_size
from pairbounds.theory.bounds.theorem20_votes import Vote, critic_of, pair_votes, zero_shot_vote
from pairbounds.theory.bounds.theorem22_counting import square_at_most
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.connectivity import EXACT_NODES
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.local_multihop import Cut, LocalBound, vote_within, within
from pairbounds.theory.quantities.multihop import HOPS, label_measure
from pairbounds.theory.quantities.scores import Standing, column_lengths, linear_standing, score_noise
from tests.fuzz.forms import PROPERTIES, Form
from tests.fuzz.specimen import Specimen

UNITS = 256 * float(np.finfo(np.float64).eps)
UNDETERMINED = 1e-3  # of the size of a row: what may move by more says nothing
AROUND = 8  # leads within this factor of their noise may count as a tie in one form and not in the other

# What a row rests on.

EXCESS = {  # the root of an excess loss, a difference of terms that cancel
    *("near-optimal-mse", "near-optimal-error", "sharp-near-optimal-error", "multihop-near-optimal-error"),
    *("zero-shot-any", "zero-shot-near-optimal"),
    *("trained-mse", "trained-error", "trained-error-by-margins", "trained-mse-below"),
}
PENALISED_EXCESS = {
    *("penalised-encoder-mse", "penalised-encoder-error"),
    *("multihop-penalised-encoder-mse", "penalised-encoder-mse-by-duality"),
}
ROOTS = (
    EXCESS
    | PENALISED_EXCESS
    | {  # of a variance, a tail or a gap: all may be 0 but for round-off
        *("zero-shot", "cheeger-above", "multihop-mse", "multihop-error", "multihop-mse-below"),
        *("penalised-mse", "penalised-mse-below"),
        *("cross-entropy-by-infonce", "cross-entropy-by-connectivity", "cross-entropy-below"),
        *("zero-shot-vote", "zero-shot-vote-by-node", "vote", "vote-by-node", "vote-of-others"),
        *("counted-mse", "counted-error", "local-multihop-error", "local-penalised-error"),
    }
)
OF_SQUARES = {  # see only the squares of singular values
    *("multihop-mse", "multihop-error", "multihop-mse-below", "multihop-near-optimal-error", "local-multihop-error"),
    *("trained-mse", "trained-error", "trained-error-by-margins", "trained-mse-below"),
}
COUNTED = {"counted-mse", "counted-error"}  # have another gap
MULTIHOP_PENALISED = {"penalised-mse", "penalised-mse-below", "local-penalised-error"}
BY_TWO_HOPS = {"two-hop-mse"}  # over the distance of the cut from the mean of the energy
LOCAL: dict[str, Callable[[PairGraph, Cut], LocalBound]] = {
    "local-multihop-error": within,
    "walk-vote-error": vote_within,
    "local-penalised-error": within,
}
OVER_CLASS_GAP = {"probe-error-by-connectivity", "class-variance", "nearest-mean-by-alignment"}
OVER_DISTANCE = {"nearest-mean", "nearest-mean-by-alignment"}  # of the means of two classes
OF_THE_SPAN = {"induced-alignment", "pair-alignment"}  # of the columns of an encoder
OVER_DISTINCT = {"mean-classifier", "mean-classifier-any"}  # the chance that two classes differ
BY_VECTORS = {"sharp-probe-mse", "sharp-probe-error", "sharp-probe-mse-below"}  # values that take label energies
NOT_OF_VECTORS = {  # quantities of the optimum that are functions of the singular values, or of the graph alone
    *("spectral_loss", "aligned_induced_loss", "induced_labelling_error"),
    *("class_conductance", "total_class_conductance", "conductance", "class_tail_eigenvalue"),
}
ON_SPHERE = {  # rows of norm 0, which have no direction, may be round-off in another form
    *("cross-entropy-by-infonce", "cross-entropy-by-connectivity", "cross-entropy-below", "infonce-by-uniformity"),
}
THRESHOLDS = {  # hypotheses that compare with round-off, and may fall on either side of it
    *("mmcl-is-sscl", "mean-classifier", "zero-shot-near-optimal", "induced-alignment", "pair-alignment"),
    *("near-optimal-mse", "near-optimal-error", "sharp-near-optimal-error", "multihop-near-optimal-error"),
    *BY_TWO_HOPS,
    *("trained-error-by-margins", "trained-mse-below"),
}


OVERFLOWING = np.errstate(over="ignore")  # an allowance that overflows is infinite


def differences(name: str, specimen: Specimen) -> list[str]:
    """The bounds whose rows are not the same in another form."""
    form = Form.of(specimen)
    other = PROPERTIES[name](form)
    return [row for row in form.table.index if _is_stated(form, name, row) and not _same(form, other, row)]


@OVERFLOWING
def _is_stated(form: Form, name: str, row: str) -> bool:
    """Whether a row is to be the same, or why not."""
    claim, sets = BOUNDS[row], form.graph.n_left + (name == "split_left")
    if claim.quantity == "conductance":
        # Half a node may go to either side of a cut; and of more nodes than can be tried, a sweep follows an order that
        # breaks ties by round-off.
        return name != "split_left" and sets <= EXACT_NODES
    if claim.quantity == "vote_of_others_error":
        return name != "split_left"  # half a node is another for the other half
    if row in COUNTED and name.startswith("split"):
        return False  # more nodes leave room for more values, of which all are 0 here
    if row == "cross-entropy-below" and _has_rows_of_round_off(form):
        return False  # takes the class with the largest variance, however light it is
    # A rate divides by the conductance of a partition, of which the same is true.
    return claim.status != "rate"


@OVERFLOWING
def _same(form: Form, other: Form, row: str) -> bool:
    first, second = form.table.loc[row], other.table.loc[row]
    speaks = [each["applicable"] for each in (first, second)]
    if not any(speaks):
        return True
    speaker = form if speaks[0] else other
    limit = _limit(speaker, row)
    if not limit <= UNDETERMINED * _size(speaker, row):
        return True
    if not all(speaks):
        return row in THRESHOLDS or (row in ON_SPHERE and _has_rows_of_round_off(speaker))
    measured, value = (
        0.0 if first[side] == second[side] else abs(first[side] - second[side]) for side in ("measured", "value")
    )
    limit = max(limit, _limit(other, row))  # each side is off by its own
    quantity = BOUNDS[row].quantity
    in_doubt = IN_DOUBT[quantity](form, form.subject(row)) if quantity in IN_DOUBT else 0.0
    return measured <= limit + in_doubt and value <= limit


def _rests_on_vectors(form: Form, row: str) -> bool:
    """Whether either side of a row takes the leading singular vectors."""
    return not form.subject(row).given and (row in BY_VECTORS or BOUNDS[row].quantity not in NOT_OF_VECTORS)


def _size(form: Form, row: str) -> float:
    """Of the two sides of a row and of what they are made of."""
    sides = [abs(side) for side in form.table.loc[row, ["measured", "value"]] if math.isfinite(side)]
    return max(1.0, QUANTITIES[BOUNDS[row].quantity].scale(form.subject(row)), *sides)


def _limit(form: Form, row: str) -> float:
    """What a row may move by: what is relative to its size, and what roots of round-off add."""
    moved = UNITS * math.sqrt(form.graph.n_left + form.graph.n_right)
    for gap in _gaps(form, row):
        moved = moved / gap if gap > 0 else math.inf
    size = _size(form, row)
    if row == "infonce-entropy" and form.features is None and math.isfinite(moved):
        size += _of_light_nodes(form, moved)
    if BOUNDS[row].quantity in VOTES:
        size *= _of_critic(form.subject(row), VOTES[BOUNDS[row].quantity](form.subject(row)))
    if row in LOCAL:
        # Residuals are round-off, too, and so is what a majorant lacks: in another form they are many times as large.
        size += AROUND**2 * LOCAL[row](form.graph, _cut(form, row), HOPS).allowance / moved
    if row not in ROOTS:
        return moved * size
    # Of `2 (a + b)²` with b of that root: `4 (a + b) δb`, at most.
    return moved * size + 4 * math.sqrt(moved * size * _under_root(form, row))


def _of_light_nodes(form: Form, moved: float) -> float:
    """How far InfoNCE at the optimum moves where its vectors do, over that: its scores do by `‖g‖ / √p + ‖f‖ / √q`.

    Averaged as in `pairbounds.theory.bounds.theorem10_infonce`: over the pairs, and over the negatives by their share.
    Infinite where a negative without a share to speak of may come to have one.
    """
    graph, left, right = form.graph, form.optimum.left, form.optimum.both_sides
    p, q = graph.left_marginal[:, None], graph.right_marginal
    scores = left @ right.T
    shares = p * softmax(scores + np.log(q), axis=1) + q * softmax(scores + np.log(p), axis=0)
    sizes = np.linalg.norm(right, axis=1) / np.sqrt(p) + np.linalg.norm(left, axis=1)[:, None] / np.sqrt(q)
    with np.errstate(divide="ignore"):
        grown = np.log(shares) + moved * sizes
    if np.any((moved * sizes > 1) & (grown > math.log(UNDETERMINED**2))):
        return math.inf
    return float(np.sum((graph.joint.toarray() + shares / 2) * sizes))


def _of_critic(encoder: Encoder, vote: Vote) -> float:
    """What a critic's divergence moves by, over ρ: its scores by their sizes, and with them the doubt of its votes."""
    critic, graph = critic_of(encoder), encoder.graph
    sizes = sum(p @ size for p, size in zip((graph.left_marginal, graph.right_marginal), critic.sizes, strict=True))
    return float(sizes) + float(graph.left_marginal @ np.minimum(1.0, vote.standing.noise)) / UNITS


def _has_rows_of_round_off(form: Form) -> bool:
    """Whether a node is so light, or its features so small, that they are nothing but ρ."""
    graph, encoder = form.graph, form.encoder
    weighted = (
        np.sqrt(marginal) * np.linalg.norm(side, axis=1)
        for side, marginal in ((encoder.left, graph.left_marginal), (encoder.both_sides, graph.right_marginal))
    )
    return min(float(norms.min()) for norms in weighted) <= UNITS * math.sqrt(graph.n_left + graph.n_right)


def _under_root(form: Form, row: str) -> float:
    """The size of the terms that cancel under a root."""
    if row in PENALISED_EXCESS:
        encoder = form.subject(row)
        whole = float(np.sum(form.triplets.singular_values**2))
        return whole + encoder.loss_scale + _squared_size(encoder)
    if row not in EXCESS:
        return 1.0
    try:
        scale = form.encoder.loss_scale
    except HypothesisError:  # products that overflow: nothing bounds what cancels
        return math.inf
    return max(scale, float(np.sum(form.triplets.singular_values[: form.k] ** 2)))


def _cut(form: Form, row: str) -> Cut:
    known, penalty = form.triplets.leading(form.k + 1), form.subject(row).penalty
    if penalty is None:
        return Cut.of(known, form.k)
    kept = 1 + int(np.count_nonzero(known.singular_values[1 : form.k] > penalty))
    return Cut.at_penalty(known, form.k, kept, penalty)


def _gaps(form: Form, row: str) -> Iterator[float]:
    """What a row divides by."""
    penalised = form.subject(row).penalty is not None
    if penalised:
        yield from _gaps_at_penalty(form, row)
    if BOUNDS[row].relation != ">=" and math.isfinite(form.table.loc[row, "value"]):
        yield form.gap_above_penalty if penalised else form.gap_above
    if _rests_on_vectors(form, row):
        yield _gap_at_cut(form, form.subject(row))
    if row in EXCESS:  # the least over j <= k of quotients by `1 - σ²_{j+1}`, which may be that of j = 1
        yield form.first_gap
    if row in OF_SQUARES:
        yield form.squared_gap_at_k
    if row in BY_TWO_HOPS:
        cut = 1 - (form.gap_above_penalty if penalised else form.gap_above)
        jacobi = label_measure(form.graph, 1)
        yield math.hypot(float(jacobi.diagonal[0]) - cut, float(np.linalg.norm(jacobi.off_diagonal)))
    if row in COUNTED:
        yield max(0.0, 1 - square_at_most(form.graph, form.k))
    yield from _gaps_of_classes(form, row)
    yield from _gaps_of_span(form, row)


def _gaps_of_classes(form: Form, row: str) -> Iterator[float]:
    if row in OVER_CLASS_GAP:
        yield least_gap(form.graph)
    if row in OVER_DISTANCE:
        longest = float(np.linalg.norm(_unit(form.encoder)[0], axis=1).max())
        if longest > 0:
            yield min(1.0, float(_reach(form.encoder).min()) / longest)
    if row in OVER_DISTINCT:
        yield 1 - float(np.sum(class_masses(form.graph, "right") ** 2))


def _gaps_of_span(form: Form, row: str) -> Iterator[float]:
    if row in OF_THE_SPAN and form.features is not None:
        yield _independence(form)


def _independence(form: Form) -> float:
    """The least singular value of the weighted columns of both sides, each of unit length."""
    graph, encoder = form.graph, form.encoder
    sides = ((encoder.left, graph.left_marginal), (encoder.both_sides, graph.right_marginal))
    return min(float(np.linalg.svd(_unit_columns(*side), compute_uv=False)[-1]) for side in sides)


def _unit_columns(features: np.ndarray, mass: np.ndarray) -> np.ndarray:
    return np.sqrt(mass)[:, None] * features / column_lengths(features, mass)


def _gap_at_cut(form: Form, encoder: Encoder) -> float:
    """What parts the directions that an optimum spans from the others."""
    return form.gap_at_k if encoder.penalty is None else form.gap_at_penalty


def _gaps_at_penalty(form: Form, row: str) -> Iterator[float]:
    if row in MULTIHOP_PENALISED:
        yield form.squared_gap_at_penalty
    if row in PENALISED_EXCESS:  # a root over the distance of the penalty from a threshold, as near as a value is
        yield form.gap_at_penalty**2


# Errors that count: the mass of nodes that may be a tie in one form and not in the other.


def _in_doubt(
    form: Form, encoder: Encoder, standing: Standing, mass: np.ndarray, of_vectors: npt.ArrayLike = 0.0
) -> float:
    """Of nodes whose lead is near its noise; below it, too, where the vectors themselves are off by more than that.

    `of_vectors` is what else these do to each lead.
    """
    gap = _gap_at_cut(form, encoder)
    by_vectors = 1.0 if encoder.given else max(1.0, 1 / (AROUND * gap) if gap > 0 else math.inf)
    below = np.where((by_vectors > 1) | (np.asarray(of_vectors) > standing.noise), 0.0, 1 / AROUND)
    above = AROUND * by_vectors * (standing.noise + of_vectors)
    doubtful = (standing.leads > below * standing.noise) & (standing.leads <= above)
    return float(mass[doubtful].sum())


def _of_probe(form: Form, encoder: Encoder) -> float:
    return _in_doubt(form, encoder, _probe_standing(encoder), form.graph.left_marginal)


def _probe_standing(encoder: Encoder) -> Standing:
    coefficients = encoder.probe.coefficients
    return linear_standing(
        encoder.left, coefficients, score_noise(encoder.left, coefficients, encoder.graph.left_marginal)
    )


def _of_zero_shot(form: Form, encoder: Encoder) -> float:
    return _in_doubt(form, encoder, encoder.zero_shot[0], form.graph.left_marginal)


def _of_nearest_mean(form: Form, encoder: Encoder) -> float:
    """The mean of a light class is off as its features are, and the lead of every node over it."""
    standing, mass = _standing(encoder), form.graph.left_marginal
    if encoder.given:
        return _in_doubt(form, encoder, standing, mass)
    moments, rho = _moments(encoder), UNITS * math.sqrt(form.graph.n_left + form.graph.n_right)
    sizes = np.linalg.norm(_centred(encoder), axis=1) + np.linalg.norm(moments.means, axis=1).max()
    return _in_doubt(form, encoder, standing, mass, rho * sizes / np.sqrt(moments.masses.min()))


def _of_votes(form: Form, encoder: Encoder) -> float:
    """Of the right nodes that a left node in doubt votes on, and of those whose vote is as good as tied."""
    graph, standing = form.graph, _probe_standing(encoder)
    voting = standing.winners >= 0
    ballots = np.eye(encoder.probe.coefficients.shape[1])[standing.winners[voting]]
    votes = (ballots.T @ graph.joint[voting].toarray()).T / graph.right_marginal[:, None]
    columns = graph.joint.toarray().T
    doubt = np.array([_in_doubt(form, encoder, standing, column) for column in columns]) / graph.right_marginal
    leads = Standing.of(votes, 0.0).leads
    return float(graph.right_marginal[leads <= AROUND * (doubt + UNITS)].sum()) if votes.shape[1] > 1 else 0.0


VOTES: dict[str, Callable[[Encoder], Vote]] = {
    "zero_shot_vote_error": zero_shot_vote,
    "vote_error": lambda encoder: pair_votes(encoder)[0],
    "vote_of_others_error": lambda encoder: pair_votes(encoder)[1],
}

IN_DOUBT: dict[str, Callable[[Form, Encoder], float]] = {
    "probe_error": _of_probe,
    "zero_shot_error": _of_zero_shot,
    "nearest_mean_error": _of_nearest_mean,
    "image_error": _of_votes,
    **{
        name: lambda form, encoder, vote=vote: _in_doubt(
            form, encoder, vote(encoder).standing, form.graph.left_marginal
        )
        for name, vote in VOTES.items()
    },
}
