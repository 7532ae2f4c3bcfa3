"""The caption graph of any data set: its images and their captions, or the words of these; exactly as they are."""

import re

import pandas as pd

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.theory.graph.pair_graph import PairGraph

WORD = re.compile(r"[^\W_]+")


def pair_rows(images: ImageTextDataset, *, words: bool = False) -> pd.DataFrame:
    """A row for each image and each of its captions: image, caption, weight and label.

    Every image has weight 1, spread evenly over its captions; one that is there twice has two rows.

    Parameters
    ----------
    words : of an image's captions, the distinct words in lower case in place of the captions; an image whose captions
        have no letter or digit is left out
    """
    texts = [_words(captions) if words else captions for captions in images.captions]
    names = [images.label_names[label] for label in images.labels]
    rows = [
        (image, text, 1 / len(own), name)
        for image, own, name in zip(images.ids, texts, names, strict=True)
        for text in own
    ]
    return pd.DataFrame(rows, columns=["image", "caption", "weight", "label"])


def caption_graph(images: ImageTextDataset, *, words: bool = False) -> PairGraph:
    """The joint distribution of a uniformly drawn image and one of its captions, with the images' labels on the left.

    Of the emoji by category it is `pairbounds.real_data.emoji_concepts.emoji_graph`.

    Parameters
    ----------
    words : as of `pair_rows`
    """
    rows = pair_rows(images, words=words)
    labels = dict(zip(rows["image"], rows["label"], strict=True))
    image, caption, weight = (rows[name].to_numpy() for name in ("image", "caption", "weight"))
    return PairGraph.from_pairs(image, caption, weight, left_labels=labels)


def _words(captions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for caption in captions for word in WORD.findall(caption.lower())))
