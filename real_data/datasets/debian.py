"""Pictures of unpacked Debian packages: their folder, and a check of their counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import digest, fault_of


@dataclass(frozen=True)
class Unpacked:
    """A data set of Debian packages, as `make data` unpacks them.

    Attributes
    ----------
    name : name of the kind of data set
    packages, version : packages of the published measurements
    subfolder : path of the pictures below the folder of the unpacked packages
    counts : expected counts by name; a count comes after the counts it depends on
    """

    name: str
    packages: tuple[str, ...]
    version: str
    subfolder: str
    counts: Mapping[str, int]

    def folder(self, root: Path) -> Path:
        """Folder of the pictures."""
        folder = Path(root) / self.subfolder
        if not folder.is_dir():
            raise ValueError(
                f"data set {self.name}: {folder} is no folder: `make data` unpacks {' and '.join(self.packages)} into "
                "build/data; use this root, or / if they are installed"
            )
        return folder

    def dataset(
        self,
        folder: Path,
        captions: Mapping[PurePosixPath, Sequence[str]],
        subjects: Mapping[PurePosixPath, str],
        size: int | None,
    ) -> ImageTextDataset:
        """Data set of the captioned pictures, by path in the folder; the first part of a path is the category.

        Pictures that cannot be opened are left out. Equal files without a subject share one.
        """
        captioned = sorted(path for path, texts in captions.items() if texts)
        faults = {path: fault for path in captioned if (fault := fault_of(folder / path))}
        paths = [path for path in captioned if path not in faults]
        names, labels = np.unique([path.parts[0] for path in paths], return_inverse=True)
        texts = [text for path in captioned for text in captions[path]]
        files = [folder / path for path in paths]
        digests = tuple(map(digest, files))
        subject_of = tuple(subjects.get(path) or file_digest for path, file_digest in zip(paths, digests, strict=True))
        counts = {
            "pictures": len(captions),
            "pairs": len(texts),
            "distinct captions": len(set(texts)),
            "categories": len(names),
            "pictures that can be opened": len(paths),
            "subjects": len(set(subject_of)),
        }
        for what, expected in self.counts.items():
            if counts[what] != expected:
                raise ValueError(
                    f"data set {self.name}: expected {expected} {what}, found {counts[what]}: it was measured on "
                    f"version {self.version} of {' and '.join(self.packages)}"
                )
        return ImageTextDataset(
            name=self.name,
            ids=tuple(map(str, paths)),
            files=tuple(files),
            digests=digests,
            captions=tuple(tuple(captions[path]) for path in paths),
            labels=labels,
            label_names=tuple(names.tolist()),
            label_sets={"category": labels},
            subjects=subject_of,
            size=size,
            skipped=tuple(faults.values()),
        )
