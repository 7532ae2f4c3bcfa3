"""Handwritten digits and their nearest neighbours: a real graph that needs no download."""

from pairbounds.theory.graph.pair_graph import PairGraph

NEIGHBOURS = 10


def digits_graph(neighbours: int = NEIGHBOURS) -> PairGraph:
    """The digits of scikit-learn, each paired with the images nearest to it in pixels; labels are the digits.

    Parameters
    ----------
    neighbours : int
        Other images that each image is paired with, by Euclidean distance.

    Returns
    -------
    PairGraph
        1,797 images on the left; on the right those of them that are somebody's neighbour.

    Notes
    -----
    Data: the test part of Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits*, UCI 1998, of which
    `sklearn.datasets.load_digits` is a copy: 8 x 8 pixels each.
    """
    from sklearn.datasets import load_digits
    from sklearn.neighbors import kneighbors_graph

    digits = load_digits()
    pairs = kneighbors_graph(digits.data, neighbours, include_self=False)
    return PairGraph(pairs, digits.target, digits.target, drop_isolated=True)
