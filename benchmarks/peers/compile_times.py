"""How long a kernel's first launch takes, in this process: prints a JSON list of seconds.

    python -m benchmarks.peers.compile_times

The first figure has all in it that a session's first launch needs, the second is that of another
kernel. Run it with an empty cache (XDG_CACHE_HOME) to compile, and again to find both compiled.
"""

import json
import time

import numpy as np

from dlcourse.gpu.ladder import prepare

X = np.ones((40, 50), np.float32)


def seconds(launch, traced):
    """Time one launch."""
    start = time.perf_counter()
    launch.run(traced=traced)
    return time.perf_counter() - start


def main():
    launches = [prepare("transpose", "naive", X), prepare("transpose", "padded", X)]
    print(json.dumps([seconds(launch, True) for launch in launches]))


if __name__ == "__main__":
    main()
