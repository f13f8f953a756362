// Hands blocks to workers: an OS thread takes one after the other until the grid is done.
//
// A worker holds one block at a time, unless its threads only wait for other blocks (a lock, a
// flag): then it takes in another beside it, up to SLOTS, and goes round among them.
#include "internal.h"
#include "memory.h"

namespace emu {

static Block *make_slot(Worker &worker) {
    char *base = reserve(SLOT, SLOT);
    if (!base) return nullptr;
    Block &b = *(Block *)base;
    b.worker = &worker;
    b.shared = base + SHARED_AT;
    b.dynamic_shared = base + DYNAMIC_AT;
    __builtin_memset(b.shared, UNTOUCHED, SHARED);
    forbid(base + DYNAMIC_AT - GUARD, GUARD, true);
    forbid(base + STACKS_AT - GUARD, GUARD, true);
    return &b;
}

static void guard_stacks(Block &b) {
    for (; b.guarded < b.threads; b.guarded++)
        forbid((char *)&b + STACKS_AT + b.guarded * STACK, GUARD, true);
}

static void number_threads(Block &b, Index size) {
    if (b.block_size.x == size.x && b.block_size.y == size.y && b.block_size.z == size.z) return;
    b.block_size = size;
    uint32_t i = 0;
    for (uint32_t z = 0; z < size.z; z++)
        for (uint32_t y = 0; y < size.y; y++)
            for (uint32_t x = 0; x < size.x; x++) b.index[i++] = {x, y, z};
    b.threads = i;
    guard_stacks(b);
}

// Shared memory as no kernel may rely on it: all ones, also between the variables.
static void clear_shared(Block &b) {
    uint32_t top = shared_top();
    if (b.used < top) b.used = top;
    __builtin_memset(b.shared, UNTOUCHED, b.used);
    __builtin_memset(b.dynamic_shared, UNTOUCHED, b.launch->dynamic_shared);
    b.used = top;
}

static void move_in(Block &b, Launch &launch, uint64_t number) {
    b.launch = &launch;
    b.number = number;
    b.grid_size = launch.grid;
    number_threads(b, launch.block);
    uint64_t x = launch.grid.x, y = launch.grid.y;
    b.block = {uint32_t(number % x), uint32_t(number / x % y), uint32_t(number / (x * y))};
    clear_shared(b);
    begin_threads(b);
    HOOK(trace_block_begin(b));
}

static void move_out(Block &b, bool finished) {
#ifndef TRACED  // whose checks see every access
    if (finished) check_red_zones(b);
#endif
    (void)finished;
    if (b.used < shared_top()) b.used = shared_top();
    HOOK(trace_block_end(b));
}

// Is there a block that nobody has taken, and a slot for it? Then it moves in.
static bool take(Worker &w) {
    if (w.resident == SLOTS) return false;
    Launch &launch = *w.launch;
    Block *&slot = w.slots[w.resident];
    if (!slot) slot = make_slot(w);
    if (!slot) return false;
    uint64_t number = __atomic_fetch_add(&launch.next_block, 1, __ATOMIC_RELAXED);
    if (number >= launch.blocks) return false;
    w.resident++;
    move_in(*slot, launch, number);
    return true;
}

static void retire(Worker &w, uint32_t turn) {
    Block *done = w.slots[turn];
    move_out(*done, true);
    w.slots[turn] = w.slots[--w.resident];
    w.slots[w.resident] = done;
}

EXPORT void emu_run(Machine *machine, Launch *launch, uint32_t number) {
    Worker &w = machine->worker[number];
    w.machine = machine;
    w.number = number;
    w.launch = launch;
    w.resident = 0;
    w.event = Worker::finished;
    watch(w);
    w.active = 1;
    for (uint32_t turn = 0; !launch->stop;) {
        bool room = !w.resident || w.event == Worker::yielded;
        if (room && take(w)) turn = w.resident - 1;
        else if (!w.resident) break;
        else turn = (turn ? turn : w.resident) - 1;  // newest first: it waits for nobody, often
        w.running = w.slots[turn];
        enter(*w.running);
        w.running = nullptr;
        if (w.event == Worker::finished) retire(w, turn);
        if (w.event == Worker::stopped) end_soon(*launch);
    }
    while (w.resident) move_out(*w.slots[--w.resident], false);
    w.active = 0;
}

// The process's machine; every kernel library is given the one that the first has made.
EXPORT Machine *emu_machine(void) { return (Machine *)reserve(sizeof(Machine) + 65536, 65536); }

EXPORT void emu_begin(Machine *machine, Launch *launch) {
    listen(*machine);
    launch->deadline = clock_now() + launch->time_limit;
    for (Variable *v = emu_variables; v->name && launch->region_count < REGIONS; v++) {
        Region &region = launch->regions[launch->region_count++];
        region = {uint64_t(v->address), v->size, 0, v->element, v->space, {}};
        copy_name(region.name, v->name);
    }
    HOOK(trace_launch_begin(*machine, *launch));
}

EXPORT void emu_end(Machine *machine, Launch *launch) {
    (void)machine;
    for (SharedVariable *v = emu_shared_variables; v; v = v->next) launch->static_shared += v->size;
    HOOK(trace_launch_end(*machine, *launch));
}

// Guard pages around the arrays, which Python places.
EXPORT void emu_forbid(void *at, uint64_t size, int forbidden) { forbid(at, size, forbidden); }

}  // namespace emu
