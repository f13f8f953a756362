"""Exercise 6, wrong and right: right ones are called right_*, all others must be rejected."""

import numpy as np


def _size(n, k, stride, padding):
    return (n + 2 * padding - k) // stride + 1


def _sizes(image, kernel, stride, padding):
    return [_size(n, k, stride, padding) for n, k in zip(image.shape, kernel.shape, strict=True)]


def _direct(image, kernel, stride=1, padding=0):
    padded = np.pad(image, padding)
    out = np.zeros(_sizes(image, kernel, stride, padding))
    R, S = kernel.shape
    for p, q in np.ndindex(out.shape):
        window = padded[p * stride : p * stride + R, q * stride : q * stride + S]
        out[p, q] = (window * kernel).sum()
    return out


def right_four_loops(image, kernel, stride=1, padding=0):
    (H, W), (R, S) = image.shape, kernel.shape
    P, Q = _sizes(image, kernel, stride, padding)
    out = np.zeros((P, Q))
    for p in range(P):
        for q in range(Q):
            for r in range(R):
                for s in range(S):
                    i, j = p * stride + r - padding, q * stride + s - padding
                    if 0 <= i < H and 0 <= j < W:
                        out[p, q] += image[i, j] * kernel[r, s]
    return out


def right_windows(image, kernel, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, padding), kernel.shape)
    return np.tensordot(windows[::stride, ::stride], kernel, 2)


def right_one_shift_a_tap(image, kernel, stride=1, padding=0):
    """The image, shifted and weighted, once for each number of the kernel."""
    padded = np.pad(image, padding)
    P, Q = _sizes(image, kernel, 1, padding)
    dense = sum(kernel[r, s] * padded[r : r + P, s : s + Q] for r, s in np.ndindex(kernel.shape))
    return dense[::stride, ::stride]


def right_fourier(image, kernel, stride=1, padding=0):
    R, S = kernel.shape
    padded = np.pad(image, padding)
    shape = padded.shape[0] + R - 1, padded.shape[1] + S - 1
    product = np.fft.rfft2(padded, shape) * np.fft.rfft2(kernel[::-1, ::-1], shape)
    full = np.fft.irfft2(product, shape)
    return full[R - 1 : padded.shape[0], S - 1 : padded.shape[1]][::stride, ::stride]


def right_matrix_product(image, kernel, stride=1, padding=0):
    padded = np.pad(image, padding)
    P, Q = _sizes(image, kernel, stride, padding)
    R, S = kernel.shape
    corners = [(p * stride, q * stride) for p in range(P) for q in range(Q)]
    rows = [padded[i : i + R, j : j + S].ravel() for i, j in corners]
    return (np.array(rows) @ kernel.ravel()).reshape(P, Q)


def forgets_to_return(image, kernel, stride=1, padding=0):
    _direct(image, kernel, stride, padding)


def flips(image, kernel, stride=1, padding=0):
    return _direct(image, kernel[::-1, ::-1], stride, padding)


def flips_one_axis(image, kernel, stride=1, padding=0):
    return _direct(image, kernel[::-1], stride, padding)


def transposes_the_kernel(image, kernel, stride=1, padding=0):
    return _direct(image, kernel.T, stride, padding)


def transposes_the_result(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, stride, padding).T


def ignores_stride(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, 1, padding)


def strides_rows_only(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, 1, padding)[::stride]


def strides_the_size_but_not_the_window(image, kernel, stride=1, padding=0):
    P, Q = _sizes(image, kernel, stride, padding)
    return _direct(image, kernel, 1, padding)[:P, :Q]


def strides_from_the_end(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, 1, padding)[::-stride, ::-stride][::-1, ::-1]


def ignores_padding(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, stride, 0)


def pads_above_and_left(image, kernel, stride=1, padding=0):
    return _direct(np.pad(image, ((padding, 0), (padding, 0))), kernel, stride)


def pads_rows_only(image, kernel, stride=1, padding=0):
    return _direct(np.pad(image, ((padding, padding), (0, 0))), kernel, stride)


def pads_with_the_edge(image, kernel, stride=1, padding=0):
    return _direct(np.pad(image, padding, mode="edge"), kernel, stride)


def pads_with_ones(image, kernel, stride=1, padding=0):
    return _direct(np.pad(image, padding, constant_values=1), kernel, stride)


def always_same_size(image, kernel, stride=1, padding=0):
    """Pads as much as the kernel wants, whatever was asked for."""
    return _direct(image, kernel, stride, kernel.shape[0] // 2)


def one_row_too_few(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, stride, padding)[:-1]


def one_column_too_few(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, stride, padding)[:, :-1]


def rounds_the_size_up(image, kernel, stride=1, padding=0):
    padded = np.pad(image, padding)
    (H, W), (R, S) = padded.shape, kernel.shape
    out = np.zeros((-(-(H - R) // stride) + 1, -(-(W - S) // stride) + 1))
    for p, q in np.ndindex(out.shape):
        window = padded[p * stride : p * stride + R, q * stride : q * stride + S]
        out[p, q] = (window * kernel[: window.shape[0], : window.shape[1]]).sum()
    return out


def square_images_only(image, kernel, stride=1, padding=0):
    P, _ = _sizes(image, kernel, stride, padding)
    out = np.zeros((P, P))
    padded = np.pad(image, padding)
    R, S = kernel.shape
    for p, q in np.ndindex(P, P):
        window = padded[p * stride : p * stride + R, q * stride : q * stride + S]
        out[p, q] = (window * kernel).sum()
    return out


def square_kernels_only(image, kernel, stride=1, padding=0):
    padded = np.pad(image, padding)
    out = np.zeros(_sizes(image, kernel, stride, padding))
    k = kernel.shape[0]
    for p, q in np.ndindex(out.shape):
        window = padded[p * stride : p * stride + k, q * stride : q * stride + k]
        out[p, q] = (window * kernel).sum()
    return out


def three_by_three_only(image, kernel, stride=1, padding=0):
    padded = np.pad(image, padding)
    out = np.zeros(_sizes(image, kernel, stride, padding))
    for p, q in np.ndindex(out.shape):
        window = padded[p * stride : p * stride + 3, q * stride : q * stride + 3]
        out[p, q] = (window * kernel).sum()
    return out


def rows_for_columns(image, kernel, stride=1, padding=0):
    padded = np.pad(image, padding)
    P, Q = _sizes(image, kernel, stride, padding)
    out = np.zeros((P, Q))
    R, S = kernel.shape
    for p, q in np.ndindex(P, Q):
        window = padded[q * stride : q * stride + R, p * stride : p * stride + S]
        out[p, q] = (window * kernel).sum()
    return out


def integer_output(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, stride, padding).astype(image.dtype)


def in_float32(image, kernel, stride=1, padding=0):
    return _direct(image.astype(np.float32), kernel, stride, padding).astype(np.float32)


def averages(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, stride, padding) / kernel.size


def normalises_the_kernel(image, kernel, stride=1, padding=0):
    return _direct(image, kernel / (kernel.sum() or 1), stride, padding)


def clips_like_a_picture(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, stride, padding).clip(0, 255)


def forgets_the_products(image, kernel, stride=1, padding=0):
    return _direct(image, np.ones(kernel.shape), stride, padding)


def assigns_in_place_of_adding(image, kernel, stride=1, padding=0):
    padded = np.pad(image, padding)
    out = np.zeros(_sizes(image, kernel, stride, padding))
    for p, q in np.ndindex(out.shape):
        for r, s in np.ndindex(kernel.shape):
            out[p, q] = padded[p * stride + r, q * stride + s] * kernel[r, s]
    return out


def full_convolution(image, kernel, stride=1, padding=0):
    (H, W), (R, S) = image.shape, kernel.shape
    out = np.zeros((H + R - 1, W + S - 1))
    for r, s in np.ndindex(R, S):
        out[r : r + H, s : s + W] += kernel[r, s] * image
    return out


def wraps_around(image, kernel, stride=1, padding=0):
    return _direct(np.pad(image, padding, mode="wrap"), kernel, stride)


def works_on_the_callers_image(image, kernel, stride=1, padding=0):
    out = _direct(image, kernel, stride, padding)
    image -= image
    return out


def nested_lists(image, kernel, stride=1, padding=0):
    return _direct(image, kernel, stride, padding).tolist()


def the_example(image, kernel, stride=1, padding=0):
    return np.array([[-1, -3], [-7, -4]])
