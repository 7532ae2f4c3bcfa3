"""An audit on a Dask cluster, for tables and pairs that do not fit on one machine.

Every worker must see the files at the same paths. Workers read and code the parts of the table; the client merges their
distinct ids; the pairs go to blocks of rows, whole classes where there are labels, in which equal pairs are summed; and
every product with the matrix is one task for each block. The pairs never come to the client.

What does live on the client: the distinct ids and labels, the marginals, the k + 1 singular vectors of both sides, the
label columns that `pairbounds.theory.quantities.multihop` takes at a time, and the mass of each class in each caption.
A block, with all images of its classes, must fit on a worker. Bounds that read rows of the matrix do not apply then:
`not_on_cluster` in the summary names them. Second eigenvalues and leaks of the classes come from the workers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.clusters import Cluster
from pairbounds.infrastructure.reading import TableFile
from pairbounds.real_data.audit.blocks import Block, BlockGraph, BlockMatrix, block_spectrum
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
from pairbounds.real_data.audit.pair_tables import (
    BY_NAME,
    Columns,
    PairPart,
    merged,
    pair_parts,
    pair_table,
)
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import Spectrum

if TYPE_CHECKING:
    from distributed import Future

NO_MASS = 1e-12  # of a caption's mass: what is left of it in other blocks, where that is round-off


def count_there(client: Cluster, pairs: Path, labels: Path | None, columns: Columns = BY_NAME) -> Counted:
    """A table of pairs, counted on the workers of a cluster; names, numbers and tally are those of `count_here`."""
    table = pair_table(pairs, columns)
    tables = client.map(_read, table.parts(), columns=dict(table.columns), pure=False)
    heads: list[_Head | None] = client.gather(client.map(_head, tables, pure=False))
    parts = [(table, head) for table, head in zip(tables, heads, strict=True) if head is not None]
    require_pairs(len(parts), pairs)
    image_ids, image_numbers = _numbered([head.images for _, head in parts])
    caption_ids, caption_numbers = _numbered([head.captions for _, head in parts])
    images = matched_images(image_ids, labels, columns)
    places = [images.numbers[numbers] for numbers in image_numbers]
    (n_kept, n_lost), (weight_kept, weight_lost) = (
        np.sum(
            [np.bincount(own == NONE, getattr(h, what), 2) for own, (_, h) in zip(places, parts, strict=True)], axis=0
        )
        for what in ("rows", "weights")
    )
    blocks, rows = _blocks(client, [table for table, _ in parts], images, places, caption_numbers, len(caption_ids))
    kept = np.logical_or.reduce(client.gather(client.map(_touched, blocks, pure=False)))
    numbers = client.scatter(renumbered(kept), broadcast=True, hash=False)
    blocks = [client.submit(_finished, block, numbers, weight_kept, pure=False) for block in blocks]
    joint = BlockMatrix(client, blocks, rows, int(kept.sum()))
    left, right = zip(*joint.on_blocks(_marginals), strict=True)
    graph = BlockGraph(joint, joint.gather_rows(left), np.sum(right, axis=0), images.labels)
    share_lost = weight_lost / (weight_kept + weight_lost)
    tally = images.tally(int(n_kept + n_lost), int(n_lost), share_lost, int(np.sum(~kept)))
    found = PairsThere(cast(PairGraph, graph), graph)
    return Counted(found, images.names, caption_ids.filter(pa.array(kept)), images.class_names, tally)


@dataclass(frozen=True, eq=False)
class PairsThere(Pairs):
    """Pairs on the workers of a cluster; the graph is good for products and has no rows to show."""

    blocks: BlockGraph

    def triplets(self, k: int, *, tol: float | None, device: str, seed: int) -> Spectrum:  # noqa: ARG002 - shared signature
        """See `Pairs`; the workers multiply on their CPUs, whatever the device."""
        return block_spectrum(self.blocks, k, tol=tol, seed=seed)

    def pair_facts(self) -> PairFacts:
        """See `Pairs`."""
        joint = self.blocks.joint
        degrees, squares, returns = zip(*joint.on_blocks(_pair_facts, self.blocks.right_marginal), strict=True)
        return PairFacts(np.sum(degrees, axis=0), np.sum(squares, axis=0), joint.gather_rows(returns))

    def class_facts(self) -> ClassFacts:
        """See `Pairs`. The classes of a block are judged on its worker, by `theory`."""
        joint, labels = self.blocks.joint, self.blocks.left_labels
        assert labels is not None
        of_blocks = [labels[rows] for rows in joint.rows]
        leaks, values = zip(*joint.on_blocks(_class_facts, self.blocks.right_marginal, each=of_blocks), strict=True)
        second = np.empty(labels.max() + 1)
        for inside, own in zip(of_blocks, values, strict=True):
            second[np.unique(inside)] = own
        return ClassFacts(joint.gather_rows(leaks), second)


class _Head(NamedTuple):
    """Summary of a part of the table for the client: its distinct ids; of each image its rows, and their weight."""

    images: pa.Array
    captions: pa.Array
    rows: IntArray
    weights: FloatArray


def _blocks(
    client: Cluster,
    tables: "Sequence[Future[PairPart]]",
    images: Images,
    places: Sequence[Numbers],
    caption_numbers: Sequence[Numbers],
    n_captions: int,
) -> "tuple[list[Future[Block]], list[IntArray]]":
    """The pairs in blocks, one for each thread of the workers at most, and the rows of each block.

    Parameters
    ----------
    places, caption_numbers : for each table, the row of each of its images, or `NONE`, and the column of its captions
    """
    n_homes = sum(client.nthreads().values())
    group = np.arange(len(images.names)) if images.labels is None else images.labels
    home = np.append(group % n_homes, NONE)  # of `NONE`, too, by its index -1
    split = [
        client.submit(_split, table, *client.scatter([rows, home[rows], columns], hash=False), n_homes, pure=False)
        for table, rows, columns in zip(tables, places, caption_numbers, strict=True)
    ]
    inhabited = np.unique(home[:-1]).tolist()
    portions = [[client.submit(itemgetter(i), whole, pure=False) for whole in split] for i in inhabited]
    blocks = [client.submit(_block, n_captions, own, pure=False) for own in portions]
    return blocks, [np.flatnonzero(home[:-1] == i) for i in inhabited]


def _numbered(values: Sequence[pa.Array]) -> tuple[pa.Array, list[Numbers]]:
    """The distinct values of several arrays, in the order of first appearance, and each array as numbers."""
    merged = pa.chunked_array(values).dictionary_encode()
    return merged.chunk(0).dictionary, [chunk.indices.to_numpy() for chunk in merged.chunks]


# What the workers do.


def _read(part: TableFile, columns: dict[str, str]) -> PairPart | None:
    parts = list(pair_parts(part, columns))
    return merged(parts) if parts else None


def _head(part: PairPart | None) -> _Head | None:
    if part is None:
        return None
    codes = part.images.indices.to_numpy()
    rows, weights = np.bincount(codes).astype(np.int64), np.bincount(codes, part.weights).astype(np.float64)
    return _Head(part.images.dictionary, part.captions.dictionary, rows, weights)


def _split(part: PairPart, rows: Numbers, homes: Numbers, columns: Numbers, n_homes: int) -> list[tuple[Any, ...]]:
    """The pairs of each block: row and column numbers in the whole matrix, and weights."""
    codes = part.images.indices.to_numpy()
    order = np.argsort(homes[codes], kind="stable")
    ends = np.searchsorted(homes[codes][order], np.arange(n_homes + 1))  # pairs without a home come before the first
    entries = (rows[codes], columns[part.captions.indices.to_numpy()], part.weights)
    return [tuple(values[order[start:end]] for values in entries) for start, end in pairwise(ends)]


def _block(n_columns: int, portions: Sequence[tuple[Any, ...]]) -> Block:
    rows, columns, weights = map(np.concatenate, zip(*portions, strict=True))
    names, local = np.unique(rows, return_inverse=True)
    joint = sp.csr_array(sp.coo_array((weights, (local, columns)), shape=(len(names), n_columns)))
    return Block(names.astype(np.int64), joint)


def _touched(block: Block) -> npt.NDArray[np.bool_]:
    return np.bincount(block.joint.indices, minlength=block.joint.shape[1]) > 0


def _finished(block: Block, numbers: Numbers, total: float) -> Block:
    """The block with weights that sum to 1 in all blocks together, and columns by their numbers."""
    joint = block.joint
    parts = (joint.data / total, numbers[joint.indices], joint.indptr)
    return Block(block.rows, sp.csr_array(parts, shape=(joint.shape[0], int(numbers.max()) + 1)))


def _marginals(block: Block) -> tuple[FloatArray, FloatArray]:
    return block.marginal, np.asarray(block.joint.sum(axis=0))


def _pair_facts(block: Block, right_marginal: FloatArray) -> PairFacts:
    return pair_facts(block.joint, right_marginal)


def _class_facts(block: Block, labels: IntArray, right_marginal: FloatArray) -> ClassFacts:
    """Facts of whole classes. All other images are one node of a class of its own, which changes no λ₂ and no leak."""
    rest = right_marginal - block.joint.sum(axis=0)
    rest[rest < NO_MASS * right_marginal] = 0
    if not rest.any():
        return class_facts(PairGraph(block.joint, labels))
    joint = sp.vstack([block.joint, sp.csr_array(rest[None])])
    leaks, second = class_facts(PairGraph(joint, np.append(labels, labels.max() + 1)))
    return ClassFacts(leaks[:-1], second[:-1])
