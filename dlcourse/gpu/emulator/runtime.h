// What the parts of the emulated GPU know of each other: read this file first.
//
// A kernel becomes a shared library of three parts:
//   kernel.s      shim.h + the student's source + a table of lines (lines.py, annotate.py)
//   runtime.o     fibers, barriers, warp operations, blocks: runtime.cpp
//   trace.o       in the traced build only: counters and checks, the hooks at the end of this file
// The worker process (worker.py) loads it and calls emu_run once for each OS thread ("worker").
//
// Each CUDA thread is a fiber with a stack of its own. All stacks of a resident block lie in one
// reservation of SLOT bytes, aligned to SLOT, whose first bytes are its Block: any frame address,
// masked, finds it. There is no thread_local, no C++ library, and hardly any libc.
//
// Records shared with Python (records.py) use fixed widths, no padding.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace emu {

constexpr uintptr_t SLOT = uintptr_t(128) << 20;  // address space of a resident block
constexpr uint32_t THREADS = 1024;                // of a block, at most
constexpr uint32_t LANES = 32;
constexpr uint32_t WARPS = THREADS / LANES;
constexpr uint32_t SHARED = 227 << 10;  // bytes of shared memory of a block, at most (H100)
constexpr uint32_t RED_ZONE = 128;      // bytes between shared variables, 128-byte aligned
constexpr uint32_t REGIONS = 64, FINDINGS = 256, ARGUMENTS = 64, WORKERS = 64;
constexpr uint32_t SLOTS = 32;  // blocks that a worker may hold at once, when they wait for others

struct Index {
    uint32_t x, y, z;
};

// --- records shared with Python -------------------------------------------------------------

enum class Space : uint32_t { global = 1, shared = 2, constant = 3, device = 4 };

// An array: an argument (global), a __constant__ or a __device__ variable. Around arguments lie
// `guard` bytes on both sides that belong to nobody: an access there is out of bounds of this one.
struct Region {
    uint64_t base, size, guard;  // bytes
    uint32_t element;            // bytes
    Space space;
    char name[48];
};

// What went wrong. Python words it (findings.py); `detail` means what `kind` says it means.
enum class Kind : uint32_t {
    none = 0,
    crash = 1,            // detail: signal, address
    stack_overflow = 2,   // of a thread: recursion, or large local arrays
    timeout = 3,          // where a thread was when the time was up
    deadlock = 4,         // who waits where follows, as `waiting`
    barrier_missed = 5,   // detail: threads waiting, threads that returned
    barrier_diverged = 6, // detail: threads at `line`, threads elsewhere, the other line
    not_in_mask = 7,      // a lane calls a warp operation whose mask leaves it out; detail: mask
    assertion = 8,        // name: the condition
    trap = 9,
    waiting = 10,         // detail: threads at `line`, 1 if at a warp operation, its mask
    shared_overrun = 11,  // bytes behind a shared variable changed; detail: offset, size, element
    // From 100 on: the traced build's (checks.h), out of bounds, race, uninitialised ...
    traced = 100,
};

struct Finding {
    Kind kind;
    int32_t line;  // of the student's source, 0 if unknown
    Index block, thread;
    int64_t detail[6];
    char name[48];
};

// Why a launch ends early: a finding that ends it, the clock, a crash.
enum Stop : uint32_t { ENDED = 1, TIME_UP, BROKEN };

struct Machine;
struct Worker;
struct Block;

// One launch; lies in memory shared with the notebook's process, so it outlives a crash.
struct Launch {
    Index grid, block;
    uint32_t dynamic_shared, unused;  // bytes
    uint64_t blocks;         // in the grid
    uint64_t next_block;     // handed out so far; atomic
    uint64_t barriers;       // passed, summed over blocks; atomic
    uint32_t stop;           // if not 0, why the launch should end soon
    uint32_t static_shared;  // bytes of static variables, without red zones; filled in
    uint32_t region_count, finding_count;  // finding_count: atomic, may exceed FINDINGS
    uint64_t arguments[ARGUMENTS];         // addresses of the arguments' values
    Region regions[REGIONS];
    Finding findings[FINDINGS];
    uint64_t print_buffer, print_capacity, print_size;  // address, bytes, bytes wanted (atomic)
    uint64_t trace_buffer, trace_capacity, trace_size;  // where the traced build leaves its counts
    uint64_t time_limit, deadline;  // nanoseconds: what it has; when that is over (filled in)
};

// --- a __shared__ variable: one static record for each declaration and template instance ------

struct SharedVariable {
    const char *name;
    uint32_t size, element;  // bytes
    int32_t line;
    uint32_t offset;  // in the block's shared memory; 0: not yet placed (place 0 is never used)
    SharedVariable *next;  // all variables placed so far, newest first: `emu_shared_variables`
};

// A __constant__ or __device__ variable; a list ends with a null name.
struct Variable {
    const char *name;
    void *address;
    uint64_t size;
    uint32_t element;  // bytes
    Space space;
};

// --- lines: one entry for each stretch of code, in no order (lines.py writes the table) --------

struct Line {
    uint64_t address;  // of its first instruction
    int32_t line;      // of the student's source; 0: another file's; -1: a function ended here
    int32_t column;
};

// --- state of a resident block -----------------------------------------------------------------

enum class Wait : uint8_t { none, barrier, warp, finished };

enum class Operation : uint8_t {
    sync, active, ballot, shuffle, match_any, match_all,
    add, min_signed, max_signed, min_unsigned, max_unsigned, bit_and, bit_or, bit_xor,
};

struct alignas(32) Fiber {
    void *stack_pointer;  // while it does not run
    int32_t line;         // where it waits
    Wait wait;
    Operation operation;  // what it waits for, if wait is warp
    uint16_t unused;
    uint32_t mask;    // lanes named in that operation
    int32_t source;   // lane it wants to read from
    uint64_t value;   // what it gave; then, what it got
};

struct Block {
    // What the shim reads and, from thread to thread, writes.
    Index thread;      // threadIdx of the running fiber
    uint32_t current;  // its number in the block: x + y * Dx + z * Dx * Dy
    Index block;       // blockIdx
    uint32_t started;  // threads started so far, always in order; see `settle` in runtime.cpp
    Index block_size, grid_size;
    uint32_t threads;      // in the block
    uint32_t spins;        // of the running thread: signs that it waits for another
    char *shared;          // static variables from here on; 128-byte aligned
    char *dynamic_shared;  // bytes: launch->dynamic_shared

    Launch *launch;
    Worker *worker;
    void *trace;          // the traced build's own state of this slot; kept from block to block
    uint64_t number;      // of the block in the grid
    uint32_t run_from;    // threads from here to `current` ran on this stack, one after the other
    uint32_t live;        // threads not finished
    uint32_t at_barrier;  // threads waiting there
    int32_t barrier_line; // of the first of them
    uint32_t diverged;    // nonzero: not all of them wait in that line
    uint32_t reduced[3];  // __syncthreads_count, _and, _or: so far
    uint32_t result[3];   // and of the barrier passed last
    uint32_t pauses;      // of its threads since any of them got further
    uint32_t ticks;       // of the clock since then
    uint32_t guarded;     // stacks of this slot that have their guard page
    uint32_t used;        // bytes of shared memory that blocks may have written
    uint32_t ready[WARPS];    // lanes that can run, or have not started
    uint32_t paused[WARPS];   // lanes that wait only for the rest of their warp's segment
    uint32_t at_warp[WARPS];  // lanes that wait at a warp operation
    uint32_t alive[WARPS];    // lanes that have not finished
    Index index[THREADS];     // threadIdx by number
    Fiber fibers[THREADS];
};

// The resident block that runs on this stack.
inline Block &self() {
    return *(Block *)((uintptr_t)__builtin_frame_address(0) & ~(SLOT - 1));
}

// An OS thread that runs blocks.
struct Worker {
    uint32_t number;
    uint32_t active;   // runs blocks just now
    uintptr_t thread;  // as the operating system calls it
    Machine *machine;
    Launch *launch;
    Block *running;       // null while no fiber runs
    void *stack_pointer;  // of the scheduler, while a fiber runs
    enum { finished, yielded, stopped } event;  // why a fiber came back to the scheduler
    uint32_t resident;                          // slots in use: the first of `slots`
    Block *slots[SLOTS];
    alignas(16) char signal_stack[64 << 10];
};

// A process's workers with their slots; made once, used by every kernel library that it loads.
struct Machine {
    Worker worker[WORKERS];
};

// --- what the kernel and the traced build may call ---------------------------------------------

extern "C" {
// Record a finding (thread-safe, kept while there is room). `fatal` ends the launch: the calling
// fiber never returns from it.
void emu_report(const Finding &finding, bool fatal);
// Fill in block, thread and line of whoever runs on this stack.
Finding emu_finding(Kind kind, int32_t line);
// Let the rest of the warp catch up; returns when this lane goes on. For the traced build's
// quantum, for spinning threads. Ends a segment.
void emu_pause(void);
// Line of the student's source at a code address of this library; 0 if it is no code of theirs.
// `nearest`: the last line of theirs before it, in the same function.
int32_t emu_line(uint64_t address, bool nearest);

// Static variables placed so far; each lies at the same offset in every block of this library.
// Their bytes, and the dynamic ones, are 0xFF when a block begins (or a variable is placed).
extern SharedVariable *emu_shared_variables;
extern const Line emu_lines[];  // from the kernel's assembly; the last has address 0
extern Variable emu_variables[];
}

// --- hooks: trace.cpp has them; the plain build never calls them --------------------------------
//
// All run outside instrumented code, on the scheduler's or a fiber's stack, and may not pause
// unless it says so. The order of a warp's life: its lanes run one after the other, each until it
// waits (barrier, warp operation), pauses or finishes: a segment. trace_segment comes when no lane
// of the warp can run; then its logs can be merged. After it, other warps have their turn.
//
// When the time is up a signal ends the fiber at an instruction of the kernel itself, never in code
// of the runtime or of the hooks; else emu_pause does, or a barrier. A hook that runs long reads
// launch->stop now and then; if set, it may call emu_stop.

extern "C" {
void trace_launch_begin(Machine &, Launch &);  // once, before any worker runs
void trace_launch_end(Machine &, Launch &);    // once, after all: also after a crash or timeout
void trace_block_begin(Block &);               // a block moves in: block.block, number are set
void trace_block_end(Block &);                 // it has finished, or was given up
void trace_segment(Block &, uint32_t warp);
// Every live thread of the block is at a barrier and goes on: what came before is ordered before
// what comes after. All its warps' segments have been merged.
void trace_barrier(Block &);
// Lanes in `mask` passed a warp operation or __syncwarp together (their segments: merged).
void trace_warp(Block &, uint32_t warp, uint32_t mask, int32_t line);
// Atomics, called by the shim at the student's call (return address: in the kernel) before the
// operation, which itself is not instrumented. Also for fences: size 0, address null.
// annotate.py puts the `site` in.
void trace_atomic(const volatile void *address, uint32_t size, int32_t line, uint32_t site = 0);
// The launch should end: gives up this fiber and its block, does not return.
[[noreturn]] void emu_stop(void);
}

}  // namespace emu
