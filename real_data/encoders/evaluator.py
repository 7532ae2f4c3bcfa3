"""Judge of pairs: an image encoder that had no part in choosing them."""

from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import ImageEncoder
from pairbounds.real_data.encoders.gradients import Gradients
from pairbounds.real_data.encoders.offline import OfflineEncoder


def evaluator(chooser: ImageEncoder, device: str = "auto") -> ImageEncoder:
    """The evaluator of the pairs that `chooser` chose.

    EfficientNet-Lite0 judges a CLIP model: it has seen ImageNet's classes and never a caption. Of ImageNet's own
    pictures it knows the answers; elsewhere it does not. Where the chooser itself sees through EfficientNet-Lite0, as
    the offline encoder does, it would agree with itself: `Gradients` evaluators, which has seen nothing.
    """
    if isinstance(chooser, OfflineEncoder | EfficientNet):
        return Gradients()
    return EfficientNet(device=device)
