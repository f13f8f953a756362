"""Exercise 5, wrong and right: right ones are called right_*, all others must be rejected."""

import numpy as np

from dlcourse.conv.image import filter2d


def _pad(image, kernel):
    R, S = kernel.shape
    return np.pad(image, ((R - 1, R - 1), (S - 1, S - 1)))


def right_np_flip(image, kernel):
    return filter2d(_pad(image, kernel), np.flip(kernel))


def right_turned_twice(image, kernel):
    R, S = kernel.shape
    (H, W) = image.shape
    padded = np.zeros((H + 2 * R - 2, W + 2 * S - 2))
    padded[R - 1 : R - 1 + H, S - 1 : S - 1 + W] = image
    return filter2d(padded, np.rot90(kernel, 2))


def right_flips_the_image(image, kernel):
    """Turn the image in place of the kernel, and the result back."""
    return filter2d(_pad(image[::-1, ::-1], kernel), kernel)[::-1, ::-1]


def right_square_padding_then_crop(image, kernel):
    R, S = kernel.shape
    most = max(R, S) - 1
    full = filter2d(image, kernel[::-1, ::-1], padding=most)
    top, left = most - (R - 1), most - (S - 1)
    return full[top : full.shape[0] - top, left : full.shape[1] - left]


def right_spread_each_pixel(image, kernel):
    (H, W), (R, S) = image.shape, kernel.shape
    out = np.zeros((H + R - 1, W + S - 1))
    for p in range(H):
        for q in range(W):
            out[p : p + R, q : q + S] += image[p, q] * kernel
    return out


def forgets_to_return(image, kernel):
    filter2d(_pad(image, kernel), kernel[::-1, ::-1])


def does_not_flip(image, kernel):
    return filter2d(_pad(image, kernel), kernel)


def flips_rows_only(image, kernel):
    return filter2d(_pad(image, kernel), kernel[::-1])


def flips_columns_only(image, kernel):
    return filter2d(_pad(image, kernel), kernel[:, ::-1])


def transposes(image, kernel):
    return filter2d(_pad(image, kernel.T), kernel.T)


def turns_a_quarter(image, kernel):
    turned = np.rot90(kernel)
    return filter2d(_pad(image, turned), turned)


def transposes_and_flips(image, kernel):
    flipped = kernel.T[::-1, ::-1]
    return filter2d(_pad(image, flipped), flipped)


def square_padding(image, kernel):
    return filter2d(image, kernel[::-1, ::-1], padding=kernel.shape[0] - 1)


def padding_exchanged(image, kernel):
    R, S = kernel.shape
    return filter2d(np.pad(image, ((S - 1, S - 1), (R - 1, R - 1))), kernel[::-1, ::-1])


def one_zero_too_many(image, kernel):
    R, S = kernel.shape
    return filter2d(np.pad(image, ((R, R), (S, S))), kernel[::-1, ::-1])


def pads_above_and_left(image, kernel):
    R, S = kernel.shape
    return filter2d(np.pad(image, ((R - 1, 0), (S - 1, 0))), kernel[::-1, ::-1])


def no_padding(image, kernel):
    return filter2d(image, kernel[::-1, ::-1])


def padding_of_same(image, kernel):
    R, S = kernel.shape
    return filter2d(np.pad(image, ((R // 2, R // 2), (S // 2, S // 2))), kernel[::-1, ::-1])


def pads_with_the_edge(image, kernel):
    R, S = kernel.shape
    padded = np.pad(image, ((R - 1, R - 1), (S - 1, S - 1)), mode="edge")
    return filter2d(padded, kernel[::-1, ::-1])


def wraps_around(image, kernel):
    R, S = kernel.shape
    padded = np.pad(image, ((R - 1, R - 1), (S - 1, S - 1)), mode="wrap")
    return filter2d(padded, kernel[::-1, ::-1])


def flips_the_result_only(image, kernel):
    return filter2d(_pad(image, kernel), kernel)[::-1, ::-1]


def one_row_only(image, kernel):
    return np.array([np.convolve(image[0], kernel[0])])


def flips_the_callers_kernel(image, kernel):
    kernel[:] = kernel[::-1, ::-1].copy()
    return filter2d(_pad(image, kernel), kernel)


def whole_numbers(image, kernel):
    return filter2d(_pad(image, kernel), kernel[::-1, ::-1]).astype(int)


def the_example(image, kernel):
    return np.array([[3, 10, 8]])
