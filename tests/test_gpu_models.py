"""Occupancy, roofline, latency hiding, the posts' tile product and the cost of addresses."""

import shutil
import subprocess
import sysconfig
from math import gcd
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.gpu.access import (
    BANKS,
    SECTOR,
    WARP,
    WIDTHS,
    active,
    asked_bytes,
    ideal_sectors,
    ideal_wavefronts,
    sectors,
    strided,
    wavefronts,
)
from dlcourse.gpu.latency import bytes_in_flight, reached_bytes_per_s, warps_needed
from dlcourse.gpu.occupancy import capabilities, occupancy, sm_limits
from dlcourse.gpu.roofline import Roof, gpu_roof
from dlcourse.gpu.tile_cost import tile_product
from dlcourse.hardware.gpus import gpus
from dlcourse.hardware.latency import measured_cycles, post_cycles

HEADER = Path(sysconfig.get_path("purelib")) / "nvidia/cu13/include/cuda_occupancy.h"
COMPILER = shutil.which("g++") or shutil.which("c++")
PROGRAM = r"""
#include <climits>
#include <cstdio>
#include <cstring>
#include "cuda_occupancy.h"
int main() {
  int major, minor, warps, shared, reserved, registers, threads, bytes;
  while (std::scanf("%d %d %d %d %d %d %d %d", &major, &minor, &warps, &shared, &reserved,
                    &registers, &threads, &bytes) == 8) {
    cudaOccDeviceProp device{};
    device.computeMajor = major, device.computeMinor = minor;
    device.maxThreadsPerBlock = 1024, device.maxThreadsPerMultiprocessor = 32 * warps;
    device.regsPerBlock = device.regsPerMultiprocessor = 65536, device.warpSize = 32;
    device.sharedMemPerBlock = 48 * 1024, device.sharedMemPerMultiprocessor = shared;
    device.reservedSharedMemPerBlock = reserved, device.sharedMemPerBlockOptin = shared - reserved;
    device.numSms = 1;
    cudaOccFuncAttributes kernel{};
    kernel.maxThreadsPerBlock = 1024, kernel.numRegs = registers, kernel.numBlockBarriers = 1;
    kernel.shmemLimitConfig = FUNC_SHMEM_LIMIT_OPTIN, kernel.maxDynamicSharedSizeBytes = shared;
    cudaOccDeviceState state{};
    state.carveoutConfig = SHAREDMEM_CARVEOUT_MAX_SHARED;
    cudaOccResult result{};
    auto status = cudaOccMaxActiveBlocksPerMultiprocessor(
        &result, &device, &kernel, &state, threads, bytes);
    std::printf("%d %d %d %d %d %d\n", (int)status, result.activeBlocksPerMultiprocessor,
                result.blockLimitWarps, result.blockLimitBlocks, result.blockLimitRegs,
                result.blockLimitSharedMem);
  }
}
"""
ADDRESSES = st.sampled_from(WIDTHS).flatmap(
    lambda width: st.tuples(
        st.lists(
            st.none() | st.integers(0, 4095).map(lambda i: i * width), min_size=1, max_size=WARP
        ),
        st.just(width),
    )
)


@pytest.mark.skipif(
    not (HEADER.exists() and COMPILER), reason="no CUDA headers, or no C++ compiler"
)
def test_occupancy_is_what_nvidias_own_header_computes(tmp_path):
    cases = [
        (capability, registers, threads, shared)
        for capability in capabilities()
        for registers in (1, 16, 31, 32, 33, 40, 64, 72, 96, 128, 168, 255)
        for threads in (1, 32, 33, 64, 96, 128, 192, 256, 320, 512, 768, 1000, 1024)
        for shared in (0, 1, 1024, 4097, 12_288, 33_000, 48 * 1024, 60_000, sm(capability))
    ]
    source, program = tmp_path / "occupancy.cpp", tmp_path / "occupancy"
    source.write_text(PROGRAM)
    subprocess.run([COMPILER, f"-I{HEADER.parent}", source, "-o", program], check=True)
    lines = "\n".join(" ".join(map(str, question(*case))) for case in cases)
    told = subprocess.run([program], input=lines, text=True, capture_output=True, check=True)
    for (capability, registers, threads, shared), answer in zip(
        cases, told.stdout.splitlines(), strict=True
    ):
        status, blocks, *limits = map(int, answer.split())
        found = occupancy(threads, registers, shared, capability)
        assert status == 0
        assert (found.blocks, found.limits.get("shared memory", 2**31 - 1)) == (blocks, limits[3])
        assert [found.limits[name] for name in ("warps", "blocks", "registers")] == limits[:3]


def sm(capability):
    return sm_limits(capability).shared_bytes_per_block


def question(capability, registers, threads, shared):
    limits = sm_limits(capability)
    numbers = limits.warps, limits.shared_bytes, limits.shared_reserved
    return *capability.split("."), *numbers, registers, threads, shared


@given(
    threads=st.integers(1, 1024),
    registers=st.integers(1, 255),
    shared=st.integers(0, 64 * 1024),
    capability=st.sampled_from(capabilities()),
)
def test_what_is_resident_fits_and_one_more_would_not(threads, registers, shared, capability):
    found = occupancy(threads, registers, shared, capability)
    limits = found.sm
    assert found.binding and 0 <= found.share <= 1
    assert found.warps <= limits.warps and found.blocks <= limits.blocks
    assert found.warps * 32 * registers <= limits.registers
    assert found.blocks * (shared + limits.shared_reserved) <= limits.shared_bytes
    assert all(found.limits[name] >= found.blocks for name in found.limits)


@given(
    st.integers(1, 1024),
    st.integers(1, 254),
    st.integers(0, 48_000),
    st.sampled_from(capabilities()),
)
def test_asking_for_more_never_raises_occupancy(threads, registers, shared, capability):
    blocks = occupancy(threads, registers, shared, capability).blocks
    assert occupancy(threads, registers + 1, shared, capability).blocks <= blocks
    assert occupancy(threads, registers, shared + 1000, capability).blocks <= blocks


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"threads": 0}, "threads=0"),
        ({"threads": 1025}, "takes 1 to 1024"),
        ({"threads": 32, "registers": 256}, "takes 1 to 255"),
        ({"threads": 32, "shared": 65_537, "compute_capability": "7.5"}, "takes 0 to 65536"),
        ({"threads": 32, "compute_capability": "9"}, "7.0, 7.5"),
    ],
)
def test_what_no_block_can_be_is_refused(arguments, told):
    with pytest.raises(ValueError, match=told):
        occupancy(**arguments)


def test_every_nvidia_gpu_since_volta_has_its_limits():
    newer = [g for g in gpus() if g.compute_capability[0] != "g" and g.launch_year >= 2018]
    assert {g.compute_capability for g in newer} <= set(capabilities())


RATES = st.floats(1e6, 1e16)


@given(RATES, RATES, st.floats(1e-3, 1e6))
def test_a_roof_rises_to_its_ridge_and_stays(flop_per_s, bytes_per_s, intensity):
    roof = Roof("some", flop_per_s, bytes_per_s)
    reached = roof.attainable(intensity)
    assert reached <= flop_per_s and reached <= intensity * bytes_per_s
    assert reached in (flop_per_s, intensity * bytes_per_s)
    assert (roof.bound(intensity) == "memory") == (intensity < roof.ridge)
    flop = 1e9
    assert roof.seconds(flop, flop / intensity) == pytest.approx(flop / reached)


def test_a_roof_needs_both_rates():
    with pytest.raises(ValueError, match="above zero"):
        Roof("dead", 1e12, 0)
    with pytest.raises(ValueError, match="fp32, fp16"):
        gpu_roof("V100 SXM2", "fp8")


@given(
    st.floats(1e9, 1e13),
    st.floats(1e-8, 1e-5),
    st.integers(1, 300),
    st.sampled_from(WIDTHS),
    st.integers(1, 16),
)
def test_little_needs_no_warp_too_many(bytes_per_s, seconds, sms, width, loads):
    warps = warps_needed(bytes_per_s, seconds, sms, width, loads)
    reach = [reached_bytes_per_s(n, seconds, sms, width, loads) for n in (warps - 1, warps)]
    assert reach[0] < bytes_per_s * (1 + 1e-9) and reach[1] >= bytes_per_s * (1 - 1e-9)
    in_flight = warps * 32 * width * loads * sms
    assert in_flight >= bytes_in_flight(bytes_per_s, seconds) * (1 - 1e-9)


def test_nothing_in_flight_is_refused():
    with pytest.raises(ValueError, match="loads=0"):
        warps_needed(1e12, 1e-6, 100, loads=0)


def test_the_posts_sums_are_reproduced_and_their_slip_is_found():
    sums = {(year, tc): tile_product(year, tc).total for year in (2020, 2023) for tc in (0, 1)}
    assert sums == {(2020, 0): 392, (2020, 1): 221, (2023, 0): 504, (2023, 1): 235}
    assert tile_product(2023, True, fetch="global, TMA").total == 200
    assert tile_product(2023).fetch != post_cycles(2023)["global"]
    assert tile_product(2023, fetch="global").total == 684
    assert tile_product(2023, True, fetch="global").total == 415
    with pytest.raises(ValueError, match="names global"):
        tile_product(2020, fetch="L2")


def test_measured_memory_is_farther_than_the_posts_said():
    assert all(measured_cycles(g)["global"] > 380 for g in ("V100", "H100 PCIe", "RTX 4090"))


@given(ADDRESSES)
def test_sectors_hold_every_byte_and_nothing_else(request):
    addresses, width = request
    found = sectors(addresses, width)
    bytes_asked = {a + i for a in active(addresses) for i in range(width)}
    assert {b // SECTOR for b in bytes_asked} == set(found)
    assert len(bytes_asked) == asked_bytes(addresses, width)
    assert ideal_sectors(addresses, width) <= len(found) <= len(active(addresses))


@given(ADDRESSES)
def test_wavefronts_serve_every_lane_and_each_bank_once(request):
    addresses, width = request
    found = wavefronts(addresses, width)
    served = [lane for one in found for lanes in one.values() for lane in lanes]
    assert set(served) == {lane for lane, a in enumerate(addresses) if a is not None}
    assert all(set(one) <= set(range(BANKS)) for one in found)
    words = max(width, 4) // 4
    assert len(served) == words * len(active(addresses)), "each word of each lane, once"
    assert ideal_wavefronts(addresses, width) <= len(found)


@given(st.integers(0, 64), st.integers(0, 64))
def test_strides_cost_what_the_textbook_says(stride, offset):
    """Conflicts of a stride are its common divisor with the number of banks."""
    found = len(wavefronts(strided(stride, offset)))
    assert found == (gcd(stride, 32) if stride else 1)
    first, last = offset * 4 // 32, ((offset + 31 * stride) * 4) // 32
    assert len(sectors(strided(stride, offset))) == min(32 if stride > 7 else 99, last - first + 1)


@pytest.mark.parametrize(
    ("stride", "sector_count"), [(0, 1), (1, 4), (2, 8), (4, 16), (8, 32), (32, 32)]
)
def test_aligned_strides(stride, sector_count):
    assert len(sectors(strided(stride))) == sector_count


@pytest.mark.parametrize(("offset", "sector_count"), [(0, 4), (1, 5), (7, 5), (8, 4)])
def test_offsets(offset, sector_count):
    assert len(sectors(strided(1, offset))) == sector_count
