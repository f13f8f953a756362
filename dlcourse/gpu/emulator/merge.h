// The lanes of a warp ran one after the other: merges their logs into what the warp did together.
//
// The lanes at the least site go on. Sites grow along every path, so lanes that parted meet at the
// first place they share. A lane that jumps back waits at its loop's end, which is a site of its
// own behind all of the loop and before what follows it (order.py).
#pragma once
#include "count.h"
#include "trace.h"

namespace emu {

class Merge {
    Count *count;

  public:
    void begin(Count &c) { count = &c; }

    // Merge as far as is known: until a lane has no entry left that will have more (`open`).
    void run(const Block &b, uint32_t warp, WarpLog &log, uint32_t open) {
        uint32_t filled = 0, stuck = full(log, open);
        for (uint32_t l = 0; l < LANES; l++)
            if (log.from[l] < log.to[l]) filled |= 1u << l;
        while (filled && !(open & ~filled)) step(b, warp, log, filled);
        // A lane whose log is full must go on, even if others are behind it: they may wait for it.
        stuck &= full(log, open);
        while (stuck) {
            uint32_t alone = stuck & -stuck;
            while (alone) step(b, warp, log, alone);
            stuck &= stuck - 1;
        }
        for (uint32_t l = 0; l < LANES; l++) pull_up(log, l);
    }

  private:
    static uint32_t full(const WarpLog &log, uint32_t open) {
        uint32_t found = 0;
        for (uint32_t l = 0; l < LANES; l++)
            if (log.to[l] == QUANTUM && !log.from[l]) found |= 1u << l;
        return found & open;
    }

    // Let the lanes of `filled` that come first do one thing; removes those that have run out.
    void step(const Block &b, uint32_t warp, WarpLog &log, uint32_t &filled) {
        uint64_t entries[LANES];
        uint32_t together = filled;
        if (site_of(gather(log, filled, entries))) together = least(log, entries, filled);
        uint32_t site = site_of(entries[__builtin_ctz(together)]), done = 0;
        for (uint32_t l = 0; l < LANES; l++) {
            uint32_t goes = together >> l & 1;
            log.from[l] += uint16_t(goes);
            log.last[l] = goes ? uint16_t(site) : log.last[l];
            done |= uint32_t(log.from[l] == log.to[l]) << l;
        }
        filled &= ~done;
        pass(b, warp, site, together, entries);
    }

    // The next entry of each lane; returns the bits in which they differ.
    static uint64_t gather(const WarpLog &log, uint32_t filled, uint64_t *entries) {
        uint32_t first = __builtin_ctz(filled);
        uint64_t entry = log.rows->at[first][log.from[first]], differ = 0;
        for (uint32_t rest = filled; rest; rest &= rest - 1) {
            uint32_t l = __builtin_ctz(rest);
            entries[l] = log.rows->at[l][log.from[l]];
            differ |= entries[l] ^ entry;
        }
        return differ;
    }

    // The lanes whose next entry comes first.
    static uint32_t least(const WarpLog &log, const uint64_t *entries, uint32_t filled) {
        uint64_t best = ~uint64_t(0);
        uint32_t together = 0;
        for (uint32_t rest = filled; rest; rest &= rest - 1) {
            uint32_t l = __builtin_ctz(rest), site = site_of(entries[l]);
            uint64_t key = uint64_t(turn(log.last[l], site)) << 16 | site;
            if (key < best) best = key, together = 0;
            if (key == best) together |= rest & -rest;
        }
        return together;
    }

    // When a lane may go from site to site: at once if forwards, else at its loop's end.
    static uint32_t turn(uint32_t from, uint32_t to) {
        if (to > from) return to;
        int32_t loop = trace_sites[from].loop;
        while (loop >= 0 && trace_loops[loop].begin > to) loop = trace_loops[loop].parent;
        return loop >= 0 ? trace_loops[loop].end : to;
    }

    void pass(const Block &b, uint32_t warp, uint32_t site, uint32_t lanes, const uint64_t *entries) {
        const Site &place = trace_sites[site];
        if (place.kind == SiteKind::block || place.flags & LEADS) {
            count->block_warps[site]++;
            count->block_lanes[site] += uint32_t(__builtin_popcount(lanes));
        }
        if (place.kind == SiteKind::block) return;
        Request request(b, warp, site);
        for (uint32_t rest = lanes; rest; rest &= rest - 1) {
            uint64_t address = address_of(entries[__builtin_ctz(rest)]);
            request.at[request.count] = address;
            request.count += address != 0;
            if (address) request.lanes |= rest & -rest;
        }
        if (request.count) count->add(request);
    }

    // What is left of a lane's log goes to its beginning.
    static void pull_up(WarpLog &log, uint32_t lane) {
        uint32_t left = log.to[lane] - log.from[lane];
        for (uint32_t i = 0; i < left; i++)
            log.rows->at[lane][i] = log.rows->at[lane][log.from[lane] + i];
        log.from[lane] = 0;
        log.to[lane] = uint16_t(left);
    }
};

}  // namespace emu
