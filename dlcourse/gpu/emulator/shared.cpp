// Places __shared__ variables: each at one offset, the same in every block of the library.
#include "internal.h"

namespace emu {

extern "C" {
SharedVariable *emu_shared_variables;
}
static uint32_t top = RED_ZONE;  // offset 0 means: not placed
static uint32_t lock = 0;        // workers may come to a declaration at the same time

uint32_t shared_top(void) { return __atomic_load_n(&top, __ATOMIC_ACQUIRE); }

static bool place(SharedVariable &v) {
    uint32_t size = (v.size + RED_ZONE - 1) / RED_ZONE * RED_ZONE + RED_ZONE;
    if (v.size > SHARED || top + size > SHARED) return false;
    v.next = emu_shared_variables;
    uint32_t offset = top;
    __atomic_store_n(&emu_shared_variables, &v, __ATOMIC_RELEASE);
    __atomic_store_n(&top, top + size, __ATOMIC_RELEASE);
    __atomic_store_n(&v.offset, offset, __ATOMIC_RELEASE);
    return true;
}

extern "C" void emu_place(SharedVariable *v) {
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) {}
    bool placed = v->offset || place(*v);
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
    if (!placed) emu_fail("shared memory is large enough", v->line);
}

}  // namespace emu
