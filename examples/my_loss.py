"""Example of your own loss: pairs agree, and coordinates are not redundant (Zbontar et al. 2021).

Train with it:      pairbounds study training --plugin examples/my_loss.py --set loss=decorrelated \
                        --set optimizer=adam --seeds 2 --out loss.parquet
Print the error:    python examples/my_loss.py
"""

import torch

from pairbounds import LatentWorld, loss, train


@loss("decorrelated")
def decorrelated(first, second, weight):
    """Squared distance of the cross-correlation from the identity, for both sides (n, k) of pairs with weights (n,)."""
    first, second = (standardised(side, weight) for side in (first, second))
    correlation = (first * weight[:, None]).T @ second
    return (correlation - torch.eye(len(correlation)).to(correlation)).square().sum()


def standardised(side, weight):
    """Coordinates with mean 0 and variance 1."""
    centred = side - weight @ side
    return centred / (weight @ centred.square() + 1e-12).sqrt()


if __name__ == "__main__":
    captions = LatentWorld(seed=0).caption_graph(noise=0.05, detail=0.3)
    result = train(captions, k=8, loss="decorrelated", optimizer="adam", learning_rate=0.02, steps=200, log_every=200)
    print(f"loss {result.history['loss'].iloc[-1]:.3f}, probe error {result.history['probe_error'].iloc[-1]:.3f}")
