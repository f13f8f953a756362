// Address space from the operating system: stacks, shared memory, guard pages.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32

extern "C" {
__declspec(dllimport) void *VirtualAlloc(void *, size_t, unsigned long, unsigned long);
__declspec(dllimport) int VirtualProtect(void *, size_t, unsigned long, unsigned long *);
}

// Zeroed memory, aligned to its own size or to `align`; null if there is none.
inline char *reserve(size_t size, size_t align) {
    char *all = (char *)VirtualAlloc(nullptr, size + align, 0x2000, 1);  // reserve, no access
    if (!all) return nullptr;
    char *base = (char *)(((uintptr_t)all + align - 1) & ~(uintptr_t)(align - 1));
    return (char *)VirtualAlloc(base, size, 0x1000, 4);  // commit, read and write
}

inline void forbid(void *at, size_t size, bool forbidden) {
    unsigned long before;
    VirtualProtect(at, size, forbidden ? 1 : 4, &before);
}

#else

#include <sys/mman.h>

// Zeroed memory at a multiple of `align`, taken from the machine when touched; null if none.
inline char *reserve(size_t size, size_t align) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *all = (char *)mmap(nullptr, size + align, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (all == MAP_FAILED) return nullptr;
    char *base = (char *)(((uintptr_t)all + align - 1) & ~(uintptr_t)(align - 1));
    if (base > all) munmap(all, base - all);
    if (base < all + align) munmap(base + size, all + align - base);
    return base;
}

// Make whole pages trap when touched, or usable again.
inline void forbid(void *at, size_t size, bool forbidden) {
    mprotect(at, size, forbidden ? PROT_NONE : PROT_READ | PROT_WRITE);
}

#endif
