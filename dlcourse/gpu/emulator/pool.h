// Memory of one launch: zeroed, taken in pieces, given back all at once.
#pragma once
#include "memory.h"

#ifdef _WIN32
extern "C" __declspec(dllimport) int VirtualFree(void *, size_t, unsigned long);
#endif

namespace emu {

inline void give_back(void *at, size_t size) {
#ifdef _WIN32
    (void)size, VirtualFree(at, 0, 0x8000);
#else
    munmap(at, size);
#endif
}

class Pool {
    struct Piece {
        Piece *next;
        size_t size;
    };
    Piece *pieces = nullptr;
    char *at = nullptr, *end = nullptr;

    char *piece(size_t size) {
        size = (size + sizeof(Piece) + 0xFFFFF) & ~size_t(0xFFFFF);
        Piece *fresh = (Piece *)reserve(size, 1 << 16);
        if (!fresh) __builtin_trap();
        *fresh = {pieces, size};
        pieces = fresh;
        at = (char *)(fresh + 1);
        end = (char *)fresh + size;
        return at;
    }

  public:
    template <class T> T *take(size_t count = 1) {
        size_t size = (count * sizeof(T) + 63) & ~size_t(63);
        if (size > size_t(end - at)) {
            if (size > 1 << 18) return (T *)alone(size);
            piece(1 << 20);
        }
        T *result = (T *)at;
        at += size;
        return result;
    }

    // A large piece does not disturb the one that small ones are cut from.
    char *alone(size_t size) {
        char *kept_at = at, *kept_end = end, *result = piece(size);
        at = kept_at, end = kept_end;
        return result;
    }

    // An array of room for more: its first `count` entries are kept.
    template <class T> T *grow(T *old, size_t count, size_t room) {
        T *result = take<T>(room);
        if (old) __builtin_memcpy(result, old, count * sizeof(T));
        return result;
    }

    void clear() {
        while (Piece *first = pieces) {
            pieces = first->next;
            give_back(first, first->size);
        }
        at = end = nullptr;
    }
};

}  // namespace emu
