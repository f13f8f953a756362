// float4, int2 and their kin: CUDA's names, sizes and alignments.
#pragma once

// Compilers for processors may load and store them by parts; a GPU moves them in one piece, and so
// does the traced build.
#ifdef TRACED
#define EMU_PIECE(type, n) typedef type piece __attribute__((vector_size(n * sizeof(type))));
#define EMU_MOVES(T)                                                                           \
    T() = default;                                                                             \
    T(const T &o) { *(piece *)this = *(const piece *)&o; }                                     \
    T &operator=(const T &o) { return *(piece *)this = *(const piece *)&o, *this; }
#define EMU_WHOLE2(T, type)                                                                    \
    EMU_PIECE(type, 2) EMU_MOVES(T) constexpr T(type x, type y) : x(x), y(y) {}
#define EMU_WHOLE4(T, type)                                                                    \
    EMU_PIECE(type, 4)                                                                         \
    EMU_MOVES(T)                                                                               \
    constexpr T(type x, type y, type z, type w) : x(x), y(y), z(z), w(w) {}
#else
#define EMU_WHOLE2(T, type)
#define EMU_WHOLE4(T, type)
#endif

#define EMU_VECTORS(name, type, align2, align4)                                                \
    struct name##1 { type x; };                                                                \
    struct __attribute__((aligned(align2))) name##2 {                                          \
        type x, y;                                                                             \
        EMU_WHOLE2(name##2, type)                                                              \
    };                                                                                         \
    struct name##3 { type x, y, z; };                                                          \
    struct __attribute__((aligned(align4))) name##4 {                                          \
        type x, y, z, w;                                                                       \
        EMU_WHOLE4(name##4, type)                                                              \
    };                                                                                         \
    EMU_INLINE constexpr name##1 make_##name##1(type x) { return {x}; }                        \
    EMU_INLINE constexpr name##2 make_##name##2(type x, type y) { return {x, y}; }             \
    EMU_INLINE constexpr name##3 make_##name##3(type x, type y, type z) { return {x, y, z}; }  \
    EMU_INLINE constexpr name##4 make_##name##4(type x, type y, type z, type w) {              \
        return {x, y, z, w};                                                                   \
    }

EMU_VECTORS(char, signed char, 2, 4)
EMU_VECTORS(uchar, unsigned char, 2, 4)
EMU_VECTORS(short, short, 4, 8)
EMU_VECTORS(ushort, unsigned short, 4, 8)
EMU_VECTORS(int, int, 8, 16)
EMU_VECTORS(longlong, long long, 16, 16)
EMU_VECTORS(ulonglong, unsigned long long, 16, 16)
EMU_VECTORS(float, float, 8, 16)
EMU_VECTORS(double, double, 16, 16)
EMU_VECTORS(long, long, 2 * sizeof(long), 16)
EMU_VECTORS(ulong, unsigned long, 2 * sizeof(long), 16)
#undef EMU_VECTORS

struct uint1 { unsigned x; };  // uint3 is what threadIdx is
struct __attribute__((aligned(8))) uint2 {
    unsigned x, y;
    EMU_WHOLE2(uint2, unsigned)
};
struct __attribute__((aligned(16))) uint4 {
    unsigned x, y, z, w;
    EMU_WHOLE4(uint4, unsigned)
};
EMU_INLINE constexpr uint1 make_uint1(unsigned x) { return {x}; }
EMU_INLINE constexpr uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
EMU_INLINE constexpr uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return {x, y, z}; }
EMU_INLINE constexpr uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) {
    return {x, y, z, w};
}

template <class T> EMU_INLINE T __ldg(const T *p) { return *p; }
template <class T> EMU_INLINE T __ldcg(const T *p) { return *p; }
template <class T> EMU_INLINE T __ldcs(const T *p) { return *p; }
template <class T> EMU_INLINE void __stcg(T *p, T value) { *p = value; }
template <class T> EMU_INLINE void __stcs(T *p, T value) { *p = value; }
