// The traced build: what the compiler's instrumentation and the runtime's hooks call.
#include "trace.h"

#include "clocks.h"
#include "count.h"
#include "counts.h"
#include "lanes.h"
#include "merge.h"
#include "objects.h"
#include "shadow.h"

namespace emu {

// What a slot's block has of its own.
struct Resident {
    const Block *owner;
    Knowledge knowledge;
    uint32_t floor;  // the block's first interval
    WarpLog *logs;
    Cell *shared;  // room for cells of one byte
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
};

static Trace *trace;  // of the launch that runs

static Resident &resident(Block &b) { return *(Resident *)b.trace; }

// --- one access --------------------------------------------------------------------------------------

static void report_access(const Moment &m, Kind kind, const Object *o, int64_t offset, Deed deed,
                          bool fatal) {
    if (!trace->shadow.is_new(kind, m.site, 0) && !fatal) return;
    const Site &site = trace_sites[m.site];
    Finding f = finding_of(m.block, m.thread, kind, site.line);
    f.detail[0] = offset;
    f.detail[3] = site.width;
    f.detail[4] = int64_t(deed);
    if (o) {
        f.detail[1] = int64_t(o->size);
        f.detail[2] = o->element;
        f.detail[5] = int64_t(o->space);
        copy_name(f.name, o->name);
    }
    emu_report(f, fatal);
}

static void log_entry(Block &b, Resident &r, uint32_t site, uint64_t address) {
    uint32_t lane = b.current % LANES;
    WarpLog &log = r.logs[b.current / LANES];
    log.rows[log.to[lane]++][lane] = uint64_t(site) << 48 | address;
}

// Before an entry is added: a full log waits until it is merged.
static void make_room(Block &b, Resident &r) {
    WarpLog &log = r.logs[b.current / LANES];
    while (log.to[b.current % LANES] == QUANTUM) emu_pause();
}

struct Place {
    const Object *object;
    uint64_t base;  // address of the object's first byte
    Cell *cells;
};

// The object of an address; `object` is null for a thread's own memory, and if there is none.
static Place place_of(Block &b, Resident &r, uint64_t address, uint32_t site, bool &known) {
    uint64_t in_slot = address - (uint64_t)&b;
    known = true;
    if (in_slot - SHARED_AT < SHARED_SPAN) {
        int32_t i = trace->objects.shared(in_slot - SHARED_AT);
        if (i >= 0) {
            const Object &o = trace->objects[uint32_t(i)];
            Cell *cells = r.shared + (o.base >> Shadow::shift_of(o));
            return {&o, (uint64_t)b.shared + o.base, cells};
        }
    } else if (in_slot < SLOT) {
        return {};
    } else {
        int32_t i = trace->objects.region(address, site);
        if (i >= 0) {
            const Object &o = trace->objects[uint32_t(i)];
            return {&o, o.base, o.cells};
        }
    }
    known = false;
    return {};
}

static void access(uint64_t address, uint32_t width, uint32_t site, Deed deed, Manner manner) {
    Block &b = self();
    Resident &r = resident(b);
    make_room(b, r);
    Moment m = {b, b.current, site};
    bool known;
    Place p = place_of(b, r, address, site, known);
    if (!p.object) {
        if (!known) report_access(m, kind::wild, nullptr, int64_t(address), deed, true);
        return;
    }
    if (!trace_sites[site].width) trace_sites[site].width = uint16_t(width);
    int64_t offset = int64_t(address - p.base);
    if (!(trace_sites[site].flags & UNALIGNED) && address & (width - 1))
        return report_access(m, kind::misaligned, p.object, offset, deed, true);
    if (uint64_t(offset) >= p.object->size || width > p.object->size - uint64_t(offset))
        return report_access(m, kind::out_of_bounds, p.object, offset, deed, false);
    log_entry(b, r, site, address);
    if (manner) trace->clocks.acquire(r.knowledge, m, address);
    if (p.cells) {
        bool shared = p.object->space == Space::shared;
        Step step = {m, r.knowledge, *p.object, address, width, deed, manner,
                     shared ? r.floor : 1};
        trace->shadow.visit(step, p.cells, uint64_t(offset));
    }
    if (manner && deed != Deed::load) trace->clocks.release(r.knowledge, m, address);
}

// --- what instrumented code calls: `site` is annotate.py's ------------------------------------------

extern "C" {

void __sanitizer_cov_trace_pc(uint32_t site) {
    Block &b = self();
    if (trace->shadow.in_doubt()) trace->shadow.settle();
    make_room(b, resident(b));
    log_entry(b, resident(b), site, 0);
}

#define ACCESS(size)                                                                              \
    void __tsan_read##size(uint64_t a, uint32_t s) { access(a, size, s, Deed::load, plain_access); } \
    void __tsan_write##size(uint64_t a, uint32_t s) { access(a, size, s, Deed::store, plain_access); } \
    void __tsan_unaligned_read##size(uint64_t a, uint32_t s) { __tsan_read##size(a, s); }         \
    void __tsan_unaligned_write##size(uint64_t a, uint32_t s) { __tsan_write##size(a, s); }       \
    void __tsan_volatile_read##size(uint64_t a, uint32_t s) {                                     \
        access(a, size, s, Deed::load, volatile_access);                                          \
    }                                                                                             \
    void __tsan_volatile_write##size(uint64_t a, uint32_t s) {                                    \
        access(a, size, s, Deed::store, volatile_access);                                         \
    }                                                                                             \
    void __tsan_unaligned_volatile_read##size(uint64_t a, uint32_t s) {                           \
        __tsan_volatile_read##size(a, s);                                                         \
    }                                                                                             \
    void __tsan_unaligned_volatile_write##size(uint64_t a, uint32_t s) {                          \
        __tsan_volatile_write##size(a, s);                                                        \
    }
ACCESS(1) ACCESS(2) ACCESS(4) ACCESS(8) ACCESS(16)
#undef ACCESS

void __tsan_read_range(uint64_t a, uint64_t size, uint32_t site) {
    access(a, uint32_t(size), site, Deed::load, plain_access);
}
void __tsan_write_range(uint64_t a, uint64_t size, uint32_t site) {
    access(a, uint32_t(size), site, Deed::store, plain_access);
}

void *__tsan_memcpy(void *to, const void *from, uint64_t size, uint32_t site) {
    access((uint64_t)from, uint32_t(size), site, Deed::load, plain_access);
    access((uint64_t)to, uint32_t(size), site + 1, Deed::store, plain_access);
    return __builtin_memcpy(to, from, size);
}
void *__tsan_memmove(void *to, const void *from, uint64_t size, uint32_t site) {
    access((uint64_t)from, uint32_t(size), site, Deed::load, plain_access);
    access((uint64_t)to, uint32_t(size), site + 1, Deed::store, plain_access);
    return __builtin_memmove(to, from, size);
}
void *__tsan_memset(void *to, int value, uint64_t size, uint32_t site) {
    access((uint64_t)to, uint32_t(size), site, Deed::store, plain_access);
    return __builtin_memset(to, value, size);
}
void __tsan_init(void) {}
void __tsan_func_entry(void *) {}
void __tsan_func_exit(void) {}

void trace_atomic(const volatile void *address, uint32_t size, int32_t line, uint32_t site) {
    Block &b = self();
    Resident &r = resident(b);
    if (trace->shadow.in_doubt()) trace->shadow.settle();
    if (!size) return trace->clocks.fence(r.knowledge, {b, b.current, site});
    trace_sites[site].line = line;
    trace_sites[site].width = uint16_t(size);
    access((uint64_t)address, size, site, Deed::atomic, atomic_access);
}

// --- hooks of the runtime ------------------------------------------------------------------------------

void trace_launch_begin(Machine &, Launch &launch) {
    Pool pool;
    trace = pool.take<Trace>();
    trace->pool = pool;
    trace->launch = &launch;
    trace->objects.begin(launch, trace->pool);
    for (uint32_t i = 0; i < trace->objects.region_count(); i++) {
        Object &o = trace->objects[i];
        if (o.space != Space::constant)
            o.cells = trace->pool.take<Cell>((o.size >> Shadow::shift_of(o)) + 1);
    }
    trace->clocks.begin(trace->pool, launch.blocks);
    trace->shadow.begin(trace->clocks);
    trace->count.begin(trace->pool, trace->objects);
    trace->merge.begin(trace->count);
}

static Resident &resident_of(const Block &b) {
    uint32_t i = 0;
    while (trace->residents[i] && trace->residents[i]->owner != &b) i++;
    Resident *&r = trace->residents[i];
    if (r) return *r;
    r = trace->pool.take<Resident>();
    r->owner = &b;
    r->logs = trace->pool.take<WarpLog>(WARPS);
    r->shared = trace->pool.take<Cell>(SHARED_SPAN);
    return *r;
}

void trace_block_begin(Block &b) {
    Resident &r = resident_of(b);
    b.trace = &r;
    for (uint32_t w = 0; w * LANES < b.threads; w++)
        for (uint32_t l = 0; l < LANES; l++) r.logs[w].from[l] = r.logs[w].to[l] = 0;
    r.floor = trace->clocks.begin_block(r.knowledge, b);
}

void trace_segment(Block &b, uint32_t warp) {
    if (trace->shadow.in_doubt()) trace->shadow.settle();
    trace->merge.run(b, warp, resident(b).logs[warp], b.paused[warp]);
}

void trace_barrier(Block &b) { trace->clocks.barrier(resident(b).knowledge, b); }

void trace_warp(Block &b, uint32_t warp, uint32_t mask, int32_t line) {
    Operation what = b.fibers[warp * LANES + __builtin_ctz(mask)].operation;
    if (what == Operation::shuffle) check_shuffle(b, warp, mask, line, trace->shadow);
    if (what == Operation::sync) trace->clocks.warp(resident(b).knowledge, b, warp, mask);
}

void trace_block_end(Block &b) {
    if (trace->shadow.in_doubt()) trace->shadow.settle();
    trace->clocks.end_block(resident(b).knowledge);
}

void trace_launch_end(Machine &, Launch &launch) {
    write_counts(launch, trace->count);
    Pool pool = trace->pool;
    trace = nullptr;
    pool.clear();
}

}  // extern "C"
}  // namespace emu
