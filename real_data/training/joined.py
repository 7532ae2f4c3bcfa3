"""Several data sets in one: images that train an encoder, and labelled ones of another kind that judge it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.training.splits import Roles

UNLABELLED = -1
ENCODER, LABELLED, JUDGED = "encoder", "labelled", "judged"


def joined(
    encoder: ImageTextDataset, labelled: ImageTextDataset | None, judged: ImageTextDataset | None
) -> tuple[ImageTextDataset, Roles]:
    """The images of the data sets that train an encoder, train its probe, and judge it; and what each is for.

    Their labels are those of the data sets that judge, or -1.

    Parameters
    ----------
    encoder : may be without labels, if there are labelled images
    labelled : `None`: those of the encoder
    judged : `None`: a part of the labelled ones, as `split` has it

    Raises
    ------
    ValueError
        Sizes or classes that differ; labelled images without labels.
    """
    parts = {ENCODER: encoder, LABELLED: labelled, JUDGED: judged}
    there = {name: one for name, one in parts.items() if one is not None}
    of_labels = [one for one in (labelled or encoder, judged) if one is not None]
    for one in of_labels:
        if not one.labelled:
            raise ValueError(f"{one}: some of its images have no label, and nothing can be judged by them")
        if one.label_names != of_labels[0].label_names:
            first, second = (", ".join(names[:3]) for names in (of_labels[0].label_names, one.label_names))
            raise ValueError(f"classes differ: {first} ... and {second} ...")
    if len({one.size for one in there.values()}) > 1:
        raise ValueError(f"images have sizes {', '.join(str(one.size) for one in there.values())}: give them one")
    starts = np.cumsum([0, *(len(one) for one in there.values())])
    ranges = {name: np.arange(*ends) for name, ends in zip(there, pairwise(starts), strict=True)}
    classes = np.full(starts[-1], UNLABELLED)
    classes[ranges[ENCODER]] = next(iter(encoder.label_sets.values()))
    roles = Roles(ranges[ENCODER], ranges.get(LABELLED, ranges[ENCODER]), ranges.get(JUDGED), classes)
    judges = [name for name, one in there.items() if one in of_labels]
    return _concatenated(there, judges), roles


def _concatenated(parts: dict[str, ImageTextDataset], judges: Sequence[str]) -> ImageTextDataset:
    first = parts[judges[0]]
    sets = {
        name: np.concatenate([one.label_sets[name] if part in judges else _none(one) for part, one in parts.items()])
        for name in first.label_sets
    }
    labels = [one.labels if part in judges else _none(one) for part, one in parts.items()]
    together = list(parts.values())
    return replace(
        first,
        name="-and-".join(dict.fromkeys(one.name for one in together)),
        ids=tuple(f"{part}/{own}" for part, one in parts.items() for own in one.ids),
        subjects=tuple(f"{part}/{own}" for part, one in parts.items() for own in one.subjects),
        files=tuple(path for one in together for path in one.files),
        digests=tuple(own for one in together for own in one.digests),
        captions=tuple(own for one in together for own in one.captions),
        labels=np.concatenate(labels),
        label_sets=sets,
        skipped=tuple(own for one in together for own in one.skipped),
        licence="; ".join(dict.fromkeys(one.licence for one in together)),
        attribution="; ".join(dict.fromkeys(one.attribution for one in together)),
    )


def _none(dataset: ImageTextDataset) -> IntArray:
    return np.full(len(dataset), UNLABELLED)
