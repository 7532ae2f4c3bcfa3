"""Symptoms of training: pairs that do not match, a collapse, a loss that is stuck, a wrong temperature."""

import math

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.theorem31_temperature import largest_temperature
from pairbounds.theory.quantities.metrics.feature_metrics import rankme
from pairbounds.theory.questions.diagnosis.case import NO_SIGNAL, Case, Finding
from pairbounds.theory.questions.diagnosis.losses import Rows
from pairbounds.theory.questions.diagnosis.retrieval import centred

# Chosen on encoders trained on LatentWorld, seeds 100 to 107, 200 to 203 and 300 to 311, with what these had.
SAMPLE = 2_000  # rows of each side for rank and fit
ROTATIONS = 5
FIT = 0.5  # of the way from rotated texts to a cosine of 1; shuffled encoders had above .7, untrained below .15
WRONG_PAIRS = 0.2  # share of pairs that score as random ones; clean pairs had below .05
LEAST_SPREAD = 0.1  # root of the share of energy that is not the mean (SimSiam's measure): collapsed .03, trained .9
ENERGY = 0.99
TEMPERATURE_COST = 0.1  # share of what the best critic gains; a factor of 2 costs .05, a factor of 3 costs .12


def mismatched(case: Case) -> Finding:
    """Share of pairs that score as random ones do, by Storey's estimate (2002), `2 Pr[rank > 1/2]`."""
    wrong = wrong_pairs(case)
    name, number = "Pairs do not match", f"{wrong:.0%} of the pairs score like random pairs"
    look = "Compare some pairs by eye; align both files by id, and give --pairs."
    if not has_other_cause(case) and clouds_fit(case.images, case.texts, case.seed):
        meaning = "Images lie close to texts, and not to their own: rows are in another order, or captions shuffled."
        return Finding(name, number, meaning, look, 1.0)
    if case.has_signal and wrong > WRONG_PAIRS:
        meaning = "The encoder fits other pairs, and not these."
        return Finding(name, number, meaning, f"{look} `pairbounds audit` measures what wrong pairs cost.", wrong)
    return Finding(name, number, "Pairs are told from others." if case.has_signal else "See the other symptoms.")


def has_other_cause(case: Case) -> bool:
    """True if pairs are told from others, or a collapse or a modality gap is why they are not."""
    return case.has_signal or is_collapsed(case) or case.centring_gain > 0


def wrong_pairs(case: Case) -> float:
    """Storey's estimate of the share of pairs that are random."""
    return min(1.0, 2 * float(np.mean(case.scores.ranks > 0.5)))


def clouds_fit(images: Rows, texts: Rows, seed: int) -> bool:
    """True if images lie closer to their nearest text than after random rotations of the texts, both centred."""
    rng = np.random.default_rng(seed)
    parts = [rows[rng.permutation(len(rows))[:SAMPLE]] for rows in (images, texts)]
    left, right = (centred(rows, None, on_sphere=True) for rows in parts)
    turns = [np.linalg.qr(rng.standard_normal((left.shape[1],) * 2))[0].astype(np.float32) for _ in range(ROTATIONS)]
    closeness = [float(np.mean(np.max(left @ texts.T, axis=1))) for texts in (right, *(right @ turn for turn in turns))]
    rotated = float(np.mean(closeness[1:]))
    return closeness[0] - rotated > FIT * (1 - rotated)


def is_collapsed(case: Case) -> bool:
    """True if a side has almost no spread, or a rank below the root of what its width and the pairs allow."""
    return any(spread < LEAST_SPREAD or rank < _least_rank(case) for spread, rank, _ in _sides(case).values())


def _least_rank(case: Case) -> float:
    """Root of the width, or of the effective number of nodes of the smaller side."""
    nodes = min(math.exp(float(-p @ np.log(p))) for p in (case.graph.left_marginal, case.graph.right_marginal))
    return math.sqrt(max(1.0, min(case.images.shape[1], nodes - 1)))


def _sides(case: Case) -> dict[str, tuple[float, float, int]]:
    sides = {"images": (case.images, case.graph.left_marginal), "texts": (case.texts, case.graph.right_marginal)}
    return {name: geometry(rows, masses, case.seed) for name, (rows, masses) in sides.items() if len(rows) > 1}


def geometry(rows: Rows, masses: FloatArray, seed: int) -> tuple[float, float, int]:
    """Spread, in [0, 1], and RankMe and directions for `ENERGY` of the rows less their mean."""
    chosen = np.random.default_rng(seed).permutation(len(rows))[:SAMPLE]
    part, weights = rows[chosen].astype(np.float64), masses[chosen] / masses[chosen].sum()
    moved = (part - weights @ part) * np.sqrt(weights)[:, None]
    values = np.linalg.svd(moved, compute_uv=False) ** 2
    share = float(values.sum() / (weights @ np.sum(part**2, axis=1)))
    if share < 1e-10:  # of float32, round-off
        return 0.0, 1.0, 1
    return math.sqrt(share), rankme(moved), int(np.searchsorted(np.cumsum(values), ENERGY * values.sum()) + 1)


def collapsed(case: Case) -> Finding:
    """Effective rank (RankMe), directions of the energy, and spread, of both sides."""
    sides = _sides(case)
    if case.before_head is not None:
        sides["images before the head"] = geometry(case.before_head, case.graph.left_marginal, case.seed)
    told = [
        f"{name}: RankMe {rank:.1f}, {ENERGY:.0%} of the energy in {count}" for name, (_, rank, count) in sides.items()
    ]
    number = f"{'; '.join(told)} of {case.images.shape[1]} directions"
    if not is_collapsed(case):
        return Finding("Collapse", number, "The embeddings spread over many directions.")
    spread = min(values[0] for values in sides.values())
    meaning = f"The embeddings lie in few directions: fewer than {_least_rank(case):.1f} are too few for these pairs."
    if spread < LEAST_SPREAD:
        meaning = f"All rows are almost one point: their spread is {spread:.3f}, and 1 without a common mean."
    action = "Check that negatives reach the loss and that no gradient is cut; lower the learning rate."
    return Finding("Collapse", number, meaning, action, max(1 - case.losses.learned, case.losses.lost, 0.01))


def stuck(case: Case) -> Finding:
    """Loss beside that of a constant score, ln B for InfoNCE, and beside the best critic's."""
    losses = case.losses
    constant = f"ln {case.batch}" if case.loss in ("clip", "infonce") else "that of a constant score"
    given = "" if math.isnan(losses.given) else f"{losses.given:.3f} as given, and "
    number = f"loss {given}{losses.best:.3f} at its best temperature; {losses.nothing:.3f} is {constant}; the best "
    number += f"critic has {losses.floor:.3f}"
    if case.has_signal:
        share = f"{losses.learned:.0%} of what a batch of {case.batch} can show is reached"
        return Finding("Stuck", number, f"At the best temperature {share}.")
    if has_other_cause(case) or clouds_fit(case.images, case.texts, case.seed):
        return Finding("Stuck", number, "It follows from what is named first.")
    action = (
        "Check that the weights of both towers change and that gradients reach them; raise the learning rate, or warm "
        "it up longer; check that row i of both sides is one pair."
    )
    return Finding("Stuck", number, "Nothing is learned: pairs score like other pairs.", action, 1 - losses.learned)


def temperature(case: Case) -> Finding | None:
    """Loss of the given temperature and bias beside the best for these embeddings, centred if that helps."""
    given, losses = case.temperature, case.losses_without_gap
    if given is None:
        return None
    best = f"{losses.temperature:.2g}" + (f" with bias {losses.bias:.1f}" if case.loss == "siglip" else "")
    cost = f"{max(0.0, losses.given - losses.best):.2f} of {losses.nothing:.2f} nats"
    number = f"temperature {given:.3g}; the best for these embeddings is {best}"
    if losses.learned < NO_SIGNAL or wrong_pairs(case) > WRONG_PAIRS:
        return Finding("Temperature", number, "It follows from what is named first.")
    if losses.lost <= TEMPERATURE_COST:
        return Finding("Temperature", number, f"It costs {cost}.")
    meaning = f"Too {'low: wrong scores' if given < losses.temperature else 'high: equal scores'} cost {cost}."
    if case.on_sphere and given > (limit := largest_temperature(case.graph)):
        meaning += f" Above {limit:.2g} no critic on the sphere reaches the optimum (theorem 31)."
    action = f"Set it to {best}, or learn its logarithm without weight decay; divide scores by it once."
    return Finding("Temperature", number, meaning, action, losses.lost)
