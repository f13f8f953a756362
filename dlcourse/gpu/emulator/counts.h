// What goes back to Python: a header, tallies of accesses, counts of basic blocks (counts.py).
#pragma once
#include "count.h"
#include "trace.h"

namespace emu {

struct CountsHeader {
    uint32_t tallies, blocks, tally_size, block_size;
};

struct BlockCount {
    uint32_t site, unused;
    uint64_t warps, lanes;
};

inline void write_counts(Launch &launch, const Count &count) {
    char *at = (char *)launch.trace_buffer;
    CountsHeader header = {count.size(), 0, sizeof(Tally), sizeof(BlockCount)};
    for (uint32_t i = 0; i < trace_site_count; i++) header.blocks += count.block_warps[i] != 0;
    launch.trace_size = sizeof(header) + header.tallies * sizeof(Tally) +
                        header.blocks * sizeof(BlockCount);
    if (launch.trace_size > launch.trace_capacity) return;
    *(CountsHeader *)at = header;
    at += sizeof(header);
    for (uint32_t i = 0; i < header.tallies; i++, at += sizeof(Tally)) *(Tally *)at = count[i];
    for (uint32_t i = 0; i < trace_site_count; i++) {
        if (!count.block_warps[i]) continue;
        *(BlockCount *)at = {i, 0, count.block_warps[i], count.block_lanes[i]};
        at += sizeof(BlockCount);
    }
}

}  // namespace emu
