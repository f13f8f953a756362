"""What one warp's addresses cost: sectors of global memory, wavefronts in shared memory.

Global memory is fetched in sectors of 32 aligned bytes. Shared memory has 32 banks of 4-byte words;
a wavefront, one pass over them, serves one word from each bank, to any number of lanes. Source: the
sections on global and shared memory in the CUDA C++ Programming Guide, compute capability 5.x on:
https://docs.nvidia.com/cuda/cuda-c-programming-guide/#compute-capabilities

Not modelled: caches; the turns in which a GPU takes accesses wider than a word; what neighbouring
warps or instructions fetch of the same sectors.
"""

from dlcourse.gpu.occupancy import WARP

SECTOR = 32  # bytes
LINE = 128  # bytes: four sectors
BANKS = 32
WORD = 4  # bytes
WIDTHS = (1, 2, 4, 8, 16)  # bytes that a lane can load or store at once


def strided(stride=1, offset=0, width=4, lanes=WARP):
    """Addresses of a warp whose lane i asks for element offset + i * stride.

    Args:
        stride: elements from lane to lane.
        offset: element of lane 0.
        width: bytes of an element, one of WIDTHS.
        lanes: how many are active.

    Returns:
        tuple of byte addresses, counted from the array's first byte.

    Raises:
        ValueError: for another width.

    >>> strided(stride=2, width=4, lanes=3)
    (0, 8, 16)
    """
    check_width(width)
    return tuple((offset + lane * stride) * width for lane in range(lanes))


def sectors(addresses, width=4):
    """Find the sectors of global memory that a request touches.

    Args:
        addresses: byte addresses, None for an inactive lane.
        width: bytes a lane.

    Returns:
        tuple of sector numbers, sorted.

    >>> sectors(strided(stride=1)), len(sectors(strided(stride=2)))
    ((0, 1, 2, 3), 8)
    """
    touched = {a // SECTOR for a in active(addresses)}
    touched |= {(a + width - 1) // SECTOR for a in active(addresses)}
    return tuple(sorted(touched))


def ideal_sectors(addresses, width=4):
    """Count the fewest sectors that could hold the bytes a request asks for.

    Args:
        addresses: byte addresses, None for an inactive lane.
        width: bytes a lane.

    Returns:
        int.

    >>> ideal_sectors(strided(stride=32)), ideal_sectors(strided(stride=0))
    (4, 1)
    """
    return -(-asked_bytes(addresses, width) // SECTOR)


def asked_bytes(addresses, width=4):
    """Count the bytes a request asks for; those that several lanes ask for count once.

    Args:
        addresses: byte addresses, None for an inactive lane.
        width: bytes a lane.

    Returns:
        int.

    >>> asked_bytes(strided(stride=1)), asked_bytes(strided(stride=0))
    (128, 4)
    """
    return len({a + i for a in active(addresses) for i in range(width)})


def wavefronts(addresses, width=4):
    """Order what a request reads from shared memory into wavefronts over the banks.

    Args:
        addresses: byte addresses, None for an inactive lane.
        width: bytes a lane.

    Returns:
        list of dict bank -> tuple of the lanes that it serves.

    >>> [len(wavefronts(strided(stride))) for stride in (1, 2, 32)]
    [1, 2, 32]
    >>> wavefronts(strided(stride=0, lanes=3))
    [{0: (0, 1, 2)}]
    """
    queues = {}  # bank -> lanes that share a word, one tuple a word
    for word, lanes in _words(addresses, width).items():
        queues.setdefault(word % BANKS, []).append(tuple(lanes))
    longest = max(map(len, queues.values()), default=0)
    return [
        {bank: q[i] for bank, q in sorted(queues.items()) if i < len(q)} for i in range(longest)
    ]


def ideal_wavefronts(addresses, width=4):
    """Count the fewest wavefronts that could bring the words of a request.

    Args:
        addresses: byte addresses, None for an inactive lane.
        width: bytes a lane.

    Returns:
        int.

    >>> ideal_wavefronts(strided(32)), ideal_wavefronts(strided(width=8), width=8)
    (1, 2)
    """
    return -(-len(_words(addresses, width)) // BANKS)


def active(addresses):
    """Leave out the inactive lanes.

    Args:
        addresses: byte addresses, None for an inactive lane.

    Returns:
        list of int.

    >>> active((0, None, 8))
    [0, 8]
    """
    return [a for a in addresses if a is not None]


def check_width(width):
    """Refuse an element that no single load can bring.

    Args:
        width: in bytes.

    Raises:
        ValueError: if it is not one of WIDTHS.

    >>> check_width(3)
    Traceback (most recent call last):
        ...
    ValueError: width=3: a lane loads 1, 2, 4, 8 or 16 bytes at once
    """
    if width not in WIDTHS:
        raise ValueError(f"width={width}: a lane loads 1, 2, 4, 8 or 16 bytes at once")


def _words(addresses, width):
    """Words that a request touches, with the lanes that want them."""
    wanted = {}
    for lane, address in enumerate(addresses):
        for word in (
            [] if address is None else range(address // WORD, (address + width - 1) // WORD + 1)
        ):
            wanted.setdefault(word, []).append(lane)
    return wanted
