"""What one warp's addresses cost: sectors of global memory, wavefronts in shared memory.

Global memory is fetched in sectors of 32 aligned bytes. Shared memory has 32 banks of 4-byte words;
a wavefront, one pass over them, serves one word from each bank, to any number of lanes. Wider
accesses go in turns: 16 lanes of 8 bytes, 8 lanes of 16 bytes. Source: CUDA C++ Programming Guide,
sections on global and shared memory of compute capability 5.x and later:
https://docs.nvidia.com/cuda/cuda-c-programming-guide/#compute-capabilities

Not modelled: caches; what neighbouring warps or instructions fetch of the same sectors.
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
    at_once = WARP * WORD // max(width, WORD)  # lanes that a turn serves
    found = []
    for start in range(0, len(addresses), at_once):
        turn = {}  # bank -> word -> lanes
        for lane, address in enumerate(addresses[start : start + at_once], start):
            for word in [] if address is None else _words(address, width):
                turn.setdefault(word % BANKS, {}).setdefault(word, []).append(lane)
        for i in range(max(map(len, turn.values()), default=0)):
            queued = {bank: list(words.values()) for bank, words in sorted(turn.items())}
            found.append({bank: tuple(q[i]) for bank, q in queued.items() if i < len(q)})
    return found


def ideal_wavefronts(addresses, width=4):
    """Count the wavefronts that the same lanes would take without a conflict.

    Args:
        addresses: byte addresses, None for an inactive lane.
        width: bytes a lane.

    Returns:
        int.

    >>> ideal_wavefronts(strided(32)), ideal_wavefronts(strided(width=8), width=8)
    (1, 2)
    """
    at_once = WARP * WORD // max(width, WORD)
    turns = range(0, len(addresses), at_once)
    return sum(any(a is not None for a in addresses[i : i + at_once]) for i in turns)


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


def _words(address, width):
    return range(address // WORD, (address + width - 1) // WORD + 1)
