"""A folder of pictures for each class, as in ImageNet, with a caption for each prompt."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.inspection import inspected
from pairbounds.real_data.datasets.picture_files import SUFFIXES


def imagefolder(
    folder: Path,
    classes: int | None = None,
    samples: int | None = None,
    seed: int = 0,
    size: int | None = None,
    cache: Path | None = None,
) -> ImageTextDataset:
    """The pictures in `folder/CLASS/*`; a picture's captions are its class's name in eight prompts.

    The prompts are "a photo of a NAME." and open_clip's 7 simple templates.

    A folder named by an ImageNet-1k synset ("n01440764") gets the class name of open_clip's zero-shot names ("tench");
    any other folder keeps its name. Unreadable pictures are skipped, and replaced by others if samples are drawn.

    `ValueError`: a class without pictures, or fewer classes or readable pictures than asked for. `FileNotFoundError`:
    a missing folder, or one without class folders.

    Parameters
    ----------
    classes, samples : number of random classes and samples, equal for all classes up to one; by default all
        The published protocol, 1,000 samples of 10 random classes, is `classes=10, samples=1000`. It takes 100 of each
        class: ImageNet's `train` has enough, its `val` has 50.
    size : pixels along a side, from the centre of each picture; by default the original size
    cache : folder with an index of the files, so that later starts read no unchanged files; by default all are read
    """
    rng = np.random.default_rng(seed)
    chosen = _chosen_classes(Path(folder), classes, rng)
    pools = [_pictures(class_folder) for class_folder in chosen]
    quotas = [len(pool) for pool in pools]
    if samples is not None:
        if samples < len(pools):
            raise ValueError(f"samples={samples} of {len(pools)} classes: take at least one of each")
        quota, remainder = divmod(samples, len(pools))
        quotas = [quota + (number < remainder) for number in range(len(pools))]
        pools = [[pool[i] for i in rng.permutation(len(pool))] for pool in pools]
    by_class, skipped = _readable(Path(folder), pools, quotas, cache)
    for class_folder, pictures, quota in zip(chosen, by_class, quotas, strict=True):
        least = 1 if samples is None else quota
        if len(pictures) < least:
            raise ValueError(
                f"class folder {class_folder} has {len(pictures)} readable pictures, and {least} are needed: "
                "take fewer samples, or more classes"
            )
    digests = {name: digest for pictures in by_class for name, digest in sorted(pictures.items())}
    names = _class_names(chosen)
    captions = [_captions(name) for name in names]
    labels = np.repeat(np.arange(len(chosen)), [len(pictures) for pictures in by_class])
    return ImageTextDataset(
        name="imagefolder",
        ids=tuple(digests),
        files=tuple(Path(folder, name) for name in digests),
        digests=tuple(digests.values()),
        captions=tuple(captions[label] for label in labels),
        labels=labels,
        label_names=names,
        size=size,
        skipped=tuple(skipped),
    )


def _chosen_classes(folder: Path, classes: int | None, rng: np.random.Generator) -> list[Path]:
    if not folder.is_dir():
        raise FileNotFoundError(f"folder {folder} does not exist: give one with a folder of pictures for each class")
    class_folders = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not class_folders:
        raise FileNotFoundError(f"folder {folder} has no subfolders: give one with a folder of pictures for each class")
    if classes is None:
        return class_folders
    if not 1 <= classes <= len(class_folders):
        raise ValueError(f"classes={classes}: folder {folder} has 1 to {len(class_folders)} to choose from")
    return [class_folders[i] for i in sorted(rng.choice(len(class_folders), classes, replace=False))]


def _pictures(class_folder: Path) -> list[str]:
    files = sorted(path.name for path in class_folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not files:
        raise ValueError(f"class folder {class_folder} has no pictures: fill it or remove it")
    return [f"{class_folder.name}/{file}" for file in files]


def _readable(
    folder: Path, pools: Sequence[Sequence[str]], quotas: Sequence[int], cache: Path | None
) -> tuple[list[dict[str, str]], list[str]]:
    """Digests of the first readable pictures of each class, up to its quota; and reasons why others are unreadable."""
    classes = [(iter(pool), quota, dict[str, str]()) for pool, quota in zip(pools, quotas, strict=True)]
    skipped = []
    while batch := {name: digests for pool, quota, digests in classes for name in islice(pool, quota - len(digests))}:
        for name, (digest, reason) in inspected(folder, list(batch), cache):
            if reason:
                skipped.append(reason)
            else:
                batch[name][name] = digest
    return [digests for *_, digests in classes], skipped


def _class_names(places: Sequence[Path]) -> tuple[str, ...]:
    """Names of the classes. Both lists of ImageNet names are sorted by synset."""
    import open_clip
    from timm.data import ImageNetInfo

    names = dict(zip(ImageNetInfo("imagenet-1k").label_names(), open_clip.IMAGENET_CLASSNAMES, strict=True))
    return tuple(names.get(class_folder.name, class_folder.name) for class_folder in places)


def _captions(name: str) -> tuple[str, ...]:
    import open_clip

    texts = [f"a photo of a {name}.", *(template(name) for template in open_clip.SIMPLE_IMAGENET_TEMPLATES)]
    return tuple(dict.fromkeys(texts))
