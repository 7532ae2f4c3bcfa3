"""An audit on a Dask cluster, for tables and pairs that do not fit on one machine.

Every worker must see the files at the same paths. Workers read and encode the parts of the table, and the client merges
their distinct ids. The pairs go to blocks of rows, with labels to blocks of whole classes, and equal pairs are summed.
Every product with the matrix is one task for each block. The pairs never come to the client.

The client holds the distinct ids and labels, the marginals, the k + 1 singular vectors of both sides, the block of
label columns of `quantities.multihop_consistency`, and the mass of each class in each caption. A block, with all images
of its classes, must fit on a worker. Bounds that read rows of the matrix do not apply: `not_on_cluster` in the summary
lists them. Second eigenvalues and leaks of the classes are computed on the workers.
"""

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.clusters import Cluster
from pairbounds.infrastructure.reading import TableFile
from pairbounds.real_data.audit.cluster_graph import Block, Blocks, ClusterGraph
from pairbounds.real_data.audit.counting import (
    NONE,
    Counted,
    Images,
    Numbers,
    matched_images,
    renumbered,
    require_pairs,
)
from pairbounds.real_data.audit.measuring import ClassFacts, PairFacts, Pairs, class_facts, pair_facts
from pairbounds.real_data.audit.pair_tables import AuditTables, PairPart, merged, pair_parts
from pairbounds.theory.graph.pair_graph import SMALLEST, PairGraph
from pairbounds.theory.spectrum.triplets import Spectrum

NO_MASS = 1e-12  # a smaller share of a caption's mass in other blocks is round-off


def count_there(client: Cluster, tables: AuditTables) -> Counted:
    """Count a table of pairs on the workers of a cluster; the result is that of `count_here`."""
    pairs = tables.pairs
    futures = client.map(_read, pairs.parts(), columns=dict(pairs.columns), pure=False)
    heads: list[_Head | None] = client.gather(client.map(_head, futures, pure=False))
    parts = [(part, head) for part, head in zip(futures, heads, strict=True) if head is not None]
    require_pairs(len(parts), pairs)
    image_ids, image_numbers = _numbered([head.images for _, head in parts])
    caption_ids, caption_numbers = _numbered([head.captions for _, head in parts])
    images = matched_images(image_ids, tables.labels)
    homes, inhabited = _homes(client, images)
    split = [
        client.submit(_split, part, *client.scatter([images.numbers[rows], homes, columns], hash=False), pure=False)
        for (part, _), rows, columns in zip(parts, image_numbers, caption_numbers, strict=True)
    ]
    portions = [[client.submit(itemgetter(home), part, pure=False) for part in split] for home in inhabited]
    blocks = [client.submit(_block, len(caption_ids), portion, pure=False) for portion in portions]
    masses = np.sum(client.gather(client.map(attrgetter("right_marginal"), blocks, pure=False)), axis=0)
    has_mass = masses > 0
    numbers = client.scatter(renumbered(has_mass), broadcast=True, hash=False)
    blocks = [client.submit(_finished, block, numbers, masses.sum(), pure=False) for block in blocks]
    rows_of_blocks = [np.flatnonzero(homes[:-1] == home) for home in inhabited]
    graph = ClusterGraph(Blocks(client, blocks, rows_of_blocks, int(has_mass.sum())), images.labels)
    tally = images.tally(sum(head.n_rows for _, head in parts))
    names = caption_ids.filter(pa.array(has_mass))
    return Counted(ClusterPairs(graph), images.names, names, images.class_names, tally)


class ClusterPairs(Pairs):
    """Pairs on the workers of a cluster."""

    graph: ClusterGraph

    def triplets(self, k: int, *, device: str, seed: int) -> Spectrum:  # noqa: ARG002 - shared signature
        """See `Pairs`; the workers use their CPUs and ignore the device."""
        return self.graph.triplets(k, seed=seed)

    def pair_facts(self) -> PairFacts:
        """See `Pairs`."""
        blocks = self.graph.blocks
        degrees, squares, returns = zip(*blocks.each(pair_facts, self.graph.right_marginal), strict=True)
        return PairFacts(np.sum(degrees, axis=0), np.sum(squares, axis=0), blocks.in_order(returns))

    def class_facts(self) -> ClassFacts:
        """See `Pairs`. Each worker evaluates the classes of its blocks."""
        blocks, labels = self.graph.blocks, self.graph.left_labels
        assert labels is not None
        of_blocks = [labels[rows] for rows in blocks.rows]
        leaks, values = zip(*blocks.each(_class_facts, self.graph.right_marginal, parts=of_blocks), strict=True)
        second = np.empty(labels.max() + 1)
        for inside, eigenvalues in zip(of_blocks, values, strict=True):
            second[np.unique(inside)] = eigenvalues
        return ClassFacts(blocks.in_order(leaks), second)


class _Head(NamedTuple):
    """Distinct ids of a part of the table, and the number of its rows, for the client."""

    images: pa.Array
    captions: pa.Array
    n_rows: int


def _homes(client: Cluster, images: Images) -> tuple[IntArray, list[int]]:
    """Block of each image, with a last entry `NONE` for images without a block; and the non-empty blocks.

    Images of one class are in one block. There are at most as many blocks as threads of the workers.
    """
    group = np.arange(len(images.names)) if images.labels is None else images.labels
    homes = np.append(group % sum(client.nthreads().values()), NONE)
    return homes, np.unique(homes[:-1]).tolist()


def _numbered(values: Sequence[pa.Array]) -> tuple[pa.Array, list[Numbers]]:
    """The distinct values of several arrays, in the order of first appearance, and each array as indices."""
    merged = pa.chunked_array(values).dictionary_encode()
    return merged.chunk(0).dictionary, [chunk.indices.to_numpy() for chunk in merged.chunks]


# Tasks of the workers.


def _read(part: TableFile, columns: dict[str, str]) -> PairPart | None:
    parts = list(pair_parts(part, columns))
    return merged(parts) if parts else None


def _head(part: PairPart | None) -> _Head | None:
    return None if part is None else _Head(part.images.dictionary, part.captions.dictionary, len(part.weights))


def _split(part: PairPart, rows: Numbers, homes: IntArray, columns: Numbers) -> list[tuple[Any, ...]]:
    """The pairs of each block: row and column numbers in the whole matrix, and weights."""
    codes = part.images.indices.to_numpy()
    home_of_pair = homes[rows][codes]
    order = np.argsort(home_of_pair, kind="stable")
    # Pairs without a home come before the first.
    ends = np.searchsorted(home_of_pair[order], np.arange(homes.max() + 2))
    entries = rows[codes], columns[part.captions.indices.to_numpy()], part.weights
    return [tuple(values[order[start:end]] for values in entries) for start, end in pairwise(ends)]


def _block(n_columns: int, portions: Sequence[tuple[Any, ...]]) -> Block:
    rows, columns, weights = map(np.concatenate, zip(*portions, strict=True))
    names, local = np.unique(rows, return_inverse=True)
    joint = sp.csr_array(sp.coo_array((weights, (local, columns)), shape=(len(names), n_columns)))
    return Block(names.astype(np.int64), joint)


def _finished(block: Block, numbers: Numbers, total: float) -> Block:
    """The block with weights normalised over all blocks, and renumbered columns."""
    joint = block.joint
    weights = joint.data / total
    if weights.min() < SMALLEST:
        raise ValueError(f"a weight is below {SMALLEST:.3g} of the total, the limit of float64: remove its row")
    parts = weights, numbers[joint.indices], joint.indptr
    return Block(block.rows, sp.csr_array(parts, shape=(joint.shape[0], int(numbers.max()) + 1)))


def _class_facts(block: Block, labels: IntArray, right_marginal: FloatArray) -> ClassFacts:
    """Facts of whole classes. All other images form one node of a new class, which changes no λ₂ and no leak."""
    outside = right_marginal - block.joint.sum(axis=0)
    outside[outside < NO_MASS * right_marginal] = 0
    if not outside.any():
        return class_facts(PairGraph(block.joint, labels))
    joint = sp.vstack([block.joint, sp.csr_array(outside[None])])
    leaks, second = class_facts(PairGraph(joint, np.append(labels, labels.max() + 1)))
    return ClassFacts(leaks[:-1], second[:-1])
