// Which array an address belongs to, and whether it lies inside.
#pragma once
#include "pool.h"
#include "trace.h"

namespace emu {

// What a kernel can name: an argument, a __constant__ or __device__ variable, a shared variable.
struct Object {
    uint64_t base, size, guard;  // a shared variable's base counts from its block's `shared`
    uint32_t element;  // bytes; 0: dynamic shared memory, whatever is read or written
    Space space;
    const char *name;
    struct Cell *cells;  // of arguments and variables; shared memory has one table a block

    bool holds(uint64_t address, uint64_t width) const {
        return address - base < size && width <= size - (address - base);
    }
};

// The shared memory of a slot, as offsets from Block::shared.
constexpr uint64_t SHARED_SPAN = STACKS_AT - SHARED_AT, DYNAMIC = DYNAMIC_AT - SHARED_AT;
constexpr uint32_t OBJECTS = 1024, GRAIN = 128;
constexpr uint64_t NEAR = 256;  // bytes around a __constant__ or __device__ variable that are its own
static_assert(RED_ZONE % GRAIN == 0, "each grain of shared memory has one owner");

class Objects {
    Object all[OBJECTS];
    uint32_t count, regions;
    const SharedVariable *newest;           // those from here on are known
    uint16_t owner[SHARED_SPAN / GRAIN];    // of a grain: 0, or one more than the object
    uint16_t *nearby;                       // by site: the region that it touched last

  public:
    Object &operator[](uint32_t i) { return all[i]; }
    uint32_t region_count() const { return regions; }

    void begin(const Launch &launch, Pool &pool) {
        nearby = pool.take<uint16_t>(trace_site_count);
        for (regions = 0; regions < launch.region_count; regions++) {
            const Region &r = launch.regions[regions];
            uint64_t guard = r.guard ? r.guard : NEAR;
            all[regions] = {r.base, r.size, guard, r.element, r.space, r.name, nullptr};
        }
        count = regions;
        own(DYNAMIC, launch.dynamic_shared, 0, "dynamic");
    }

    // The region that an address of global memory belongs to, or a negative number.
    int32_t region(uint64_t address, uint32_t site) {
        uint32_t i = nearby[site];
        if (i < regions && address - all[i].base < all[i].size) return int32_t(i);
        uint64_t least = ~uint64_t(0);
        for (uint32_t k = 0; k < regions; k++)
            if (distance(all[k], address) < least) least = distance(all[i = k], address);
        if (!regions || least > all[i].guard) return -1;
        return nearby[site] = uint16_t(i);
    }

    // The shared variable that an offset belongs to: the one that holds it, or else the nearest.
    int32_t shared(uint64_t offset) {
        if (uint32_t found = owner[offset / GRAIN]) return int32_t(found) - 1;
        learn();
        if (uint32_t found = owner[offset / GRAIN]) return int32_t(found) - 1;
        int32_t best = -1;
        for (uint32_t i = regions; i < count; i++)
            if (best < 0 || distance(all[i], offset) < distance(all[best], offset)) best = int32_t(i);
        return best;
    }

  private:
    static uint64_t distance(const Object &o, uint64_t offset) {
        if (offset < o.base) return o.base - offset;
        return offset < o.base + o.size ? 0 : offset - o.base - o.size + 1;
    }

    void own(uint64_t base, uint64_t size, uint32_t element, const char *name) {
        if (count == OBJECTS) return;
        all[count++] = {base, size, 0, element, Space::shared, name, nullptr};
        for (uint64_t at = base; at < base + size; at += GRAIN) owner[at / GRAIN] = uint16_t(count);
    }

    // Variables are placed when a thread first comes to their declaration.
    void learn() {
        const SharedVariable *first = emu_shared_variables;
        for (const SharedVariable *v = first; v != newest; v = v->next)
            own(v->offset, v->size, v->element, v->name);
        newest = first;
    }
};

}  // namespace emu
