"""Real pictures that ship with scikit-learn, as gray arrays."""

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114])  # brightness of R, G, B: ITU-R BT.601, section 2.5.1


def picture(name, size=None):
    """Load a photograph in gray.

    Args:
        name: "china" (a temple) or "flower".
        size: (H, W) to shrink the middle of the picture to; the whole picture if left out.

    Returns:
        float array (H, W), 0 is black and 1 is white.

    Raises:
        ValueError: if the name is unknown or the size larger than the picture.

    Source: scikit-learn's sample images, CC BY.

    >>> picture("china").shape, picture("flower", size=(32, 48)).shape
    ((427, 640), (32, 48))
    """
    from sklearn.datasets import load_sample_image

    if name not in ("china", "flower"):
        raise ValueError(f'no picture named {name!r}: take "china" or "flower"')
    gray = load_sample_image(f"{name}.jpg") @ LUMA / 255
    return gray if size is None else _shrink(gray, *size)


def _shrink(image, height, width):
    """Average equal blocks, as large as fit, of the middle of an image."""
    block = min(image.shape[0] // height, image.shape[1] // width)
    if block == 0:
        raise ValueError(f"size {(height, width)} is larger than the picture's {image.shape}")
    top, left = (image.shape[0] - block * height) // 2, (image.shape[1] - block * width) // 2
    middle = image[top : top + block * height, left : left + block * width]
    return middle.reshape(height, block, width, block).mean((1, 3))
