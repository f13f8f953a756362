"""Exercise 7, wrong and right: right ones are called right_*, all others must be rejected."""

import numpy as np


def right_singular_values(kernel):
    u, size, v = np.linalg.svd(kernel)
    if len(size) > 1 and size[1] > 1e-9 * size[0]:
        return None
    row = next(r for r in kernel if r.any())
    scale = row @ v[0]
    return u[:, 0] * size[0] / scale, row


def right_minors(kernel):
    """Rank 1 means that all 2 × 2 determinants are zero."""
    row = kernel[np.argmax(kernel.any(axis=1))]
    largest = np.argmax(np.abs(row))
    crossed = kernel * row[largest] - np.outer(kernel[:, largest], row)
    return None if np.abs(crossed).max() > 1e-9 else (kernel[:, largest] / row[largest], row)


def right_row_by_row(kernel):
    rows = [r for r in kernel if np.any(r != 0)]
    row, column = rows[0], []
    for r in kernel:
        factor = np.dot(r, row) / np.dot(row, row)
        if not np.allclose(factor * row, r):
            return None
        column.append(factor)
    return np.array(column), row


def right_least_squares(kernel):
    row = kernel[np.flatnonzero((kernel != 0).any(axis=1))[0]]
    column = np.linalg.lstsq(row[:, None], kernel.T, rcond=None)[0][0]
    return (column, row) if np.allclose(column[:, None] * row, kernel) else None


def _split(kernel):
    row = kernel[kernel.any(axis=1)][0]
    s = np.flatnonzero(row)[0]
    return kernel[:, s] / row[s], row


def forgets_to_return(kernel):
    _split(kernel)


def always_splits(kernel):
    return _split(kernel)


def never_splits(kernel):
    return None


def first_row_even_if_zero(kernel):
    row = kernel[0]
    column = kernel[:, 0] / row[0]
    return (column, row) if np.allclose(np.outer(column, row), kernel) else None


def first_column_even_if_zero(kernel):
    row = kernel[kernel.any(axis=1)][0]
    column = kernel[:, 0] / row[0]
    return (column, row) if np.allclose(np.outer(column, row), kernel) else None


def gives_up_on_zero_rows(kernel):
    column, row = _split(kernel)
    return (column, row) if np.allclose(np.outer(column, row), kernel) and column.all() else None


def row_then_column(kernel):
    column, row = _split(kernel)
    return (row, column) if np.allclose(np.outer(column, row), kernel) else None


def scaled_to_one(kernel):
    column, row = _split(kernel)
    good = np.allclose(np.outer(column, row), kernel)
    return (column * row.sum(), row / row.sum()) if good and row.sum() else None


def svd_as_it_comes(kernel):
    u, size, v = np.linalg.svd(kernel)
    if len(size) > 1 and size[1] > 1e-9 * size[0]:
        return None
    return u[:, 0] * size[0], v[0]


def exact_comparison(kernel):
    column, row = _split(kernel)
    return (column, row) if (np.outer(column, row) == kernel).all() else None


def whole_factors(kernel):
    row = kernel[kernel.any(axis=1)][0]
    s = np.flatnonzero(row)[0]
    column = kernel[:, s] // row[s]
    return (column, row) if np.allclose(np.outer(column, row), kernel) else None


def checks_the_last_row_only(kernel):
    column, row = _split(kernel)
    return (column, row) if np.allclose(column[-1] * row, kernel[-1]) else None


def square_determinant(kernel):
    if kernel.shape[0] == kernel.shape[1] > 1 and abs(np.linalg.det(kernel)) > 1e-9:
        return None
    return _split(kernel)


def symmetric_kernels_only(kernel):
    column, row = _split(kernel)
    good = kernel.shape[0] == kernel.shape[1] and np.allclose(kernel, kernel.T)
    return (column, row) if good and np.allclose(np.outer(column, row), kernel) else None


def false_in_place_of_none(kernel):
    column, row = _split(kernel)
    return (column, row) if np.allclose(np.outer(column, row), kernel) else False


def error_in_place_of_none(kernel):
    column, row = _split(kernel)
    if not np.allclose(np.outer(column, row), kernel):
        raise ValueError("cannot be split")
    return column, row


def last_row_that_is_not_zero(kernel):
    row = kernel[kernel.any(axis=1)][-1]
    s = np.flatnonzero(row)[0]
    column = kernel[:, s] / row[s]
    return (column, row) if np.allclose(np.outer(column, row), kernel) else None


def sums_over_the_axes(kernel):
    """Right up to a factor, and wrong where a sum is zero."""
    column, row = kernel.sum(axis=1), kernel.sum(axis=0) / kernel.sum()
    return (column, row) if np.allclose(np.outer(column, row), kernel) else None


def a_list_of_two(kernel):
    column, row = _split(kernel)
    return [column, row] if np.allclose(np.outer(column, row), kernel) else None


def two_axes_each(kernel):
    column, row = _split(kernel)
    good = np.allclose(np.outer(column, row), kernel)
    return (column[:, None], row[None]) if good else None


def divides_the_callers_kernel(kernel):
    column, row = _split(kernel)
    good = np.allclose(np.outer(column, row), kernel)
    row = row.copy()
    kernel[:] = 0
    return (column, row) if good else None
