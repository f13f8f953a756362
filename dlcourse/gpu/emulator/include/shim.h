// What nvcc knows without being told, for a host compiler: put before the student's source.
//
// Qualifiers, indices, vector types (vectors.h), mathematics (maths.h), warp operations (warps.h),
// atomics (atomics.h). Shared variables are declared by rewrite.py in the words of this file.
#pragma once
#include "../runtime.h"

#include "../internal.h"

#ifdef TRACED  // where it would lose its instrumentation
#define __global__
#else  // into emu_kernel: processors do not foresee where the return of a fiber leads to
#define __global__ __attribute__((always_inline))
#ifndef __clang__  // what GCC 12 guesses then makes it keep sums of inner loops in memory
#pragma GCC optimize("no-guess-branch-probability")
#endif
#endif
#define __device__
#define __host__
#define __constant__
#define __managed__
#define __grid_constant__
#define __launch_bounds__(...)
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))
#define __CUDA_ARCH__ 900
#define __CUDACC__ 1
#define EMU_INLINE static inline __attribute__((always_inline))
#define EMU_METHOD inline __attribute__((always_inline))
#define EMU_HERE int32_t line = __builtin_LINE()  // of the call: a default argument

using uint3 = emu::Index;

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
    constexpr dim3(uint3 i) : x(i.x), y(i.y), z(i.z) {}
};

// The traced build asks functions, whose calls are no memory accesses.
#ifdef TRACED
namespace emu {
extern "C" __attribute__((const)) Index emu_thread(void), emu_block(void);
extern "C" __attribute__((const)) Index emu_block_size(void), emu_grid_size(void);
}  // namespace emu
#define threadIdx (emu::emu_thread())
#define blockIdx (emu::emu_block())
#define blockDim (emu::emu_block_size())
#define gridDim (emu::emu_grid_size())
#else
#define threadIdx ((const uint3 &)emu::self().thread)
#define blockIdx ((const uint3 &)emu::self().block)
#define blockDim ((const uint3 &)emu::self().block_size)
#define gridDim ((const uint3 &)emu::self().grid_size)
#endif
constexpr int warpSize = 32;

// --- barriers, fences, clocks ---------------------------------------------------------------

EMU_INLINE void __syncthreads(EMU_HERE) { emu::emu_barrier(line); }
EMU_INLINE int __syncthreads_count(int predicate, EMU_HERE) {
    return emu::emu_barrier_reduce(predicate, 0, line);
}
EMU_INLINE int __syncthreads_and(int predicate, EMU_HERE) {
    return emu::emu_barrier_reduce(predicate, 1, line);
}
EMU_INLINE int __syncthreads_or(int predicate, EMU_HERE) {
    return emu::emu_barrier_reduce(predicate, 2, line);
}

namespace emu {
EMU_INLINE void fence(int32_t line) {
    (void)line;
    HOOK(trace_atomic(nullptr, 0, line));
#ifdef TRACED  // which has one worker
    asm volatile("" ::: "memory");
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
    emu_spin();
}
}  // namespace emu

EMU_INLINE void __threadfence(EMU_HERE) { emu::fence(line); }
EMU_INLINE void __threadfence_block(EMU_HERE) { emu::fence(line); }
EMU_INLINE void __threadfence_system(EMU_HERE) { emu::fence(line); }
EMU_INLINE void __nanosleep(unsigned) { emu::emu_pause(); }

// Counts instructions of nobody's: it grows, and that is all.
EMU_INLINE long long clock64() {
#if defined(__aarch64__)
    long long ticks;
    asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return (long long)__builtin_ia32_rdtsc();
#endif
}
EMU_INLINE int clock() { return int(clock64()); }

#define printf(...) emu::emu_print(__VA_ARGS__)
#undef assert
#define assert(condition) ((condition) ? (void)0 : emu::emu_fail(#condition, __LINE__))
EMU_INLINE void __trap(EMU_HERE) { emu::emu_fail(nullptr, line); }

// --- shared variables -------------------------------------------------------------------------

namespace emu {

template <class T> struct element_of { using type = T; };
template <class T, size_t n> struct element_of<T[n]> : element_of<T> {};

template <class T> struct Declared : SharedVariable {
    constexpr Declared(const char *name, int32_t line)
        : SharedVariable{name, sizeof(T), sizeof(typename element_of<T>::type), line, 0, nullptr} {}
};

#ifdef TRACED
extern "C" void *emu_shared(SharedVariable *);
template <class T> EMU_INLINE T &shared(Declared<T> &v) { return *(T *)emu_shared(&v); }
extern "C" __attribute__((const)) void *emu_dynamic(void);
EMU_INLINE void *dynamic() { return emu_dynamic(); }
#else
template <class T> EMU_INLINE T &shared(Declared<T> &variable) {
    if (__builtin_expect(!variable.offset, 0)) emu_place(&variable);
    return *(T *)(self().shared + variable.offset);
}
EMU_INLINE void *dynamic() { return self().dynamic_shared; }
#endif

// `extern __shared__ T name[];`, also at file scope.
template <class T> struct Dynamic {
    operator T *() const { return (T *)dynamic(); }
};

// --- launching ----------------------------------------------------------------------------------

template <size_t... i> struct index_list {};
template <size_t n, size_t... i> struct first : first<n - 1, n - 1, i...> {};
template <size_t... i> struct first<0, i...> { using type = index_list<i...>; };

// The next thread of the warp and of the row, if it has not started, goes on with this stack: two
// stores, which `settle` (runtime.cpp) makes good for. The fences keep a signal from seeing half.
EMU_INLINE void next() {
    asm volatile("" ::: "memory");
    Block &b = self();
    uint32_t n = b.current + 1;
    if (n >= b.started && n % LANES && b.thread.x + 1 < b.block_size.x) {
        b.current = n;
        b.thread.x++;
    } else {
        emu_finished();
    }
    asm volatile("" ::: "memory");
}

// Calls a kernel with the arguments found at given addresses, for one thread after the other.
template <class Function> struct Thunk;
template <class... A> struct Thunk<void (*)(A...)> {
    template <class F> EMU_INLINE void repeat(F kernel, A... arguments) {
        for (;;) {
            kernel(arguments...);
            next();
        }
    }
    template <class F, size_t... i>
    EMU_INLINE void run(F kernel, const uint64_t *a, index_list<i...>) {
        repeat(kernel, *(A *)a[i]...);
    }
    template <class F> EMU_INLINE void run(F kernel, const uint64_t *addresses) {
        run(kernel, addresses, typename first<sizeof...(A)>::type());
    }
};

}  // namespace emu

#ifdef TRACED
template <class F> EMU_INLINE F emu_hidden(F kernel) {
    asm("" : "+r"(kernel));
    return kernel;
}
#define EMU_CALLED(...) emu_hidden(&__VA_ARGS__)
#else
#define EMU_CALLED(...) [](auto... arguments) { __VA_ARGS__(arguments...); }
#endif

// The end of a kernel library: its kernel, which may be called what it likes.
#define EMU_KERNEL(...)                                                                        \
    extern "C" void emu_kernel(void) {                                                         \
        emu::Thunk<decltype(&__VA_ARGS__)>::run(EMU_CALLED(__VA_ARGS__),                       \
                                                emu::self().launch->arguments);                \
    }

// And its __constant__ and __device__ variables, by name.
#define EMU_VARIABLE(name, space)                                                              \
    {#name, (void *)&name, sizeof(name),                                                       \
     sizeof(typename emu::element_of<__typeof__(name)>::type), emu::Space::space}
#define EMU_VARIABLES(...)                                                                     \
    EXPORT emu::Variable emu_variables[];                                                      \
    emu::Variable emu_variables[] = {__VA_ARGS__ __VA_OPT__(, ) {}};

#include "atomics.h"
#include "maths.h"
#include "vectors.h"
#include "warps.h"
