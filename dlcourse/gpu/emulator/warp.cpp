// Warp operations: what each lane gets, once all lanes of the mask have given their value.
#include "internal.h"

namespace emu {

// A lane that reads from one that gave nothing gets all ones: NaN, or -1.
static void shuffle(Fiber *lanes, uint32_t mask) {
    uint64_t given[LANES];
    for (uint32_t i = 0; i < LANES; i++) given[i] = mask >> i & 1 ? lanes[i].value : ~uint64_t(0);
    for (uint32_t rest = mask; rest; rest &= rest - 1) {
        Fiber &f = lanes[__builtin_ctz(rest)];
        f.value = given[f.source % LANES];
    }
}

static void give_all(Fiber *lanes, uint32_t mask, uint64_t value) {
    for (; mask; mask &= mask - 1) lanes[__builtin_ctz(mask)].value = value;
}

static uint32_t lanes_with(Fiber *lanes, uint32_t mask, uint64_t value) {
    uint32_t found = 0;
    for (; mask; mask &= mask - 1)
        if (lanes[__builtin_ctz(mask)].value == value) found |= mask & -mask;
    return found;
}

static uint32_t ballot(Fiber *lanes, uint32_t mask) {
    uint32_t zero = lanes_with(lanes, mask, 0);
    return mask & ~zero;
}

static void match_any(Fiber *lanes, uint32_t mask) {
    for (uint32_t left = mask; left;) {
        uint64_t value = lanes[__builtin_ctz(left)].value;
        uint32_t same = lanes_with(lanes, left, value);
        left &= ~same;
        give_all(lanes, same, same);
    }
}

static uint32_t reduce(Operation what, uint32_t a, uint32_t b) {
    switch (what) {
    case Operation::add: return a + b;
    case Operation::min_signed: return int32_t(a) < int32_t(b) ? a : b;
    case Operation::max_signed: return int32_t(a) > int32_t(b) ? a : b;
    case Operation::min_unsigned: return a < b ? a : b;
    case Operation::max_unsigned: return a > b ? a : b;
    case Operation::bit_and: return a & b;
    case Operation::bit_or: return a | b;
    default: return a ^ b;
    }
}

static void reduce_all(Fiber *lanes, Operation what, uint32_t mask) {
    uint32_t total = uint32_t(lanes[__builtin_ctz(mask)].value);
    for (uint32_t rest = mask & (mask - 1); rest; rest &= rest - 1)
        total = reduce(what, total, uint32_t(lanes[__builtin_ctz(rest)].value));
    give_all(lanes, mask, total);
}

void exchange(Fiber *lanes, Operation what, uint32_t mask) {
    uint64_t first = lanes[__builtin_ctz(mask)].value;
    switch (what) {
    case Operation::sync: return;
    case Operation::active: return give_all(lanes, mask, mask);
    case Operation::ballot: return give_all(lanes, mask, ballot(lanes, mask));
    case Operation::shuffle: return shuffle(lanes, mask);
    case Operation::match_any: return match_any(lanes, mask);
    case Operation::match_all:
        return give_all(lanes, mask, lanes_with(lanes, mask, first) == mask ? mask : 0);
    default: return reduce_all(lanes, what, mask);
    }
}

}  // namespace emu
