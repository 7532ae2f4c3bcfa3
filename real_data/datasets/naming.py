"""Detection of captions that name the class of their image."""

import re
from collections.abc import Mapping, Sequence

from pairbounds.infrastructure.arrays import IntArray

WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 3  # minimum number of letters of a compared word
SAYING_NOTHING = frozenset({"and", "other", "the"})


def names_their_class(
    captions: Sequence[Sequence[str]], label_sets: Mapping[str, IntArray], class_names: Mapping[str, Sequence[str]]
) -> tuple[tuple[bool, ...], ...]:
    """Test, for each caption of each image, whether it shares a word with the name of a class of its image.

    Words are runs of at least `SHORTEST` letters, in lower case and without a plural s. For example, `"red apples"`
    names the class `"apple-pie"`, and not `"pineapple"`.

    Parameters
    ----------
    captions : captions of n images
    label_sets, class_names : (n,) each, and the names of their classes; a label set without names is left out
    """
    named_sets = [
        (labels, [class_words(name) for name in class_names[name]])
        for name, labels in label_sets.items()
        if name in class_names
    ]
    naming = []
    for image, texts in enumerate(captions):
        class_terms: set[str] = set().union(*(words[labels[image]] for labels, words in named_sets))
        naming.append(tuple(bool(class_terms & class_words(text)) for text in texts))
    return tuple(naming)


def class_words(text: str) -> set[str]:
    """Words of a text or of the name of a class, as `names_their_class` compares them."""
    terms = {word.lower() for word in WORD.findall(text)}
    return {word.removesuffix("s") for word in terms if len(word) >= SHORTEST} - SAYING_NOTHING
