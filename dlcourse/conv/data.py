"""Images to learn from: digits at hand, MNIST and Fashion-MNIST from files.

Nothing is downloaded unless asked for.
"""

import gzip
import hashlib
import struct
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

PARTS = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


@dataclass(frozen=True)
class Source:
    """Where a data set's four files lie, and their MD5 checksums in the order of PARTS."""

    address: str
    md5: tuple[str, str, str, str]
    classes: tuple[str, ...]


# Checksums and mirror: torchvision/datasets/mnist.py; Fashion-MNIST's also stand in its README,
# https://github.com/zalandoresearch/fashion-mnist
SOURCES = MappingProxyType(
    {
        "mnist": Source(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            (
                "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "d53e105ee54ea40749a09fcbcd1e9432",
                "9fb629c4189551a2d022fa330f9573f3",
                "ec29112dd5afa0611ce80d1b7f02629c",
            ),
            tuple("0123456789"),
        ),
        "fashion-mnist": Source(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            (
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ),
            (
                *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
                *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
            ),
        ),
    }
)


@dataclass(frozen=True)
class Data:
    """Images, float32 (N, 1, H, W) from 0 to 1, and labels, int64 (N,): to train and to test on."""

    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    classes: tuple[str, ...]


def digits(test=360, seed=0):
    """Load the 1797 handwritten digits of 8 x 8 pixels that come with scikit-learn.

    Args:
        test: how many are held out.
        seed: of the choice.

    Returns:
        Data.

    >>> data = digits()
    >>> data.train_x.shape, data.test_x.shape
    ((1437, 1, 8, 8), (360, 1, 8, 8))
    """
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    x = (pixels / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    order = np.random.default_rng(seed).permutation(len(x))
    held_out, kept = order[:test], order[test:]
    return Data(x[kept], labels[kept], x[held_out], labels[held_out], tuple("0123456789"))


def load(name, folder, download=False):
    """Load MNIST or Fashion-MNIST: 60,000 images of 28 x 28 pixels, 10,000 held out.

    Args:
        name: "mnist" or "fashion-mnist".
        folder: with the four files, such as train-images-idx3-ubyte.gz.
        download: fetch files that are missing.

    Returns:
        Data.

    Raises:
        FileNotFoundError: if a file is missing and downloading was not asked for, or fails.
        ValueError: if a file is not the one that was published.

    >>> load("mnist", "no/such/folder")
    Traceback (most recent call last):
        ...
    FileNotFoundError: no/such/folder/train-images-idx3-ubyte.gz is missing: give a folder that \
has it, pass download=True to fetch it from https://ossci-datasets.s3.amazonaws.com/mnist/, or \
use digits(), which needs no file
    """
    if name not in SOURCES:
        raise ValueError(f"name={name!r}: give one of {', '.join(SOURCES)}, or use digits()")
    source = SOURCES[name]
    files = [Path(folder) / f"{part}-ubyte.gz" for part in PARTS]
    for file, md5 in zip(files, source.md5, strict=True):
        _provide(file, md5, source.address, download)
    train_x, train_y, test_x, test_y = map(read_idx, files)
    images = lambda pixels: pixels[:, None].astype(np.float32) / 255  # noqa: E731
    labels = lambda values: values.astype(np.int64)  # noqa: E731
    return Data(images(train_x), labels(train_y), images(test_x), labels(test_y), source.classes)


def read_idx(path):
    """Read an array of bytes from a compressed idx file.

    Four bytes (0, 0, type, number of axes), then each length as a big-endian 32-bit integer,
    then the values. Source: https://yann.lecun.com/exdb/mnist/, "File formats".

    Args:
        path: of the .gz file.

    Returns:
        uint8 array.

    Raises:
        ValueError: if the file is no such file.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "two.gz"
    >>> _ = path.write_bytes(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])))
    >>> read_idx(path)
    array([7, 9], dtype=uint8)
    """
    content = gzip.decompress(Path(path).read_bytes())
    zeros, kind, axes = struct.unpack_from(">HBB", content)
    if zeros or kind != 8:
        raise ValueError(f"{path} begins with {content[:4].hex()}: an idx file of bytes, 000008..")
    shape = struct.unpack_from(f">{axes}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def _provide(file, md5, address, download):
    """Make sure that a file is there and is the one that was published."""
    if not file.exists():
        if not download:
            raise FileNotFoundError(
                f"{file.as_posix()} is missing: give a folder that has it, pass download=True to "
                f"fetch it from {address}, or use digits(), which needs no file"
            )
        _fetch(address + file.name, file, md5)
    _check(file, file.read_bytes(), md5)


def _fetch(url, file, md5):
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            content = response.read()
    except OSError as error:
        raise FileNotFoundError(
            f"{url} cannot be fetched ({error}): put the file into {file.parent} by hand, "
            "or use digits(), which needs no file"
        ) from error
    _check(url, content, md5)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _check(name, content, md5):
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise ValueError(
            f"{name} has the MD5 checksum {found}, published is {md5}: it is damaged or another "
            "file, remove it and fetch it again"
        )
