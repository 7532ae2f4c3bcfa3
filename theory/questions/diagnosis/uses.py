"""Symptoms in use: duplicate captions, modality gap, hubs, bad prompts, a probe worse than the pairs allow."""

import numpy as np

from pairbounds.infrastructure.arrays import rounded
from pairbounds.theory.bounds.encoder_check import check_encoder
from pairbounds.theory.bounds.theorem29_batches import collisions
from pairbounds.theory.bounds.theorem34_few_labels import FewLabels
from pairbounds.theory.bounds.theorem40_caption_vote import caption_vote
from pairbounds.theory.bounds.theorem41_from_labels import LEAST_OF_CLASS
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.questions.batch import with_usable_labels
from pairbounds.theory.questions.diagnosis.case import Case, Finding
from pairbounds.theory.questions.diagnosis.retrieval import ceiling, centred
from pairbounds.theory.questions.diagnosis.zero_shot import labelled_nodes, winners

# Thresholds chosen on encoders trained on LatentWorld, seeds 100-107, 200-203, 300-311; comments: their values.
SAME_CAPTION = 1.0  # mean number of other pairs in a batch with the anchor's caption
FLOOR = 0.2  # minimum loss as a share of ln B; 4 captions per image .05, 25 captions in total .43
HUB = 0.2  # share of images nearest to one text, minus its share of pairs; trained .04, with products .15
PROMPT_COST = 0.6  # 0: precision of captions of the class, 1: chance; right prompts below .4, wrong ones .87
F1_COST = 0.3  # below that of captions of the class; right prompts below .2, wrong ones .99
PROBE_COST = 0.1  # 0-1 error of the probe minus that of the caption vote; trained encoders below 0
DEPTHS = (1, 5, 10)
NAMED = 4  # maximum number of prompts in a message
FEW = 10  # labels of each class in the printed bound
WIDEST = 0.5  # columns per image; wider probes fit any labels


def duplicates(case: Case) -> Finding:
    """False negatives by caption and by class, with their floor for the loss and ceiling for retrieval."""
    expected = collisions(with_usable_labels(case.graph)[0], case.batch).set_index("kind")["expected"]
    name, repeats = "Duplicate captions", float(expected["same caption"])
    number = f"{repeats:.2g} of {case.batch - 1} negatives have the anchor's caption, in draws with repeats"
    number += f", {expected['same class']:.3g} its class" if "same class" in expected else ""
    loss, top = case.losses.floor, ceiling(case.graph, 1)
    meaning = f"No critic gets below a loss of {loss:.2f}, or above R@1 = {top:.2f} if only a pair's own image counts."
    share = 0.0 if case.loss == "spectral" else min(1.0, loss / case.losses.nothing)
    if repeats < SAME_CAPTION or share <= FLOOR:
        return Finding(name, number, meaning)
    action = (
        "Judge the loss beside this floor. Keep repeats out of a batch, or merge them (`pairbounds.coarser`) if "
        "`pairbounds choose --by optimum` prefers it."
    )
    return Finding(name, number, f"Many images share a caption. {meaning}", action, share)


def gap(case: Case) -> Finding:
    """Distance of the means of both sides, and R@1 and zero-shot accuracy with and without centring."""
    images, moved = case.centred
    means = case.graph.left_marginal @ case.images - case.graph.right_marginal @ case.texts
    score = f"{'cosine' if case.on_sphere else 'score'} of a pair {float(case.scores.of_pairs.mean()):.2f}"
    number = f"gap {np.linalg.norm(means):.2f}; mean {score}; "
    number += f"centring changes R@1 from {case.retrieval.first.mean():.2f} to {moved.first.mean():.2f}"
    if (zero_shot := case.zero_shot) is not None:
        views = (case.images, zero_shot.texts), (images, centred(zero_shot.texts, None, on_sphere=case.on_sphere))
        before, after = (
            np.mean(winners(rows[zero_shot.nodes] @ class_texts.T) == zero_shot.classes) for rows, class_texts in views
        )
        number += f", and zero-shot accuracy from {before:.2f} to {after:.2f}"
    usual = "Cosines of .2 to .3 are usual for pairs of CLIP: their order counts, and not their size."
    if case.is_collapsed or not case.centring_gain:
        return Finding("Modality gap", number, f"Centring changes little. {usual}")
    action = "Subtract from each side its mean before you compare; or train on, at a higher temperature first."
    return Finding("Modality gap", number, f"Images and texts lie in two cones. {usual}", action, case.centring_gain)


def hubs(case: Case) -> Finding:
    """R@1, 5 and 10 in both directions with their ceiling, and the text nearest to most images."""
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
    """Zero-shot accuracy, and prompts that rank images far worse than captions of the class."""
    if (zero_shot := case.zero_shot) is None:
        return None
    names, counts = zero_shot.names, np.bincount(zero_shot.classes, minlength=len(zero_shot.names))
    scores = case.images[zero_shot.nodes] @ zero_shot.texts.T
    right = winners(scores) == zero_shot.classes
    recalls = np.bincount(zero_shot.classes, right, len(names)) / np.maximum(counts, 1)
    ranked, f1 = zero_shot.by_class(scores)
    captions = zero_shot.caption_scores(case.graph, case.images, case.texts, case.seed)
    by_captions, f1_of_captions = zero_shot.by_class(captions)
    shares = counts / len(right)
    lost = np.clip((by_captions - ranked) / np.maximum(by_captions - shares, 1e-9), 0.0, 1.0)
    hurts = (lost > PROMPT_COST) & (f1_of_captions - f1 > F1_COST) & (counts >= LEAST_OF_CLASS)
    costs = np.where(hurts & (by_captions > shares), lost * shares, 0.0)
    lowest, wrong = int(np.argmin(recalls)), [n for n in np.argsort(ranked - by_captions) if costs[n] > 0]
    number = f"zero-shot accuracy {right.mean():.2f}, lowest for {names[lowest]!r}: {recalls[lowest]:.2f}"
    if not case.has_signal or not wrong:
        ensemble = zero_shot.ensemble(case.images, case.temperature or case.losses.temperature, case.seed)
        return Finding("Prompts", number, f"No prompt is far behind its captions.{ensemble}")
    action = "Reword it as captions of the class speak (a homonym, a typo?), or average several prompts (theorem 39)."
    meaning = (
        f"The prompt of {names[wrong[0]]!r} hurts most: its average precision is {ranked[wrong[0]]:.2f}, and that of "
        f"captions of the class {by_captions[wrong[0]]:.2f}."
    )
    if next_prompts := ", ".join(repr(names[number]) for number in wrong[1:NAMED]):
        meaning += f" Then {next_prompts}."
    return Finding("Prompts", number, meaning, action, float(costs.sum()))


def probes(case: Case) -> Finding | None:
    """0-1 error of the full-label probe, the guarantee for few labels, and the leave-one-out caption vote."""
    nodes, _, names = labelled_nodes(case.graph)
    if case.images.shape[1] > WIDEST * len(nodes):
        return None
    graph, images = case.graph.part(nodes), case.images[nodes].astype(np.float64)
    error, vote = probe(graph, images).error, caption_vote(graph, leave_one_out=True).error
    labels = FEW * len(names)
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
