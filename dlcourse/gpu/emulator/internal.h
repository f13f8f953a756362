// What the runtime's files share with each other, and with the shim.
#pragma once
#include "runtime.h"

#ifdef TRACED
#define HOOK(call) call
#else
#define HOOK(call) ((void)0)
#endif

#ifdef _WIN32
#define EXPORT extern "C" __declspec(dllexport)
#else
#define EXPORT extern "C" __attribute__((visibility("default")))
#endif

namespace emu {

// Where things lie in a slot.
constexpr uint32_t SHARED_AT = 1 << 18;               // static variables, red zones between them
constexpr uint32_t DYNAMIC_AT = 3 << 18;              // dynamic shared memory
constexpr uint32_t STACKS_AT = 1 << 20;
constexpr uint32_t GUARD = 16 << 10;  // of a stack: no man's land
#if defined(__APPLE__) && defined(__aarch64__)
constexpr uint32_t STACK = 7 << 14;  // an odd number of pages, or they crowd in the TLB
#else
constexpr uint32_t STACK = 25 << 12;
#endif
static_assert(sizeof(Block) < SHARED_AT && STACKS_AT + THREADS * STACK <= SLOT, "fits");
constexpr unsigned char UNTOUCHED = 0xFF;  // shared memory's bytes before anyone writes: NaN, -1

// Tops are spread over the lines of a cache: stacks lie at a distance that divides its size.
inline char *stack_top(Block &b, uint32_t thread) {
    return (char *)&b + STACKS_AT + (thread + 1) * STACK - thread % 16 * 256;
}

// A name of a record, cut if it is too long.
inline void copy_name(char (&to)[48], const char *from) {
    uint32_t i = 0;
    for (; from[i] && i + 1 < sizeof(to); i++) to[i] = from[i];
    to[i] = 0;
}

// runtime.cpp
void enter(Block &);             // the scheduler lets a block run
void leave(Block &, int event);  // the fiber gives the worker back to the scheduler
void begin_threads(Block &);     // makes a block's threads ready
// warp.cpp
void exchange(Fiber *lanes, Operation, uint32_t mask);
inline void end_soon(Launch &launch) {
    if (!launch.stop) launch.stop = ENDED;
}

// report.cpp
void emu_record(Launch &, const Finding &);
void report_missed(Block &);
void report_diverged(Block &);
[[noreturn]] void report_deadlock(Block &);
void check_red_zones(Block &);
// crash.cpp
void give_up_late(Block &);  // the running thread, when the launch should stop: never returns
void listen(Machine &);    // to signals: crashes, the clock
void watch(Worker &);      // makes this OS thread one of those that they concern
uint64_t clock_now(void);  // nanoseconds
// shared.cpp
uint32_t shared_top(void);  // bytes of static variables with their red zones

extern "C" {
// Of the kernel's library: runs the kernel for thread after thread; never returns.
void emu_kernel(void);

// What the shim calls.
void emu_finished(void);
void emu_barrier(int32_t line);
int32_t emu_barrier_reduce(int32_t predicate, int32_t which, int32_t line);
void emu_warp(Operation, uint32_t mask, uint64_t value, int32_t source, int32_t line);
void emu_place(SharedVariable *);
void emu_print(const char *format, ...);
[[noreturn]] void emu_fail(const char *condition, int32_t line);
void emu_spin(void);  // a sign that the thread waits for another
}

}  // namespace emu
