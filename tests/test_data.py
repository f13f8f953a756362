"""Data sets: what is at hand, and files that are missing, damaged or foreign."""

import dataclasses
import gzip
import hashlib
import struct

import numpy as np
import pytest

from dlcourse.conv import data


def idx(array):
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes())


@pytest.fixture
def small_mnist(tmp_path, monkeypatch):
    """A folder with four files, published under their checksums."""
    rng = np.random.default_rng(0)
    arrays = [rng.integers(0, 256, (5, 28, 28)), np.arange(5), np.ones((2, 28, 28)), np.arange(2)]
    contents = [idx(array) for array in arrays]
    mirror, folder = tmp_path / "mirror", tmp_path / "data"
    mirror.mkdir()
    for part, content in zip(data.PARTS, contents, strict=True):
        (mirror / f"{part}-ubyte.gz").write_bytes(content)
    md5 = tuple(hashlib.md5(content).hexdigest() for content in contents)
    source = dataclasses.replace(data.SOURCES["mnist"], address=f"{mirror.as_uri()}/", md5=md5)
    monkeypatch.setattr(data, "SOURCES", {"mnist": source})
    return mirror, folder, arrays


def test_digits_are_split_without_overlap_and_always_alike():
    one, two, other = data.digits(), data.digits(), data.digits(seed=1)
    np.testing.assert_array_equal(one.train_x, two.train_x)
    assert not np.array_equal(one.test_y, other.test_y)
    assert one.train_x.dtype == np.float32 and one.train_x.min() == 0 and one.train_x.max() == 1
    assert len(one.train_x) + len(one.test_x) == 1797
    assert set(one.test_y) == set(range(10))


def test_files_at_hand_are_read(small_mnist):
    mirror, _, arrays = small_mnist
    loaded = data.load("mnist", mirror)
    np.testing.assert_allclose(loaded.train_x[:, 0], arrays[0] / 255, rtol=1e-6)
    np.testing.assert_array_equal(loaded.test_y, arrays[3])
    assert loaded.train_x.dtype == np.float32 and loaded.train_y.dtype == np.int64


def test_nothing_is_fetched_unless_asked(small_mnist):
    mirror, folder, _ = small_mnist
    with pytest.raises(
        FileNotFoundError, match=r"train-images-idx3-ubyte.gz is missing.*digits\(\)"
    ):
        data.load("mnist", folder)
    assert not folder.exists()
    fetched = data.load("mnist", folder, download=True)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        path.name for path in mirror.iterdir()
    )
    np.testing.assert_array_equal(fetched.train_x, data.load("mnist", folder).train_x)


def test_damaged_files_are_named_and_never_kept(small_mnist):
    mirror, folder, _ = small_mnist
    (mirror / "t10k-labels-idx1-ubyte.gz").write_bytes(b"an error page")
    with pytest.raises(ValueError, match=r"t10k-labels.*MD5 checksum [0-9a-f]{32}, published"):
        data.load("mnist", folder, download=True)
    assert not (folder / "t10k-labels-idx1-ubyte.gz").exists()
    with pytest.raises(ValueError, match=r"t10k-labels.*remove it and fetch it again"):
        data.load("mnist", mirror)


def test_a_mirror_that_does_not_answer_is_named_with_the_way_out(small_mnist):
    mirror, folder, _ = small_mnist
    (mirror / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"train-labels.*cannot be fetched.*by hand"):
        data.load("mnist", folder, download=True)


def test_unknown_names_and_foreign_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"give one of mnist, fashion-mnist"):
        data.load("cifar", tmp_path)
    (tmp_path / "foreign.gz").write_bytes(gzip.compress(b"not an idx file"))
    with pytest.raises(ValueError, match=r"foreign.gz begins with 6e6f7420"):
        data.read_idx(tmp_path / "foreign.gz")


def test_published_checksums_are_complete():
    for source in data.SOURCES.values():
        assert len(source.md5) == len(data.PARTS) and len(source.classes) == 10
        assert all(len(md5) == 32 for md5 in source.md5)
