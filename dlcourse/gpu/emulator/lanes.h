// Shuffles that read from a lane which gives nothing.
#pragma once
#include "shadow.h"

namespace emu {

// Do all lanes read at the same distance, as in __shfl_down_sync? Such code reads beyond its group
// and then leaves the result unused.
inline bool steps(const Fiber *lanes, uint32_t mask) {
    int32_t distance = 0;
    for (uint32_t rest = mask; rest; rest &= rest - 1) {
        int32_t lane = __builtin_ctz(rest), here = lanes[lane].source % int32_t(LANES) - lane;
        if (here && distance && here != distance) return false;
        if (here) distance = here;
    }
    return mask & (mask - 1);
}

// `mask`: the lanes that take part. Lanes that the source names but that have returned are an
// error in any case.
inline void check_shuffle(Block &b, uint32_t warp, uint32_t mask, int32_t line, Shadow &shadow) {
    const Fiber *lanes = b.fibers + warp * LANES;
    bool in_steps = steps(lanes, mask);
    for (uint32_t rest = mask; rest; rest &= rest - 1) {
        uint32_t lane = __builtin_ctz(rest), source = uint32_t(lanes[lane].source) % LANES;
        bool named = lanes[lane].mask >> source & 1;
        if (mask >> source & 1 || (in_steps && !named)) continue;
        if (!shadow.is_new(kind::inactive_lane, uint32_t(line) & 0xFFFF, 0)) return;
        Finding f = finding_of(b, warp * LANES + lane, kind::inactive_lane, line);
        f.detail[0] = source;
        f.detail[1] = lanes[lane].mask;
        return emu_report(f, false);
    }
}

}  // namespace emu
