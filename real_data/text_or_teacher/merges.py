"""Merges of tags: as theorem 15 likes them best on a training set, and the coarsest."""

from pairbounds.real_data.caption_graphs import caption_graph
from pairbounds.real_data.text_or_teacher.parts import Icons
from pairbounds.real_data.training.view_guides import MERGED, MERGED_MOST
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.bounds.theorem30_coarser_captions import coarser
from pairbounds.theory.questions.merging import falling_sizes, near_duplicates, nested_levels, vectors_of
from pairbounds.theory.spectrum.triplets import spectrum

WIDTH, FACTOR, SEED = 64, 3, 0  # of the optimum; between the numbers of groups of two levels; of what is drawn
FEWEST = 10  # groups: of fewer any two icons share one

Captions = tuple[tuple[str, ...], ...]
Merges = tuple[dict[str, Captions], dict[str, float]]


_KEPT: dict[tuple[str, int], Merges] = {}  # by content: a process is given the data anew with each run


def merged_tags(icons: Icons, unit: int) -> Merges:
    """Tags of all icons, those of a training set merged at two levels, by guide; and theorem 15's bound at each level.

    The bound is on the squared error of a probe on the optimum of width 64, of the graph of the training set's icons
    and their merged tags. Levels are Ward's, by the letters of the tags, each with a third of the groups of the last,
    down to at least `FEWEST`.
    """
    if (icons.shown.key, unit) not in _KEPT:
        _KEPT[icons.shown.key, unit] = _merged(icons, unit)
    return _KEPT[icons.shown.key, unit]


def _merged(icons: Icons, unit: int) -> Merges:
    own = icons.split(unit).train
    graph = caption_graph(icons.shown.take(own))
    same = near_duplicates(graph.right_ids)
    sizes = [size for size in falling_sizes(int(same.max()) + 1, FACTOR) if size >= FEWEST]
    levels = nested_levels(vectors_of(graph.right_ids, None, SEED), same, sizes, seed=SEED)
    bounds = {}
    for name, groups in levels.items():
        merged = coarser(graph, groups)
        k = min(WIDTH, min(merged.joint.shape) - 1)
        bounds[name] = float(BOUNDS["multihop-mse"](merged, spectrum(merged, k + 1), k))
    found = {}
    for guide, name in ((MERGED, min(bounds, key=bounds.__getitem__)), (MERGED_MOST, list(levels)[-1])):
        group = dict(zip(graph.right_ids, levels[name].tolist(), strict=True))
        captions = list(icons.shown.captions)
        for image in own:
            captions[image] = tuple(f"group {group[text]}" for text in captions[image])
        found[guide] = tuple(captions)
    return found, bounds
