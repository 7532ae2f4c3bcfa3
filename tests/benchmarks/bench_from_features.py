"""A pair graph from features, against the nearest neighbours of scikit-learn by brute force, alone.

`python -m tests.benchmarks.bench_from_features --images 1e5 --texts 1e5` times one graph, and has its memory.
"""

import resource
import time
from typing import Annotated

import numpy as np
import typer
from sklearn.neighbors import NearestNeighbors

from tests.benchmarks.duel import Duel, Size
from theory import PairGraph
from theory.infrastructure.commandline import run, say

SIZES = ("XS", "S", "M")
WIDTH, NEAREST, TEMPERATURE = 512, 32, 0.01

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def duels(size: Size, seed: int) -> list[Duel]:
    given = features(size.n_left, size.n_right, seed)
    return [
        Duel(
            case=f"{size.n_left} x {size.n_right} x {WIDTH}, top {NEAREST}",
            make=lambda: given,
            ours=lambda sides: PairGraph.from_features(*sides, temperature=TEMPERATURE, top_k=NEAREST, device="cpu"),
            peer=lambda sides: by_neighbours(*sides),
            peer_name="scikit-learn, brute force",
            note="the peer has the neighbours, ours the graph besides; both in float32",
        )
    ]


def features(n_images: int, n_texts: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    images, texts = (rng.standard_normal((n, WIDTH), dtype=np.float32) for n in (n_images, n_texts))
    return images, texts


def by_neighbours(images: np.ndarray, texts: np.ndarray) -> np.ndarray:
    search = NearestNeighbors(n_neighbors=NEAREST, algorithm="brute", metric="cosine").fit(texts)
    return search.kneighbors(images, return_distance=False)


@app.command()
def main(
    images: Annotated[float, typer.Option(help="How many images: 1e5.")] = 1e4,
    texts: Annotated[float, typer.Option(help="How many texts: 1e5.")] = 1e4,
    seed: Annotated[int, typer.Option(help="Seed of the features.")] = 0,
) -> None:
    """Make a graph of so many images and texts of width 512, the 32 nearest texts of each: its time and memory."""
    given = features(int(images), int(texts), seed)
    start, spent = time.perf_counter(), time.process_time()
    graph = PairGraph.from_features(*given, temperature=TEMPERATURE, top_k=NEAREST, device="cpu")
    seconds, cpu = time.perf_counter() - start, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    case = f"{images:g} x {texts:g} x {WIDTH}, {graph.joint.nnz} pairs"
    say(f"{case}: {seconds:.1f} s ({cpu:.1f} s of CPU), peak {peak:.2f} GiB")


if __name__ == "__main__":
    run(app)
