// Atomic operations on global and shared memory.
//
// One that leaves memory as it was is a sign of a thread that waits (a lock, a flag): after a few
// of those others have their turn. The traced build calls the runtime, which is not instrumented.
#pragma once

namespace emu {

template <size_t size> struct bits_of;
template <> struct bits_of<2> { using type = uint16_t; };
template <> struct bits_of<4> { using type = uint32_t; };
template <> struct bits_of<8> { using type = uint64_t; };

template <class To, class From> EMU_INLINE To bits(From from) {
    static_assert(sizeof(To) == sizeof(From), "same size");
    To to;
    __builtin_memcpy(&to, &from, sizeof(to));
    return to;
}

#ifdef TRACED
extern "C" uint64_t emu_load(const volatile void *, uint32_t size);
extern "C" int emu_exchange(volatile void *, uint32_t size, uint64_t *expected, uint64_t desired);
template <class B> EMU_INLINE B load(volatile B *p) { return B(emu_load(p, sizeof(B))); }
template <class B> EMU_INLINE bool exchange(volatile B *p, B &expected, B desired) {
    uint64_t before = expected;
    bool done = emu_exchange(p, sizeof(B), &before, desired);
    expected = B(before);
    return done;
}
#else
template <class B> EMU_INLINE B load(volatile B *p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
template <class B> EMU_INLINE bool exchange(volatile B *p, B &expected, B desired) {
    return __atomic_compare_exchange_n(p, &expected, desired, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
}
#endif

// Replace *p by change(*p) in one step, and return what it was.
template <class T, class F> EMU_INLINE T update(volatile T *p, F change, int32_t line) {
    (void)line;
    using B = typename bits_of<sizeof(T)>::type;
    HOOK(trace_atomic(p, sizeof(T), line));
    volatile B *place = (volatile B *)p;
    B before = load(place), after;
    do after = bits<B>(T(change(bits<T>(before))));
    while (!exchange(place, before, after));
    if (before == after) emu_spin();
    return bits<T>(before);
}

template <class T> struct same { using type = T; };
template <class T> using same_t = typename same<T>::type;  // a parameter that takes what T is given

}  // namespace emu

#define EMU_ATOMIC(name, expression)                                                          \
    template <class T> EMU_INLINE T name(T *p, emu::same_t<T> v, EMU_HERE) {                  \
        return emu::update(p, [&](T old) { return (expression); }, line);                     \
    }                                                                                         \
    template <class T> EMU_INLINE T name(volatile T *p, emu::same_t<T> v, EMU_HERE) {         \
        return emu::update(p, [&](T old) { return (expression); }, line);                     \
    }                                                                                         \
    template <class T> EMU_INLINE T name##_block(T *p, emu::same_t<T> v, EMU_HERE) {          \
        return name(p, v, line);                                                              \
    }                                                                                         \
    template <class T> EMU_INLINE T name##_system(T *p, emu::same_t<T> v, EMU_HERE) {         \
        return name(p, v, line);                                                              \
    }

EMU_ATOMIC(atomicAdd, old + v)
EMU_ATOMIC(atomicSub, old - v)
EMU_ATOMIC(atomicExch, (void(old), v))
EMU_ATOMIC(atomicMin, old < v ? old : v)
EMU_ATOMIC(atomicMax, old > v ? old : v)
EMU_ATOMIC(atomicAnd, old & v)
EMU_ATOMIC(atomicOr, old | v)
EMU_ATOMIC(atomicXor, old ^ v)
EMU_ATOMIC(atomicInc, old >= v ? 0 : old + 1)
EMU_ATOMIC(atomicDec, old == 0 || old > v ? v : old - 1)
#undef EMU_ATOMIC

template <class T>
EMU_INLINE T atomicCAS(T *p, emu::same_t<T> expected, emu::same_t<T> desired, EMU_HERE) {
    using B = typename emu::bits_of<sizeof(T)>::type;
    B wanted = emu::bits<B>(expected);
    return emu::update(
        p, [&](T old) { return emu::bits<B>(old) == wanted ? desired : old; }, line);
}
template <class T>
EMU_INLINE T atomicCAS(volatile T *p, emu::same_t<T> expected, emu::same_t<T> desired, EMU_HERE) {
    return atomicCAS((T *)p, expected, desired, line);
}
