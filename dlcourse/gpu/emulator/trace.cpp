// The traced build: what the compiler's instrumentation and the runtime's hooks call.
#include "trace.h"

#include "access.h"
#include "counts.h"
#include "lanes.h"

namespace emu {

// --- what instrumented code calls: `site` is annotate.py's ------------------------------------------

// Not inlined: accesses of words are the many, and each copy takes the compiler a tenth of a second.
static __attribute__((noinline)) void rare_access(uint64_t address, uint32_t width, uint32_t site,
                                                  Deed deed, Manner manner) {
    access(address, width, site, deed, manner);
}

extern "C" {

void __sanitizer_cov_trace_pc(uint32_t site) {
    Block &b = self();
    enter(b, resident(b), site, 0);
}

#define READ_WRITE(size, access)                                                                  \
    void __tsan_read##size(uint64_t a, uint32_t s) { access(a, size, s, Deed::load, plain_access); } \
    void __tsan_write##size(uint64_t a, uint32_t s) { access(a, size, s, Deed::store, plain_access); }
#define RARE(size)                                                                                \
    void __tsan_unaligned_read##size(uint64_t a, uint32_t s) {                                    \
        rare_access(a, size, s, Deed::load, plain_access);                                        \
    }                                                                                             \
    void __tsan_unaligned_write##size(uint64_t a, uint32_t s) {                                   \
        rare_access(a, size, s, Deed::store, plain_access);                                       \
    }                                                                                             \
    void __tsan_volatile_read##size(uint64_t a, uint32_t s) {                                     \
        rare_access(a, size, s, Deed::load, volatile_access);                                     \
    }                                                                                             \
    void __tsan_volatile_write##size(uint64_t a, uint32_t s) {                                    \
        rare_access(a, size, s, Deed::store, volatile_access);                                    \
    }                                                                                             \
    void __tsan_unaligned_volatile_read##size(uint64_t a, uint32_t s) {                           \
        rare_access(a, size, s, Deed::load, volatile_access);                                     \
    }                                                                                             \
    void __tsan_unaligned_volatile_write##size(uint64_t a, uint32_t s) {                          \
        rare_access(a, size, s, Deed::store, volatile_access);                                    \
    }
READ_WRITE(1, rare_access) READ_WRITE(2, rare_access) READ_WRITE(4, access)
READ_WRITE(8, rare_access) READ_WRITE(16, rare_access)
RARE(1) RARE(2) RARE(4) RARE(8) RARE(16)
#undef READ_WRITE
#undef RARE

void __tsan_read_range(uint64_t a, uint64_t size, uint32_t site) {
    rare_access(a, uint32_t(size), site, Deed::load, plain_access);
}
void __tsan_write_range(uint64_t a, uint64_t size, uint32_t site) {
    rare_access(a, uint32_t(size), site, Deed::store, plain_access);
}

void *__tsan_memcpy(void *to, const void *from, uint64_t size, uint32_t site) {
    rare_access((uint64_t)from, uint32_t(size), site, Deed::load, plain_access);
    rare_access((uint64_t)to, uint32_t(size), site + 1, Deed::store, plain_access);
    return __builtin_memcpy(to, from, size);
}
void *__tsan_memmove(void *to, const void *from, uint64_t size, uint32_t site) {
    rare_access((uint64_t)from, uint32_t(size), site, Deed::load, plain_access);
    rare_access((uint64_t)to, uint32_t(size), site + 1, Deed::store, plain_access);
    return __builtin_memmove(to, from, size);
}
void *__tsan_memset(void *to, int value, uint64_t size, uint32_t site) {
    rare_access((uint64_t)to, uint32_t(size), site, Deed::store, plain_access);
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
    rare_access((uint64_t)address, size, site, Deed::atomic, atomic_access);
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
    r->near = trace->pool.take<Near>(trace_site_count);
    return *r;
}

void trace_block_begin(Block &b) {
    Resident &r = resident_of(b);
    b.trace = &r;
    trace->resident_count++;
    for (Resident *other : trace->residents)
        if (other) other->alone = trace->resident_count == 1;
    for (uint32_t w = 0; w * LANES < b.threads; w++) r.logs[w].close();
    r.floor = trace->clocks.begin_block(r.knowledge, b);
}

void trace_segment(Block &b, uint32_t warp) {
    if (trace->shadow.in_doubt()) trace->shadow.settle();
    WarpLog &log = resident(b).logs[warp];
    if (!log.rows) return;
    trace->merge.run(b, warp, log, b.paused[warp]);
    if (!log.is_empty()) return;
    log.rows->next = trace->spare;
    trace->spare = log.rows;
    log.close();
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
    trace->resident_count--;
}

void trace_launch_end(Machine &, Launch &launch) {
    write_counts(launch, trace->count);
    Pool pool = trace->pool;
    trace = nullptr;
    pool.clear();
}

}  // extern "C"
}  // namespace emu
