import numpy as np
import pytest

from culture_ray.measures.products import QUIET, column_products, row_products


@pytest.mark.parametrize(("rows", "inner", "columns"), [(500, 31, 558), (7, 2, 3), (0, 4, 5)])
@pytest.mark.parametrize("odd", [0, 1])
def test_row_products_are_matrix_products(rows, inner, columns, odd):
    rng = np.random.default_rng(rows)
    left = rng.integers(0, 9, (rows + odd, inner)).astype(float)
    right = rng.integers(-9, 9, (inner, columns)).astype(float)
    np.testing.assert_array_equal(row_products(left, right), left @ right)


def test_a_row_too_long_for_a_stack_is_still_multiplied():
    left, right = np.ones((3, 600)), np.ones((600, 400))
    np.testing.assert_array_equal(row_products(left, right), np.full((3, 400), 600.0))


@pytest.mark.parametrize("columns", [1, 40, 256, 300])
@pytest.mark.parametrize("stacked", [False, True])
def test_column_products_are_matrix_products(columns, stacked):
    rng = np.random.default_rng(columns)
    left = rng.integers(-9, 9, (3, 48, 140) if stacked else (48, 140)).astype(np.float32)
    right = rng.integers(0, 9, (3, 140, columns)).astype(np.float32)
    found = column_products(left, right)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, left @ right)


def test_columns_too_long_for_a_stack_are_still_multiplied():
    left, right = np.ones((400, QUIET // 200)), np.ones((QUIET // 200, 3))
    np.testing.assert_array_equal(column_products(left, right), np.full((400, 3), QUIET // 200))
