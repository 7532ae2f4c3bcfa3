"""Decomposition by the other driver of LAPACK where the fast one does not converge."""

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import svd


def test_svd_falls_back_to_the_slow_driver(monkeypatch):
    real = scipy.linalg.svd

    def reluctant(matrix, *, lapack_driver="gesdd", **options):
        if lapack_driver == "gesdd":
            raise scipy.linalg.LinAlgError("SVD did not converge")
        return real(matrix, lapack_driver=lapack_driver, **options)

    monkeypatch.setattr("scipy.linalg.svd", reluctant)
    matrix = np.random.default_rng(0).standard_normal((7, 4))
    left, values, right = svd(matrix)
    np.testing.assert_allclose(left * values @ right, matrix, atol=1e-13)
    assert svd(matrix, full_matrices=True)[0].shape == (7, 7)
