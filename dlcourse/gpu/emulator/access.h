// One access of one thread: which array, inside or not, logged, checked.
#pragma once
#include "clocks.h"
#include "merge.h"
#include "objects.h"
#include "shadow.h"
#include "trace.h"

namespace emu {

// The array that a place of the program touched last, most likely the next time too.
struct Near {
    uint64_t base, limit;  // addresses; offsets below `limit` are inside, whatever the width
    uint64_t align;        // bits that an address must not have
    const Object *object;
    Cell *cells;        // null: nothing to check, as in constant memory
    bool shared, words;  // of shared memory; with cells of four bytes
};

// What a slot's block has of its own.
struct Resident {
    const Block *owner;
    Knowledge knowledge;
    uint32_t floor;  // the block's first interval
    bool alone;      // no other block has been resident since
    WarpLog *logs;
    Cell *shared;  // one for each byte
    Near *near;    // by site
};

struct Trace {
    Pool pool;
    Launch *launch;
    Objects objects;
    Clocks clocks;
    Shadow shadow;
    Count count;
    Merge merge;
    Resident *residents[SLOTS];
    uint32_t resident_count;
    Rows *spare;
};

static Trace *trace;  // of the launch that runs

static Resident &resident(Block &b) { return *(Resident *)b.trace; }

// A log without rows gets some, the ones in use last: they are still in the cache. A full one has
// to be merged first.
static __attribute__((noinline)) void make_room(WarpLog &log, uint32_t lane) {
    while (log.rows && log.to[lane] == QUANTUM) emu_pause();
    if (log.rows) return;
    Rows *rows = trace->spare;
    if (rows) trace->spare = rows->next;
    else rows = trace->pool.take<Rows>();
    log.open(rows);
}

static inline void log_entry(Block &b, Resident &r, uint32_t site, uint64_t address) {
    uint32_t lane = b.current % LANES;
    WarpLog &log = r.logs[b.current / LANES];
    if (__builtin_expect(log.to[lane] == QUANTUM, 0)) make_room(log, lane);
    log.rows->at[lane][log.to[lane]++] = uint64_t(site) << 48 | address;
}

static void report_access(const Moment &m, Kind kind, const Object *o, int64_t offset,
                          uint32_t width, Deed deed, bool fatal) {
    if (!trace->shadow.is_new(kind, m.site, 0) && !fatal) return;
    Finding f = finding_of(m.block, m.thread, kind, trace_sites[m.site].line);
    f.detail[0] = offset;
    f.detail[3] = width;
    f.detail[4] = int64_t(deed);
    if (o) {
        f.detail[1] = int64_t(o->size);
        f.detail[2] = o->element ? o->element : width;
        f.detail[5] = int64_t(o->space);
        copy_name(f.name, o->name);
    }
    emu_report(f, fatal);
}

// The array of an address; `object` is null if there is none.
static Near find(Block &b, Resident &r, uint64_t address, uint32_t site) {
    uint64_t in_slot = address - (uint64_t)&b;
    bool shared = in_slot < SLOT;
    int32_t i = shared ? trace->objects.shared(in_slot - SHARED_AT)
                       : trace->objects.region(address, site);
    if (i < 0) return {};
    const Object &o = trace->objects[uint32_t(i)];
    bool words = Shadow::shift_of(o) == 2;
    if (shared) return {(uint64_t)b.shared + o.base, 0, 0, &o, r.shared + o.base, true, words};
    return {o.base, 0, 0, &o, o.cells, false, words};
}

static bool is_own(const Block &b, uint64_t address) {
    uint64_t in_slot = address - (uint64_t)&b;
    return in_slot < SLOT && in_slot - SHARED_AT >= SHARED_SPAN;
}

// Find the array and remember it; false, and reported, if the access is wrong.
static bool approach(const Moment &m, Resident &r, uint64_t address, uint32_t width, Deed deed) {
    Site &site = trace_sites[m.site];
    if (!site.width) site.width = uint16_t(width);
    Near near = find(m.block, r, address, m.site);
    const Object *o = near.object;
    int64_t offset = int64_t(address - near.base);
    if (!o) {
        report_access(m, kind::wild, nullptr, offset, width, deed, true);
    } else if (!(site.flags & UNALIGNED) && address & (width - 1)) {
        report_access(m, kind::misaligned, o, offset, width, deed, true);
    } else if (uint64_t(offset) >= o->size || width > o->size - uint64_t(offset)) {
        report_access(m, kind::out_of_bounds, o, offset, width, deed, false);
    } else {
        near.limit = o->size - width + 1;
        near.align = site.flags & UNALIGNED ? 0 : width - 1;
        r.near[m.site] = near;
        return true;
    }
    return false;
}

// A basic block begins, or the access that leads one.
static inline void enter(Block &b, Resident &r, uint32_t site, uint64_t address) {
    if (__builtin_expect(trace->shadow.in_doubt(), 0)) trace->shadow.settle();
    log_entry(b, r, site, address);
}

static __attribute__((noinline)) void check(const Moment &m, Resident &r, const Near &near,
                                            uint64_t address, uint32_t width, Deed deed,
                                            Manner manner, uint32_t high) {
    Step step = {m, r.knowledge, *near.object, address, width, deed, manner,
                 near.shared ? r.floor : 1, r.floor, high};
    trace->shadow.visit(step, near.cells, address - near.base);
}

__attribute__((always_inline)) static inline void
access(uint64_t address, uint32_t width, uint32_t site, Deed deed, Manner manner) {
    Block &b = self();
    Resident &r = resident(b);
    Moment m = {b, b.current, site};
    Near &near = r.near[site];
    bool leads = trace_sites[site].flags & LEADS;
    if (__builtin_expect(address - near.base >= near.limit || address & near.align, 0))
        if (is_own(b, address) || !approach(m, r, address, width, deed)) {
            if (leads) enter(b, r, site, 0);
            return;
        }
    if (leads) enter(b, r, site, address);
    else log_entry(b, r, site, address);
    if (manner) trace->clocks.acquire(r.knowledge, m, address);
    if (near.cells) {
        uint32_t high = near.shared || r.alone ? r.knowledge.barrier : r.floor;
        bool word = deed == Deed::load && manner == plain_access && width == 4 && near.words;
        if (!word || !Shadow::read_word(near.cells[(address - near.base) / 4],
                                        Shadow::mark_of(r.knowledge, m, manner), r.floor, high,
                                        near.shared))
            check(m, r, near, address, width, deed, manner, high);
    }
    if (manner && deed != Deed::load) trace->clocks.release(r.knowledge, m, address);
}

}  // namespace emu
