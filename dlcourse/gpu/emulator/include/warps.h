// Shuffles, votes and the like: the runtime moves 64 bits from lane to lane, whatever the type.
#pragma once

namespace emu {

template <class T> EMU_INLINE uint64_t carry(T value) {
    static_assert(sizeof(T) <= 8, "shuffles move types of up to 8 bytes");
    uint64_t whole = 0;
    __builtin_memcpy(&whole, &value, sizeof(T));
    return whole;
}

template <class T> EMU_INLINE T carried(uint64_t whole) {
    T value;
    __builtin_memcpy(&value, &whole, sizeof(T));
    return value;
}

#ifdef TRACED
extern "C" __attribute__((const)) int emu_lane(void);
extern "C" uint64_t emu_given(void);
EMU_INLINE int lane() { return emu_lane(); }
#else
EMU_INLINE int lane() { return int(self().current % LANES); }
EMU_INLINE uint64_t emu_given() { return self().fibers[self().current].value; }
#endif

// A warp operation: wait for the lanes in `mask`, then take what it gives to this lane.
EMU_INLINE uint64_t meet(Operation what, unsigned mask, uint64_t value, int source, int32_t line) {
    emu_warp(what, mask, value, source, line);
    return emu_given();
}

template <class T> EMU_INLINE T shuffle(unsigned mask, T value, int source, int32_t line) {
    return carried<T>(meet(Operation::shuffle, mask, carry(value), source, line));
}

// The lane to read from, if it lies in this lane's group of `width`; else this one.
EMU_INLINE int within(int source, int lane, int width) {
    return source / width == lane / width && source >= 0 ? source : lane;
}

}  // namespace emu

template <class T>
EMU_INLINE T __shfl_sync(unsigned mask, T value, int source, int width = 32, EMU_HERE) {
    int first = emu::lane() & ~(width - 1);
    return emu::shuffle(mask, value, first + (source & (width - 1)), line);
}
template <class T>
EMU_INLINE T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, EMU_HERE) {
    int lane = emu::lane();
    return emu::shuffle(mask, value, emu::within(lane - int(delta), lane, width), line);
}
template <class T>
EMU_INLINE T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, EMU_HERE) {
    int lane = emu::lane();
    return emu::shuffle(mask, value, emu::within(lane + int(delta), lane, width), line);
}
template <class T>
EMU_INLINE T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32, EMU_HERE) {
    int lane = emu::lane(), source = lane ^ lanes;
    return emu::shuffle(mask, value, source / width <= lane / width ? source : lane, line);
}

EMU_INLINE void __syncwarp(unsigned mask = 0xffffffff, EMU_HERE) {
    emu::meet(emu::Operation::sync, mask, 0, 0, line);
}
EMU_INLINE unsigned __activemask(EMU_HERE) {
    return unsigned(emu::meet(emu::Operation::active, 0xffffffff, 0, 0, line));
}
EMU_INLINE unsigned __ballot_sync(unsigned mask, int predicate, EMU_HERE) {
    return unsigned(emu::meet(emu::Operation::ballot, mask, predicate != 0, 0, line));
}
EMU_INLINE int __any_sync(unsigned mask, int predicate, EMU_HERE) {
    return emu::meet(emu::Operation::ballot, mask, predicate != 0, 0, line) != 0;
}
EMU_INLINE int __all_sync(unsigned mask, int predicate, EMU_HERE) {
    return emu::meet(emu::Operation::ballot, mask, predicate == 0, 0, line) == 0;
}
template <class T> EMU_INLINE unsigned __match_any_sync(unsigned mask, T value, EMU_HERE) {
    return unsigned(emu::meet(emu::Operation::match_any, mask, emu::carry(value), 0, line));
}
template <class T>
EMU_INLINE unsigned __match_all_sync(unsigned mask, T value, int *equal, EMU_HERE) {
    uint64_t all = emu::meet(emu::Operation::match_all, mask, emu::carry(value), 0, line);
    *equal = all != 0;
    return unsigned(all);
}

#define EMU_REDUCE(name, type, operation)                                                     \
    EMU_INLINE type name(unsigned mask, type value, EMU_HERE) {                               \
        uint64_t whole = uint32_t(value);                                                     \
        return type(emu::meet(emu::Operation::operation, mask, whole, 0, line));          \
    }
EMU_REDUCE(__reduce_add_sync, int, add)
EMU_REDUCE(__reduce_add_sync, unsigned, add)
EMU_REDUCE(__reduce_min_sync, int, min_signed)
EMU_REDUCE(__reduce_max_sync, int, max_signed)
EMU_REDUCE(__reduce_min_sync, unsigned, min_unsigned)
EMU_REDUCE(__reduce_max_sync, unsigned, max_unsigned)
EMU_REDUCE(__reduce_and_sync, unsigned, bit_and)
EMU_REDUCE(__reduce_or_sync, unsigned, bit_or)
EMU_REDUCE(__reduce_xor_sync, unsigned, bit_xor)
#undef EMU_REDUCE
