// What a warp's requests cost, summed by place and array.
#pragma once
#include "objects.h"
#include "trace.h"

namespace emu {

constexpr uint32_t SECTOR = 32, WORD = 4, BANKS = 32;  // bytes, bytes, of shared memory

// A record for Python (counts.py unpacks it).
struct Tally {
    uint32_t site, object;
    int32_t line;
    uint32_t width, element;
    Space space;
    char name[48];
    uint64_t requests, lanes, sectors, ideal_sectors, wavefronts, ideal_wavefronts;
    Index sample_block;  // of the request shown: the first with the most lanes
    uint32_t sample_warp, sample_lanes, next;
    int64_t sample[LANES];  // bytes from the array's first
};

// One request: the addresses of the lanes that take part, in the order of lanes.
struct Request {
    const Block &block;
    uint32_t warp, site, lanes = 0, count = 0;
    uint64_t at[LANES];  // the first `count`

    Request(const Block &b, uint32_t warp, uint32_t site) : block(b), warp(warp), site(site) {}
};

class Count {
    Pool *pool;
    Objects *objects;
    uint32_t *first;  // by site: one more than the index of its first tally
    Tally *tallies;
    uint32_t tally_count, room;

  public:
    uint64_t *block_warps, *block_lanes;  // by site

    void begin(Pool &p, Objects &o) {
        pool = &p;
        objects = &o;
        first = pool->take<uint32_t>(trace_site_count);
        block_warps = pool->take<uint64_t>(trace_site_count);
        block_lanes = pool->take<uint64_t>(trace_site_count);
    }

    uint32_t size() const { return tally_count; }
    const Tally &operator[](uint32_t i) const { return tallies[i]; }

    void add(Request &r) {
        uint64_t offset = r.at[0] - (uint64_t)r.block.shared;
        bool shared = offset < SHARED_SPAN;
        int32_t object = shared ? objects->shared(offset) : objects->region(r.at[0], r.site);
        Tally &t = tally(r.site, uint32_t(object));
        t.requests++;
        t.lanes += r.count;
        if (r.count > uint32_t(__builtin_popcount(t.sample_lanes))) keep(t, r, shared);
        sort(r.at, r.count);
        bool atomic = trace_sites[r.site].kind == SiteKind::atomic;
        if (shared && atomic) contend(t, r);
        else if (shared) passes(t, r);
        else if (t.space == Space::constant) broadcasts(t, r);
        else sectors(t, r);
    }

  private:
    Tally &tally(uint32_t site, uint32_t object) {
        uint32_t *link = &first[site];
        for (; *link; link = &tallies[*link - 1].next)
            if (tallies[*link - 1].object == object) return tallies[*link - 1];
        if (tally_count == room) {
            bool inside = link != &first[site];
            uint64_t place = (char *)link - (char *)tallies;
            room = room ? 2 * room : 64;
            tallies = pool->grow(tallies, tally_count, room);
            if (inside) link = (uint32_t *)((char *)tallies + place);
        }
        Tally &t = tallies[tally_count++];
        *link = tally_count;
        const Object &o = (*objects)[object];
        t.site = site, t.object = object, t.line = trace_sites[site].line;
        t.width = trace_sites[site].width;
        t.element = o.element, t.space = o.space;
        copy_name(t.name, o.name);
        return t;
    }

    void keep(Tally &t, const Request &r, bool shared) {
        uint64_t base = (*objects)[t.object].base + (shared ? (uint64_t)r.block.shared : 0);
        t.sample_block = r.block.block;
        t.sample_warp = r.warp;
        t.sample_lanes = r.lanes;
        uint32_t i = 0;
        for (uint32_t rest = r.lanes; rest; rest &= rest - 1)
            t.sample[__builtin_ctz(rest)] = int64_t(r.at[i++] - base);
    }

    static void sort(uint64_t *at, uint32_t count) {  // mostly sorted already
        for (uint32_t i = 1; i < count; i++) {
            uint64_t value = at[i];
            uint32_t j = i;
            for (; j && at[j - 1] > value; j--) at[j] = at[j - 1];
            at[j] = value;
        }
    }

    // How many units of `size` bytes the request touches, and how many would hold its bytes.
    static void units(const Tally &t, const Request &r, uint64_t size, uint64_t &touched,
                      uint64_t &ideal) {
        uint64_t next = 0, bytes = 0, covered = 0, count = 0;
        for (uint32_t i = 0; i < r.count; i++) {
            uint64_t begin = r.at[i], end = begin + t.width, unit = begin / size;
            if (unit < next) unit = next;
            next = (end - 1) / size + 1;
            count += next - unit;
            bytes += end - (begin > covered ? begin : covered);
            covered = end;
        }
        touched += count;
        ideal += (bytes + size - 1) / size;
    }

    static void sectors(Tally &t, const Request &r) {
        units(t, r, SECTOR, t.sectors, t.ideal_sectors);
    }

    // Constant memory gives one word to all lanes at a time.
    static void broadcasts(Tally &t, const Request &r) {
        units(t, r, WORD, t.wavefronts, t.ideal_wavefronts);
        t.ideal_wavefronts = t.requests * ((t.width + WORD - 1) / WORD);
    }

    // Each pass, a bank gives one word, to as many lanes as want it.
    static void passes(Tally &t, const Request &r) {
        uint8_t wanted[BANKS] = {};
        uint64_t next = 0, count = 0, most = 0;
        uint64_t base = (uint64_t)r.block.shared;
        for (uint32_t i = 0; i < r.count; i++) {
            uint64_t word = (r.at[i] - base) / WORD, end = (r.at[i] - base + t.width - 1) / WORD;
            for (word = word < next ? next : word; word <= end; word++, count++)
                if (++wanted[word % BANKS] > most) most = wanted[word % BANKS];
            next = end + 1;
        }
        t.wavefronts += most;
        t.ideal_wavefronts += (count + BANKS - 1) / BANKS;
    }

    // Atomics of lanes that meet in a bank go one after the other, also on the same word.
    static void contend(Tally &t, const Request &r) {
        uint8_t wanted[BANKS] = {};
        uint64_t most = 0, words = (t.width + WORD - 1) / WORD;
        for (uint32_t i = 0; i < r.count; i++) {
            uint8_t &bank = wanted[(r.at[i] - (uint64_t)r.block.shared) / WORD % BANKS];
            if (++bank > most) most = bank;
        }
        t.wavefronts += most * words;
        t.ideal_wavefronts += words;
    }
};

}  // namespace emu
