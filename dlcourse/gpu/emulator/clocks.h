// What is ordered before what: by barriers, among lanes, and through atomics with fences.
//
// Time is cut into intervals. A warp begins a new one at each barrier, warp operation and fence, so
// (interval, lane) dates an access. `ordered` tells if everything of a date is known to a thread:
//
//   its own past; all of its block before the last barrier; what lanes did before a __syncwarp
//   that leads to it; and what others released: a thread that fences releases all it knows with
//   each atomic or volatile write that follows, into that place of memory. Who reads that place by
//   an atomic or volatile access then knows it too, and at the next barrier so does its block.
//
// Places that are used so are called variables. Each counts its releases; a thread's `Clock` holds
// how many of each it has seen. Beyond VARIABLES places share one: then a race may be missed.
#pragma once
#include "pool.h"
#include "trace.h"

namespace emu {

constexpr uint32_t VARIABLES = 256;

struct Clock {
    uint32_t seen[VARIABLES];  // releases, by variable
    void join(const Clock &other) {
        for (uint32_t i = 0; i < VARIABLES; i++)
            if (seen[i] < other.seen[i]) seen[i] = other.seen[i];
    }
};

struct Interval {
    uint32_t block, warp, previous;  // numbers; the warp's interval before
    uint32_t joined;                 // lanes that met where it began
};

// A thread's release: who knows it knows intervals below `own` of the thread, below `warp` of its
// warp, below `block` of its block.
struct Release {
    uint32_t next, thread, variable, version;
    uint32_t own, warp, block;
};

// What a resident block knows.
struct Knowledge {
    uint32_t interval[WARPS];  // the current one
    uint32_t synced[WARPS];    // since when all lanes of the warp know each other
    uint32_t barrier;          // since the last barrier, or the block's begin
    uint32_t fence[THREADS];   // since the thread's last fence; 0 if it had none
    Clock *clock[THREADS + WARPS + 1];  // of threads, of warps, of the block; null: saw nothing
};

class Clocks {
    Pool *pool;
    Interval *intervals;
    Release *releases;
    uint32_t interval_count, interval_room, release_count, release_room;
    uint32_t *latest;  // by block of the grid: its newest release
    uint64_t place[VARIABLES];
    Clock variable[VARIABLES];
    uint32_t version[VARIABLES];
    Clock *spare;  // given back, the first words lead to the next

  public:
    void begin(Pool &p, uint64_t blocks) {
        pool = &p;
        latest = pool->take<uint32_t>(blocks);
        interval_count = release_count = 1;  // 0 is none
    }

    uint32_t begin_block(Knowledge &k, const Block &b) {
        uint32_t warps = (b.threads + LANES - 1) / LANES;
        k.barrier = interval_count;
        for (uint32_t w = 0; w < warps; w++) k.interval[w] = 0, step(k, b, w, 0);
        for (uint32_t w = 0; w < warps; w++) k.synced[w] = k.interval[w];
        for (uint32_t t = 0; t < b.threads; t++) k.fence[t] = 0;
        return k.barrier;
    }

    void end_block(Knowledge &k) {
        for (Clock *&clock : k.clock) drop(clock);
    }

    // All threads of the block have met.
    void barrier(Knowledge &k, const Block &b) {
        k.barrier = interval_count;
        for (uint32_t w = 0; w * LANES < b.threads; w++) step(k, b, w, 0), k.synced[w] = k.barrier;
        if (!any_release()) return;
        for (uint32_t i = 0; i < THREADS + WARPS; i++) pass_on(k, i, THREADS + WARPS);
    }

    // Lanes have met at a __syncwarp.
    void warp(Knowledge &k, const Block &b, uint32_t warp, uint32_t mask) {
        step(k, b, warp, mask);
        if (mask == b.alive[warp]) k.synced[warp] = k.interval[warp];
        if (!any_release()) return;
        for (uint32_t rest = mask; rest; rest &= rest - 1)
            pass_on(k, warp * LANES + __builtin_ctz(rest), THREADS + warp);
    }

    void fence(Knowledge &k, const Moment &m) {
        step(k, m.block, m.warp(), 0);
        k.fence[m.thread] = k.interval[m.warp()];
    }

    void acquire(Knowledge &k, const Moment &m, uint64_t address) {
        if (!any_release()) return;
        uint32_t v = find(address);
        if (v < VARIABLES && place[v]) own_clock(k, m.thread).join(variable[v]);
    }

    void release(Knowledge &k, const Moment &m, uint64_t address) {
        if (!k.fence[m.thread]) return;
        uint32_t v = find(address);
        if (!place[v]) place[v] = address;
        const uint32_t knowers[] = {m.thread, THREADS + m.warp(), THREADS + WARPS};
        for (uint32_t i : knowers)
            if (k.clock[i]) variable[v].join(*k.clock[i]);
        variable[v].seen[v] = ++version[v];
        if (release_count >= release_room) {
            release_room = release_room ? 2 * release_room : 1024;
            releases = pool->grow(releases, release_count, release_room);
        }
        uint32_t &newest = latest[m.block.number];
        releases[release_count] = {newest, m.thread, v, version[v], k.fence[m.thread],
                                   k.synced[m.warp()], k.barrier};
        newest = release_count++;
    }

    // Does the thread know what `lane` did in `interval`?
    bool ordered(Knowledge &k, const Moment &m, uint32_t interval, uint32_t lane) const {
        const Interval &past = intervals[interval];
        uint32_t warp = m.warp();
        if (past.block == uint32_t(m.block.number)) {
            if (interval < k.barrier) return true;
            if (past.warp == warp && met(k, m, interval, lane)) return true;
        }
        return any_release() && told(k, m, interval, past.warp * LANES + lane);
    }

    uint32_t block_of(uint32_t interval) const { return intervals[interval].block; }
    uint32_t warp_of(uint32_t interval) const { return intervals[interval].warp; }

  private:
    bool any_release() const { return release_count > 1; }

    void step(Knowledge &k, const Block &b, uint32_t warp, uint32_t joined) {
        if (interval_count >= interval_room) {
            interval_room = interval_room ? 2 * interval_room : 4096;
            intervals = pool->grow(intervals, interval_count, interval_room);
        }
        intervals[interval_count] = {uint32_t(b.number), warp, k.interval[warp], joined};
        k.interval[warp] = interval_count++;
    }

    // Goes back through the warp's meetings: who met someone that met the lane?
    bool met(const Knowledge &k, const Moment &m, uint32_t interval, uint32_t lane) const {
        uint32_t knows = 1u << m.lane();
        for (uint32_t i = k.interval[m.warp()]; i > interval; i = intervals[i].previous) {
            if (knows & intervals[i].joined) knows |= intervals[i].joined;
            if (knows >> lane & 1) return true;
        }
        return knows >> lane & 1;
    }

    // Has it seen a release that covers this?
    bool told(const Knowledge &k, const Moment &m, uint32_t interval, uint32_t thread) const {
        const Clock *clocks[] = {k.clock[m.thread], k.clock[THREADS + m.warp()],
                                 k.clock[THREADS + WARPS]};
        uint32_t patience = 4096;  // then it is given the benefit of the doubt
        for (uint32_t i = latest[intervals[interval].block]; i; i = releases[i].next) {
            if (!patience--) return true;
            const Release &r = releases[i];
            bool covers = interval < r.block ||
                          (interval < r.warp && thread / LANES == r.thread / LANES) ||
                          (interval < r.own && thread == r.thread);
            for (const Clock *clock : clocks)
                if (covers && clock && clock->seen[r.variable] >= r.version) return true;
        }
        return false;
    }

    uint32_t find(uint64_t address) const {
        uint32_t first = uint32_t(address >> 2) * 2654435761u >> 24;
        for (uint32_t i = 0; i < VARIABLES; i++) {
            uint32_t v = (first + i) % VARIABLES;
            if (!place[v] || place[v] == address) return v;
        }
        return first;
    }

    Clock &own_clock(Knowledge &k, uint32_t i) {
        if (k.clock[i]) return *k.clock[i];
        Clock *fresh = spare;
        if (fresh) spare = *(Clock **)fresh;
        else fresh = pool->take<Clock>();
        *fresh = {};
        return *(k.clock[i] = fresh);
    }

    void pass_on(Knowledge &k, uint32_t from, uint32_t to) {
        if (!k.clock[from]) return;
        own_clock(k, to).join(*k.clock[from]);
        drop(k.clock[from]);
    }

    void drop(Clock *&clock) {
        if (!clock) return;
        *(Clock **)clock = spare;
        spare = clock;
        clock = nullptr;
    }
};

}  // namespace emu
