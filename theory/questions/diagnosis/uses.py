"""Symptoms in use: duplicate captions, the modality gap, hubs, a prompt that hurts, a probe below what pairs allow."""

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.special

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.outward import rounded
from pairbounds.theory.bounds.encoder_check import check_encoder
from pairbounds.theory.bounds.theorem29_batches import collisions
from pairbounds.theory.bounds.theorem34_few_labels import FewLabels
from pairbounds.theory.bounds.theorem39_prompts import prompt_ensemble
from pairbounds.theory.bounds.theorem40_caption_vote import caption_vote
from pairbounds.theory.bounds.theorem41_from_labels import LEAST_OF_CLASS
from pairbounds.theory.quantities.consistency import class_indicators
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.questions.batch import with_usable_labels
from pairbounds.theory.questions.diagnosis.case import Case, Finding
from pairbounds.theory.questions.diagnosis.causes import is_collapsed
from pairbounds.theory.questions.diagnosis.losses import Rows
from pairbounds.theory.questions.diagnosis.retrieval import TIE, ceiling, centred

# Chosen on encoders trained on LatentWorld, seeds 100 to 107, 200 to 203 and 300 to 311, with what these had.
SAME_CAPTION = 1.0  # other pairs of the batch with the anchor's caption, on average
FLOOR = 0.2  # share of ln B that no critic gets below; 4 captions an image had .05, 25 captions in all .43
HUB = 0.2  # share of images nearest to one text, beyond its share of pairs; trained encoders had .04, products .15
PROMPT_COST = 0.6  # of the way from its captions' precision to chance; right prompts had below .4, wrong ones .87
F1_COST = 0.3  # of the class, beside its captions; right prompts had below .2, wrong ones .99
PROBE_COST = 0.1  # 0-1 error of the probe above that of the caption vote; trained encoders had below 0
DEPTHS = (1, 5, 10)
NAMED = 4  # prompts at most
FEW = 10  # labels of each class, for which the bound is told
WIDEST = 0.5  # columns an image, beyond which a probe fits anything
LABELLED = 10_000  # images for zero-shot prediction
SAMPLE = 2_000  # images for the disagreement of prompt sets


def duplicates(case: Case) -> Finding:
    """False negatives by caption and by class, the floor that they set to the loss, and the ceiling of retrieval."""
    expected = collisions(with_usable_labels(case.graph)[0], case.batch).set_index("kind")["expected"]
    name, same = "Duplicate captions", float(expected["same caption"])
    number = f"{same:.2g} of {case.batch - 1} negatives have the anchor's caption"
    number += f", {expected['same class']:.3g} its class" if "same class" in expected else ""
    loss, top = case.losses.floor, ceiling(case.graph, 1)
    meaning = f"No critic gets below a loss of {loss:.2f}, or above R@1 = {top:.2f} if only a pair's own image counts."
    share = 0.0 if case.loss == "spectral" else min(1.0, loss / case.losses.nothing)
    if same < SAME_CAPTION or share <= FLOOR:
        return Finding(name, number, meaning)
    action = "Judge the loss beside this floor; merge repeats (`pairbounds granularity`), or keep them out of a batch."
    return Finding(name, number, f"Many images share a caption. {meaning}", action, share)


def gap(case: Case) -> Finding:
    """Distance of the means of both sides, and R@1 and zero-shot accuracy with and without centring."""
    images, moved = case.centred[0], case.centred[2].first
    means = case.graph.left_marginal @ case.images - case.graph.right_marginal @ case.texts
    score, cosine = "cosine" if case.on_sphere else "score", float(case.scores.of_pairs.mean())
    number = f"gap {np.linalg.norm(means):.2f}; mean {score} of a pair {cosine:.2f}; centring changes R@1 from "
    number += f"{case.retrieval.first.mean():.2f} to {moved.mean():.2f}"
    if (asked := _prompts(case)) is not None:
        nodes, own, _, texts = asked
        views = (case.images, texts), (images, centred(texts, None, on_sphere=case.on_sphere))
        before, after = (np.mean(_winners(rows[nodes] @ prompts.T) == own) for rows, prompts in views)
        number += f", and zero-shot accuracy from {before:.2f} to {after:.2f}"
    usual = "Cosines of .2 to .3 are usual for pairs of CLIP: their order counts, and not their size."
    if is_collapsed(case) or not case.centring_gain:
        return Finding("Modality gap", number, f"Centring changes little. {usual}")
    action = "Subtract from each side its mean before you compare; or train on, at a higher temperature first."
    return Finding("Modality gap", number, f"Images and texts lie in two cones. {usual}", action, case.centring_gain)


def hubs(case: Case) -> Finding:
    """R@1, 5 and 10 both ways beside their ceiling, and the text that is nearest to most images."""
    result, graph = case.retrieval, case.graph
    ways = ["/".join(f"{np.mean(ranks < depth):.2f}" for depth in DEPTHS) for ranks in result[:2]]
    top = "/".join(f"{ceiling(graph, depth):.2f}" for depth in DEPTHS)
    number = f"R@1/5/10 to texts {ways[0]}, to images {ways[1]}; at most {top} if only a pair's own image counts"
    hub = f"text {graph.right_ids[result.hub]} is nearest to {result.hub_share:.0%} of the images"
    excess = result.hub_share - result.hub_mass
    if not case.has_signal or case.centring_gain or excess <= HUB:
        return Finding("Retrieval", number, f"At most, {hub}.")
    action = (
        "Read this text: it may be empty or generic. Centre both sides, or divide scores by their mean over images."
    )
    return Finding("Retrieval", number, f"A hub: {hub}, and in {result.hub_mass:.1%} of the pairs.", action, excess)


def prompts(case: Case) -> Finding | None:
    """Zero-shot accuracy, and the prompts that rank images far worse than captions of their class do."""
    if (asked := _prompts(case)) is None or case.classes is None:
        return None
    nodes, own, sets, texts = asked
    names, counts = case.classes[2], np.bincount(own, minlength=len(sets))
    scores = case.images[nodes] @ texts.T
    right = _winners(scores) == own
    recalls = np.bincount(own, right, len(sets)) / np.maximum(counts, 1)
    (ranked, told), (by_captions, best) = (
        _by_class(part, own) for part in (scores, _caption_scores(case, nodes, own, texts))
    )
    shares = counts / len(own)
    lost = np.clip((by_captions - ranked) / np.maximum(by_captions - shares, 1e-9), 0.0, 1.0)
    hurts = (lost > PROMPT_COST) & (best - told > F1_COST) & (counts >= LEAST_OF_CLASS)
    costs = np.where(hurts & (by_captions > shares), lost * shares, 0.0)
    lowest, wrong = int(np.argmin(recalls)), [n for n in np.argsort(ranked - by_captions) if costs[n] > 0]
    number = f"zero-shot accuracy {right.mean():.2f}, lowest for {names[lowest]!r}: {recalls[lowest]:.2f}"
    if not case.has_signal or not wrong:
        return Finding("Prompts", number, f"No prompt is far behind its captions.{_ensemble(case, nodes, own, sets)}")
    action = "Reword it as captions of the class speak (a homonym, a typo?), or average several prompts (theorem 39)."
    meaning = (
        f"The prompt of {names[wrong[0]]!r} hurts most: its average precision is {ranked[wrong[0]]:.2f}, and that of "
        f"captions of the class {by_captions[wrong[0]]:.2f}."
    )
    if others := ", ".join(repr(names[number]) for number in wrong[1:NAMED]):
        meaning += f" Then {others}."
    return Finding("Prompts", number, meaning, action, float(costs.sum()))


def _prompts(case: Case) -> tuple[IntArray, IntArray, list[Rows], Rows] | None:
    """Labelled images, their classes, the prompts of each class, and the mean of each, (r, d); `None` without.

    Of more than `LABELLED` images a random part.
    """
    if case.prompts is None or case.classes is None:
        return None
    nodes, own, names = case.classes
    chosen = np.sort(np.random.default_rng(case.seed).permutation(len(nodes))[:LABELLED])
    nodes, own = nodes[chosen], own[chosen]
    sets = [case.prompts[name] for name in names]
    means = np.stack([rows.mean(axis=0) for rows in sets])
    return nodes, own, sets, means / np.linalg.norm(means, axis=1, keepdims=True) if case.on_sphere else means


def _winners(scores: npt.NDArray[np.float32]) -> IntArray:
    """Class of the largest score of each row, (n,), -1 where two are as large."""
    two = np.partition(scores, -2, axis=1)[:, -2:]
    return np.where(two[:, 1] - two[:, 0] > TIE, scores.argmax(axis=1), -1)


def _by_class(scores: npt.NDArray[Any], own: IntArray) -> tuple[FloatArray, FloatArray]:
    """Average precision of each class by its scores, (r,), at random its share of images; and F1 of the prediction."""
    from sklearn.metrics import average_precision_score, f1_score

    numbers = np.arange(scores.shape[1])
    ranked = np.zeros(len(numbers))
    for number in np.unique(own):
        ranked[number] = average_precision_score(own == number, scores[:, number])
    return ranked, f1_score(own, _winners(scores), labels=numbers, average=None, zero_division=0.0)


def _caption_scores(case: Case, nodes: IntArray, own: IntArray, texts: Rows) -> FloatArray:
    """Scores of images, (n, r), with the mean caption of each class over the other half of the images."""
    half, scores = np.random.default_rng(case.seed).random(len(nodes)) < 0.5, np.empty((len(nodes), len(texts)))
    for part in (half, ~half):
        indicators = class_indicators(own[~part], np.arange(len(texts)))
        means = np.asarray((indicators.T @ case.graph.joint[nodes[~part]]) @ case.texts)
        sizes = np.linalg.norm(means, axis=1, keepdims=True)
        scores[part] = case.images[nodes[part]] @ np.where(sizes > 0, means / np.maximum(sizes, 1e-30), texts).T
    return scores


def _ensemble(case: Case, nodes: IntArray, own: IntArray, sets: list[Rows]) -> str:
    """A sentence on the disagreement of several prompt sets (theorem 39)."""
    if (count := min(map(len, sets))) < 2:
        return ""
    chosen = np.random.default_rng(case.seed).permutation(len(nodes))[:SAMPLE]
    texts = np.stack([np.stack([rows[number] for rows in sets]) for number in range(count)])
    logits = case.images[nodes[chosen]] @ texts.transpose(0, 2, 1) / (case.temperature or case.losses.temperature)
    shares = scipy.special.softmax(logits, axis=2)
    errors = np.sum((shares - np.eye(len(sets))[own[chosen]]) ** 2, axis=2).mean(axis=1)
    disagreement, bound = prompt_ensemble(shares, errors)
    return (
        f" The mean of {count} prompt sets has a squared error {disagreement:.3f} below the mean of theirs, and a 0-1 "
        f"error of at most {rounded(bound, '<=', '.3f')} on these images (theorem 39)."
    )


def probes(case: Case) -> Finding | None:
    """0-1 error of the probe with all labels, what few guarantee, and the caption vote of the other images."""
    if case.classes is None or case.images.shape[1] > WIDEST * len(case.classes[0]):
        return None
    nodes = case.classes[0]
    graph, images = case.graph.part(nodes), case.images[nodes].astype(np.float64)
    error, vote = probe(graph, images).error, caption_vote(graph, leave_one_out=True).error
    labels = FEW * len(case.classes[2])
    bound = rounded(min(1.0, FewLabels.of(graph, images).error_at_most(labels)), "<=", ".2f")
    number = f"probe error {error:.2f} with all labels; {labels} labels guarantee {bound} (theorem 34)"
    meaning = f"A vote of captions, each image left out, has error {vote:.2f} (theorem 40)."
    if case.loss == "spectral":
        excess = check_encoder(graph, images).best["excess"]
        meaning += f" Theorem 17: the spectral loss is {excess:.3g} above the least of this width."
    if not case.has_signal or error - vote <= PROBE_COST:
        return Finding("Probe", number, meaning)
    action = "Train longer or wider, or probe the features before the head; `pairbounds choose` compares checkpoints."
    return Finding("Probe", number, f"The pairs know the classes better. {meaning}", action, error - vote)
