// Half precision: stored in 16 bits, computed in float and rounded, as exact as a GPU's.
#pragma once

namespace emu {
extern "C" float emu_widen(uint16_t half);
extern "C" uint16_t emu_narrow(float value);
}  // namespace emu

struct __half {
    uint16_t bits;
    __half() = default;
    EMU_METHOD __half(float value) : bits(emu::emu_narrow(value)) {}
    EMU_METHOD __half(double value) : bits(emu::emu_narrow(float(value))) {}
    EMU_METHOD __half(int value) : bits(emu::emu_narrow(float(value))) {}
    EMU_METHOD operator float() const { return emu::emu_widen(bits); }
};
using half = __half;

struct __attribute__((aligned(4))) __half2 {
    __half x, y;
};
using half2 = __half2;

EMU_INLINE __half __float2half(float x) { return x; }
EMU_INLINE __half __float2half_rn(float x) { return x; }
EMU_INLINE __half __double2half(double x) { return x; }
EMU_INLINE __half __int2half_rn(int x) { return x; }
EMU_INLINE float __half2float(__half x) { return x; }
EMU_INLINE int __half2int_rn(__half x) { return int(rintf(x)); }
EMU_INLINE unsigned short __half_as_ushort(__half x) { return x.bits; }
EMU_INLINE __half __ushort_as_half(unsigned short bits) { return emu::bits<__half>(bits); }

#define EMU_HALF(operation, name)                                                              \
    EMU_INLINE __half operator operation(__half a, __half b) {                                 \
        return float(a) operation float(b);                                                    \
    }                                                                                          \
    EMU_INLINE __half &operator operation##=(__half &a, __half b) {                            \
        return a = a operation b;                                                              \
    }                                                                                          \
    EMU_INLINE __half __h##name(__half a, __half b) { return a operation b; }                  \
    EMU_INLINE __half2 __h##name##2(__half2 a, __half2 b) {                                    \
        return {a.x operation b.x, a.y operation b.y};                                         \
    }                                                                                          \
    EMU_INLINE __half2 operator operation(__half2 a, __half2 b) {                              \
        return {a.x operation b.x, a.y operation b.y};                                         \
    }
EMU_HALF(+, add)
EMU_HALF(-, sub)
EMU_HALF(*, mul)
EMU_HALF(/, div)
#undef EMU_HALF

EMU_INLINE __half operator-(__half a) { return emu::bits<__half>(uint16_t(a.bits ^ 0x8000)); }
EMU_INLINE __half __hneg(__half a) { return -a; }
EMU_INLINE __half __habs(__half a) { return emu::bits<__half>(uint16_t(a.bits & 0x7fff)); }
EMU_INLINE __half __hfma(__half a, __half b, __half c) {
    return double(float(a)) * double(float(b)) + double(float(c));
}
EMU_INLINE __half2 __hfma2(__half2 a, __half2 b, __half2 c) {
    return {__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y)};
}
EMU_INLINE __half __hmax(__half a, __half b) { return float(a) > float(b) ? a : b; }
EMU_INLINE __half __hmin(__half a, __half b) { return float(a) < float(b) ? a : b; }
EMU_INLINE bool __hgt(__half a, __half b) { return float(a) > float(b); }
EMU_INLINE bool __hlt(__half a, __half b) { return float(a) < float(b); }
EMU_INLINE bool __heq(__half a, __half b) { return float(a) == float(b); }
EMU_INLINE __half hexp(__half x) { return expf(x); }
EMU_INLINE __half hlog(__half x) { return logf(x); }
EMU_INLINE __half hsqrt(__half x) { return sqrtf(x); }

EMU_INLINE __half2 __halves2half2(__half x, __half y) { return {x, y}; }
EMU_INLINE __half2 make_half2(__half x, __half y) { return {x, y}; }
EMU_INLINE __half2 __half2half2(__half x) { return {x, x}; }
EMU_INLINE __half2 __float2half2_rn(float x) { return {x, x}; }
EMU_INLINE __half2 __floats2half2_rn(float x, float y) { return {x, y}; }
EMU_INLINE __half2 __float22half2_rn(float2 v) { return {v.x, v.y}; }
EMU_INLINE float2 __half22float2(__half2 v) { return {v.x, v.y}; }
EMU_INLINE __half __low2half(__half2 v) { return v.x; }
EMU_INLINE __half __high2half(__half2 v) { return v.y; }
EMU_INLINE float __low2float(__half2 v) { return v.x; }
EMU_INLINE float __high2float(__half2 v) { return v.y; }
