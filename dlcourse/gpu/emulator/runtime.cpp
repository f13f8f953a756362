// Runs the threads of a block: who is next, who waits, what a barrier lets through.
//
// A thread runs until it waits at a barrier or warp operation, pauses or finishes. Then the next
// ready lane of its warp runs; when there is none its warp's segment has ended, and the next warp
// has its turn. All waiting ends in `pick`, the only place that knows who may go on.
#include "runtime.h"

#include "internal.h"
#include "switch.h"

namespace emu {

constexpr uint32_t NOBODY = ~0u;
#ifdef TRACED
constexpr uint32_t PATIENCE = 64;  // pauses of each thread until another block has its turn
#else
constexpr uint32_t PATIENCE = 2;
#endif

static void got_further(Block &b) { b.pauses = b.ticks = 0; }

// Threads may have run one after the other on this stack (`next` in shim.h): write it down.
static void settle(Block &b) {
    if (b.started <= b.current) b.started = b.current + 1;
    uint32_t count = b.current - b.run_from;
    if (!count) return;
    uint32_t bits = ((1u << count) - 1) << b.run_from % LANES;  // all of one warp
    b.ready[b.current / LANES] &= ~bits;
    b.alive[b.current / LANES] &= ~bits;
    b.live -= count;
    b.run_from = b.current;
    got_further(b);
}

// Let those waiting lanes of a warp go on whose operation is complete.
static void release_lanes(Block &b, uint32_t warp) {
    Fiber *lanes = b.fibers + warp * LANES;
    bool calm = !b.ready[warp] && !b.paused[warp];  // what __activemask waits for
    for (uint32_t left = b.at_warp[warp]; left;) {
        Fiber &first = lanes[__builtin_ctz(left)];
        uint32_t same = 0;
        for (uint32_t rest = left; rest; rest &= rest - 1) {
            Fiber &f = lanes[__builtin_ctz(rest)];
            if (f.operation == first.operation && f.mask == first.mask) same |= rest & -rest;
        }
        left &= ~same;
        bool waits = first.operation == Operation::active ? !calm
                                                          : first.mask & b.alive[warp] & ~same;
        if (waits) continue;
        exchange(lanes, first.operation, same);
        b.at_warp[warp] &= ~same;
        b.ready[warp] |= same;
        got_further(b);
        HOOK(trace_warp(b, warp, same, first.line));
    }
}

static void end_segment(Block &b, uint32_t warp) {
    HOOK(trace_segment(b, warp));
    if (b.at_warp[warp]) release_lanes(b, warp);
    b.ready[warp] |= b.paused[warp];
    b.paused[warp] = 0;
}

// All live threads are at the barrier: complain if that was no proper one, and open it.
static void release_barrier(Block &b) {
    if (b.diverged) report_diverged(b);
    else if (b.live < b.threads) report_missed(b);
    HOOK(trace_barrier(b));
    for (uint32_t w = 0; w * LANES < b.threads; w++) b.ready[w] = b.alive[w];
    for (uint32_t i = 0; i < 3; i++) b.result[i] = b.reduced[i];
    b.reduced[0] = b.reduced[2] = 0;
    b.reduced[1] = 1;
    b.at_barrier = b.diverged = 0;
    got_further(b);
    __atomic_fetch_add(&b.launch->barriers, 1, __ATOMIC_RELAXED);
}

// The thread to run next, NOBODY if none can; no lane of the running warp can.
static uint32_t pick_elsewhere(Block &b) {
    uint32_t warp = b.current / LANES, warps = (b.threads + LANES - 1) / LANES;
    if (b.launch->stop) give_up_late(b);
    end_segment(b, warp);
    for (uint32_t k = 1; k <= warps; k++) {
        uint32_t w = warp + k < warps ? warp + k : warp + k - warps;
        if (b.ready[w]) return w * LANES + __builtin_ctz(b.ready[w]);
    }
    if (!b.live || b.at_barrier < b.live) return NOBODY;
    release_barrier(b);
    uint32_t w = 0;
    while (!b.ready[w]) w++;
    return w * LANES + __builtin_ctz(b.ready[w]);
}

#define HOT static inline __attribute__((always_inline))  // on the way through a barrier

HOT uint32_t pick(Block &b) {
    uint32_t warp = b.current / LANES;
    if (b.ready[warp]) return warp * LANES + __builtin_ctz(b.ready[warp]);
    return pick_elsewhere(b);
}

HOT void become(Block &b, uint32_t thread) {
    b.current = b.run_from = thread;
    b.thread = b.index[thread];
    b.spins = 0;
    if (b.started <= thread) b.started = thread + 1;
}

// From the scheduler: run a block until it finishes, or only waits for others.
void enter(Block &b) {
    void **here = &b.worker->stack_pointer;
    if (b.started) return emu_switch(here, b.fibers[b.current].stack_pointer);
    become(b, 0);
    emu_enter(here, stack_top(b, 0), emu_kernel);
}

void leave(Block &b, int event) {
    Worker &worker = *b.worker;
    worker.event = decltype(worker.event)(event);
    emu_switch(&b.fibers[b.current].stack_pointer, worker.stack_pointer);
}

static void run_nobody(Block &b) {
    if (b.live) report_deadlock(b);
    leave(b, Worker::finished);
}

// Switch to a thread; returns when the running one has its turn again.
HOT void run(Block &b, uint32_t thread) {
    if (thread == NOBODY) return run_nobody(b);
    void **here = &b.fibers[b.current].stack_pointer;
    bool fresh = thread >= b.started;
    become(b, thread);
    if (fresh) return emu_enter(here, stack_top(b, thread), emu_kernel);
    emu_switch(here, b.fibers[thread].stack_pointer);
}

HOT Fiber &stop_running(Block &b, Wait wait, int32_t line) {
    settle(b);
    Fiber &f = b.fibers[b.current];
    f.wait = wait;
    f.line = line;
    b.ready[b.current / LANES] &= ~(1u << b.current % LANES);
    return f;
}

HOT void let_others_run(Block &b) {
    uint32_t next = pick(b);
    if (next != b.current) return run(b, next);
}

void begin_threads(Block &b) {
    for (uint32_t w = 0; w * LANES < b.threads; w++) {
        uint32_t rest = b.threads - w * LANES;
        b.ready[w] = b.alive[w] = rest < LANES ? (1u << rest) - 1 : ~0u;
        b.paused[w] = b.at_warp[w] = 0;
    }
    b.live = b.threads;
    b.started = b.at_barrier = b.diverged = 0;
    b.reduced[0] = b.reduced[2] = 0;
    b.reduced[1] = 1;
    got_further(b);
}

extern "C" {

// The running thread has finished: goes on as one that has not started, or never returns.
void emu_finished(void) {
    Block &b = self();
    stop_running(b, Wait::finished, 0);
    b.alive[b.current / LANES] &= ~(1u << b.current % LANES);
    b.live--;
    got_further(b);
    uint32_t next = pick(b);
    if (next != NOBODY && next >= b.started) return become(b, next);
    run(b, next);
}

void emu_barrier(int32_t line) {
    Block &b = self();
    stop_running(b, Wait::barrier, line);
    if (!b.at_barrier++) b.barrier_line = line;
    b.diverged |= line != b.barrier_line;
    let_others_run(b);
}

int32_t emu_barrier_reduce(int32_t predicate, int32_t which, int32_t line) {
    Block &b = self();
    b.reduced[0] += predicate != 0;
    b.reduced[1] &= predicate != 0;
    b.reduced[2] |= predicate != 0;
    emu_barrier(line);
    return b.result[which];
}

void emu_warp(Operation what, uint32_t mask, uint64_t value, int32_t source, int32_t line) {
    Block &b = self();
    uint32_t warp = b.current / LANES, lane = 1u << b.current % LANES;
    if (!(mask & lane)) {
        Finding finding = emu_finding(Kind::not_in_mask, line);
        finding.detail[0] = mask;
        emu_report(finding, false);
        b.fibers[b.current].value = value;
        return;
    }
    Fiber &f = stop_running(b, Wait::warp, line);
    f.operation = what;
    f.mask = mask;
    f.value = value;
    f.source = source;
    b.at_warp[warp] |= lane;
    let_others_run(b);
}

void emu_pause(void) {
    Block &b = self();
    b.spins = 0;
    if (b.launch->stop) give_up_late(b);
    if (++b.pauses > PATIENCE * b.live || b.ticks > 2) {
        bool others = b.worker->resident > 1 ||
                      __atomic_load_n(&b.launch->next_block, __ATOMIC_RELAXED) < b.launch->blocks;
        got_further(b);
        if (others) leave(b, Worker::yielded);
    }
    stop_running(b, Wait::none, 0);
    b.paused[b.current / LANES] |= 1u << b.current % LANES;
    let_others_run(b);
}

void emu_spin(void) {
    if (++self().spins > 8) emu_pause();
}

void emu_stop(void) {
    leave(self(), Worker::stopped);
    __builtin_unreachable();
}

}  // extern "C"
}  // namespace emu
