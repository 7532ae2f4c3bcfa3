"""Symptoms of training: mismatched pairs, collapse, stuck loss, wrong temperature."""

import math

import numpy as np

from pairbounds.theory.bounds.theorem31_temperature import largest_temperature
from pairbounds.theory.questions.diagnosis.case import ENERGY, LEAST_SPREAD, SAMPLE, Case, Finding, geometry
from pairbounds.theory.questions.diagnosis.retrieval import centred

# Thresholds chosen on encoders trained on LatentWorld, seeds 100-107, 200-203, 300-311; comments: their values.
ROTATIONS = 5
FIT = 0.5  # 0: cosine as with rotated texts, 1: cosine 1; shuffled encoders above .7, untrained below .15
WRONG_PAIRS = 0.2  # share of pairs that score like random pairs; clean pairs below .05
TEMPERATURE_COST = 0.1  # share of the best critic's gain; a factor 2 costs .05, a factor 3 costs .12
FOLLOWS = "It follows from what is named first."


def mismatched(case: Case) -> Finding:
    """Share of pairs that score like random pairs."""
    name, number = "Pairs do not match", f"{case.wrong_pairs:.0%} of the pairs score like random pairs"
    look = "Compare some pairs by eye; align both files by id, and give `pairs=`."
    if not has_other_cause(case) and clouds_fit(case):
        meaning = "Images lie close to texts, and not to their own: rows are in another order, or captions shuffled."
        return Finding(name, number, meaning, look, 1.0)
    if not case.has_signal:
        return Finding(name, number, "See the other symptoms.")
    if case.wrong_pairs <= WRONG_PAIRS:
        return Finding(name, number, "Pairs score above others.")
    action = f"{look} `pairbounds audit` measures what wrong pairs cost."
    return Finding(name, number, "The encoder fits other pairs, and not these.", action, case.wrong_pairs)


def has_other_cause(case: Case) -> bool:
    """True if pairs score above others, or if a collapse or a modality gap explains why not."""
    return case.has_signal or case.is_collapsed or case.centring_gain > 0


def clouds_fit(case: Case) -> bool:
    """True if centred images are closer to their nearest text than after random rotations of the texts."""
    rng = np.random.default_rng(case.seed)
    parts = [rows[rng.permutation(len(rows))[:SAMPLE]] for rows in (case.images, case.texts)]
    left, right = (centred(rows, None, on_sphere=True) for rows in parts)
    turns = [np.linalg.qr(rng.standard_normal((left.shape[1],) * 2))[0].astype(np.float32) for _ in range(ROTATIONS)]
    closeness = [float(np.mean(np.max(left @ texts.T, axis=1))) for texts in (right, *(right @ turn for turn in turns))]
    rotated = float(np.mean(closeness[1:]))
    return closeness[0] - rotated > FIT * (1 - rotated)


def collapsed(case: Case) -> Finding:
    """Effective rank (RankMe), number of directions with most energy, and spread of both sides."""
    sides = dict(case.geometry)
    if case.before_head is not None:
        sides["images before the head"] = geometry(case.before_head, case.graph.left_marginal, case.seed)
    parts = [
        f"{name}: RankMe {rank:.1f}, {ENERGY:.0%} of the energy in {count}" for name, (_, rank, count) in sides.items()
    ]
    number = f"{'; '.join(parts)} of {case.images.shape[1]} directions"
    if not case.is_collapsed:
        return Finding("Collapse", number, "The embeddings spread over many directions.")
    spread = min(values[0] for values in sides.values())
    meaning = f"The embeddings lie in few directions: fewer than {case.least_rank:.1f} are too few for these pairs."
    if spread < LEAST_SPREAD:
        meaning = f"All rows are almost one point: their spread is {spread:.3f}, and 1 without a common mean."
    action = "Check that negatives reach the loss and that no gradient is cut; lower the learning rate."
    return Finding("Collapse", number, meaning, action, max(1 - case.losses.learned, case.losses.lost, 0.01))


def stuck(case: Case) -> Finding:
    """Loss compared with a constant score (ln B for InfoNCE) and with the best critic."""
    losses = case.losses
    constant = f"ln {case.batch}" if case.loss in ("clip", "infonce") else "that of a constant score"
    current = "" if math.isnan(losses.given) else f"{losses.given:.3f} as given, and "
    number = (
        f"loss {current}{losses.best:.3f} at its best temperature; {losses.nothing:.3f} is {constant}; the best critic "
        f"has {losses.floor:.3f}"
    )
    if case.has_signal:
        share = f"{losses.learned:.0%} of what a batch of {case.batch} can show is reached"
        return Finding("Stuck", number, f"At the best temperature {share}.")
    if has_other_cause(case) or clouds_fit(case):
        return Finding("Stuck", number, FOLLOWS)
    action = (
        "Check that the weights of both towers change and that gradients reach them; raise the learning rate, or warm "
        "it up longer; check that row i of both sides is one pair."
    )
    return Finding("Stuck", number, "Nothing is learned: pairs score like other pairs.", action, 1 - losses.learned)


def temperature(case: Case) -> Finding | None:
    """Loss at the given temperature and bias, compared with the best values for these embeddings."""
    current, losses = case.temperature, case.losses
    if current is None:
        return Finding("Temperature", "no temperature is given", "It is not judged: give `temperature=`.")
    best = f"{losses.temperature:.2g}" + (f" with bias {losses.bias:.1f}" if case.loss == "siglip" else "")
    cost = f"{max(0.0, losses.given - losses.best):.2f} of {losses.nothing:.2f} nats"
    number = f"temperature {current:.3g}; the best for these embeddings is {best}"
    if not case.has_signal or case.centring_gain or case.wrong_pairs > WRONG_PAIRS:
        return Finding("Temperature", number, FOLLOWS)
    if losses.lost <= TEMPERATURE_COST:
        return Finding("Temperature", number, f"It costs {cost}.")
    fault = "low: wrong scores weigh too much" if current < losses.temperature else "high: scores are almost equal"
    meaning = f"Too {fault}. The loss is above that at the best temperature by {cost}."
    if case.on_sphere and current > (limit := largest_temperature(case.graph)):
        meaning += f" Above {limit:.2g} no critic on the sphere reaches the optimum (theorem 31)."
    action = f"Divide scores by it once, and learn its logarithm without weight decay; these embeddings ask for {best}."
    return Finding("Temperature", number, meaning, action, losses.lost)
