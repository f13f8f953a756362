// Half precision: conversions to and from float, exact and rounded to nearest, ties to even.
#include "internal.h"

namespace emu {

extern "C" float emu_widen(uint16_t half) {
    uint32_t sign = uint32_t(half & 0x8000) << 16, exponent = half >> 10 & 31, rest = half & 0x3ff;
    float magnitude;
    if (exponent == 0) return sign ? -float(rest) * 0x1p-24f : float(rest) * 0x1p-24f;
    uint32_t bits = (exponent == 31 ? 0x7f800000 : (exponent + 112) << 23) | rest << 13;
    bits |= sign;
    __builtin_memcpy(&magnitude, &bits, 4);
    return magnitude;
}

extern "C" uint16_t emu_narrow(float value) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, 4);
    uint32_t sign = bits >> 16 & 0x8000;
    bits &= 0x7fffffff;
    if (bits > 0x7f800000) return uint16_t(sign | 0x7fff);    // NaN
    if (bits >= 0x477ff000) return uint16_t(sign | 0x7c00);   // too large: infinity
    if (bits < 0x38800000) {                                  // subnormal: let the adder round
        float magnitude;
        __builtin_memcpy(&magnitude, &bits, 4);
        magnitude += 0.5f;
        __builtin_memcpy(&bits, &magnitude, 4);
        return uint16_t(sign | (bits - 0x3f000000));
    }
    bits += 0xfff + (bits >> 13 & 1);
    return uint16_t(sign | (bits - 0x38000000) >> 13);
}

}  // namespace emu
