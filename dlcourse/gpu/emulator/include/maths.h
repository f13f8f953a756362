// Mathematics: C's own functions, CUDA's overloads of them for float and int, and intrinsics.
//
// The fast intrinsics (__expf ...) are as exact here as the slow ones, so results may differ from
// a GPU's in the last digits.
#pragma once

#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define HUGE_VALF __builtin_inff()
#define M_PI 3.14159265358979323846

// Declared here: what a system's own math.h brings along differs too much.
#define EMU_UNARY(name)                                                                        \
    extern "C" float name##f(float x);                                                         \
    extern "C" double name(double x);                                                          \
    EMU_INLINE float name(float x) { return name##f(x); }                                      \
    EMU_INLINE double name(int x) { return name(double(x)); }
EMU_UNARY(sqrt) EMU_UNARY(cbrt) EMU_UNARY(exp) EMU_UNARY(exp2) EMU_UNARY(expm1) EMU_UNARY(log)
EMU_UNARY(log2) EMU_UNARY(log10) EMU_UNARY(log1p) EMU_UNARY(sin) EMU_UNARY(cos) EMU_UNARY(tan)
EMU_UNARY(asin) EMU_UNARY(acos) EMU_UNARY(atan) EMU_UNARY(sinh) EMU_UNARY(cosh) EMU_UNARY(tanh)
EMU_UNARY(floor) EMU_UNARY(ceil) EMU_UNARY(round) EMU_UNARY(trunc) EMU_UNARY(rint)
EMU_UNARY(fabs) EMU_UNARY(erf) EMU_UNARY(erfc)
#undef EMU_UNARY

#define EMU_BINARY(name)                                                                       \
    extern "C" float name##f(float x, float y);                                                \
    extern "C" double name(double x, double y);                                                \
    EMU_INLINE float name(float x, float y) { return name##f(x, y); }                          \
    EMU_INLINE double name(int x, int y) { return name(double(x), double(y)); }                \
    EMU_INLINE double name(double x, int y) { return name(x, double(y)); }                     \
    EMU_INLINE float name(float x, int y) { return name##f(x, float(y)); }
EMU_BINARY(pow) EMU_BINARY(fmod) EMU_BINARY(fmin) EMU_BINARY(fmax) EMU_BINARY(atan2)
EMU_BINARY(hypot) EMU_BINARY(copysign) EMU_BINARY(fdim)
#undef EMU_BINARY

extern "C" float fmaf(float x, float y, float z), ldexpf(float x, int n);
extern "C" double fma(double x, double y, double z), ldexp(double x, int n);
EMU_INLINE float fma(float x, float y, float z) { return fmaf(x, y, z); }
template <class T> EMU_INLINE bool isnan(T x) { return __builtin_isnan(x); }
template <class T> EMU_INLINE bool isinf(T x) { return __builtin_isinf(x); }
template <class T> EMU_INLINE bool isfinite(T x) { return __builtin_isfinite(x); }
EMU_INLINE float rsqrtf(float x) { return 1.0f / sqrtf(x); }
EMU_INLINE double rsqrt(double x) { return 1.0 / sqrt(x); }
EMU_INLINE float rsqrt(float x) { return rsqrtf(x); }

EMU_INLINE int abs(int x) { return x < 0 ? -x : x; }
EMU_INLINE float abs(float x) { return fabsf(x); }
EMU_INLINE double abs(double x) { return fabs(x); }
EMU_INLINE long abs(long x) { return x < 0 ? -x : x; }
EMU_INLINE long long abs(long long x) { return x < 0 ? -x : x; }

template <class A, class B> EMU_INLINE constexpr auto min(A a, B b) -> decltype(a + b) {
    return decltype(a + b)(a) < decltype(a + b)(b) ? a : b;
}
template <class A, class B> EMU_INLINE constexpr auto max(A a, B b) -> decltype(a + b) {
    return decltype(a + b)(a) > decltype(a + b)(b) ? a : b;
}

// The C library may know these names already, as functions: so, macros.
#define __expf(x) expf(x)
#define __exp10f(x) powf(10.0f, x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __log10f(x) log10f(x)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
#define __tanf(x) tanf(x)
#define __powf(x, y) powf(x, y)
#define __fdividef(x, y) ((x) / (y))
#define __fsqrt_rn(x) sqrtf(x)
#define __frsqrt_rn(x) rsqrtf(x)
#define __frcp_rn(x) (1.0f / (x))
#define __fadd_rn(x, y) ((x) + (y))
#define __fsub_rn(x, y) ((x) - (y))
#define __fmul_rn(x, y) ((x) * (y))
#define __fdiv_rn(x, y) ((x) / (y))
#define __fmaf_rn(x, y, z) fmaf(x, y, z)

EMU_INLINE float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1) : 0; }  // NaN becomes 0

EMU_INLINE int __popc(unsigned x) { return __builtin_popcount(x); }
EMU_INLINE int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
EMU_INLINE int __clz(int x) { return x ? __builtin_clz(unsigned(x)) : 32; }
EMU_INLINE int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
EMU_INLINE int __ffs(int x) { return __builtin_ffs(x); }
EMU_INLINE int __ffsll(long long x) { return __builtin_ffsll(x); }
EMU_INLINE unsigned __brev(unsigned x) {
    unsigned reversed = 0;
    for (int i = 0; i < 32; i++) reversed |= (x >> i & 1u) << (31 - i);
    return reversed;
}
EMU_INLINE int __mul24(int x, int y) { return (x << 8 >> 8) * (y << 8 >> 8); }
EMU_INLINE int __mulhi(int x, int y) { return int((long long)x * y >> 32); }
EMU_INLINE unsigned __umulhi(unsigned x, unsigned y) {
    return unsigned((unsigned long long)x * y >> 32);
}

EMU_INLINE int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
EMU_INLINE unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
EMU_INLINE float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
EMU_INLINE float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
EMU_INLINE long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }
EMU_INLINE double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }
EMU_INLINE int __float2int_rn(float x) { return int(rintf(x)); }
EMU_INLINE int __float2int_rz(float x) { return int(x); }
EMU_INLINE int __float2int_rd(float x) { return int(floorf(x)); }
EMU_INLINE int __float2int_ru(float x) { return int(ceilf(x)); }
EMU_INLINE unsigned __float2uint_rn(float x) { return unsigned(rintf(x)); }
EMU_INLINE float __int2float_rn(int x) { return float(x); }
EMU_INLINE float __uint2float_rn(unsigned x) { return float(x); }
EMU_INLINE float __double2float_rn(double x) { return float(x); }
