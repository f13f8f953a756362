// What the shim asks for in the traced build, where a look at memory would count as the kernel's.
#include "internal.h"

namespace emu {
extern "C" {

Index emu_thread(void) { return self().thread; }
Index emu_block(void) { return self().block; }
Index emu_block_size(void) { return self().block_size; }
Index emu_grid_size(void) { return self().grid_size; }
uint64_t emu_given(void) { return self().fibers[self().current].value; }
int emu_lane(void) { return int(self().current % LANES); }
void *emu_dynamic(void) { return self().dynamic_shared; }

void *emu_shared(SharedVariable *v) {
    if (!v->offset) emu_place(v);
    return self().shared + v->offset;
}

uint64_t emu_load(const volatile void *p, uint32_t size) {
    if (size == 2) return __atomic_load_n((const volatile uint16_t *)p, __ATOMIC_RELAXED);
    if (size == 4) return __atomic_load_n((const volatile uint32_t *)p, __ATOMIC_RELAXED);
    return __atomic_load_n((const volatile uint64_t *)p, __ATOMIC_RELAXED);
}

}  // extern "C"

template <class T> static int exchange(volatile void *p, uint64_t *expected, uint64_t desired) {
    T before = T(*expected);
    int done = __atomic_compare_exchange_n((volatile T *)p, &before, T(desired), false,
                                           __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    *expected = before;
    return done;
}

extern "C" int emu_exchange(volatile void *p, uint32_t size, uint64_t *expected, uint64_t desired) {
    if (size == 2) return exchange<uint16_t>(p, expected, desired);
    if (size == 4) return exchange<uint32_t>(p, expected, desired);
    return exchange<uint64_t>(p, expected, desired);
}

}  // namespace emu
