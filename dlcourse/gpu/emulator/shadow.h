// Who wrote and read each cell of memory last: finds races and uninitialised reads.
//
// A cell stands for 1, 2 or 4 bytes, as large as the array's elements allow. It remembers the last
// write and the last reads by three threads that are likely to differ: the newest, another lane of
// that one's warp, and one of another warp.
//
// No race: atomics with atomics; volatile with volatile or atomic, except within a warp, where the
// order of lanes is what such code relies on; two plain writes of the same value.
#pragma once
#include "clocks.h"
#include "objects.h"

namespace emu {

// The date, place and bytes of an access: interval 32 bits, written 4 (bytes of the cell that were
// ever written), bytes 4, manner 2, lane 5, site 16.
using Mark = uint64_t;
enum Manner : uint32_t { plain_access = 0, volatile_access = 1, atomic_access = 2 };

struct Cell {
    Mark write, read, peer, far;
};

constexpr uint32_t interval_of(Mark m) { return uint32_t(m >> 32); }
constexpr uint32_t lane_of(Mark m) { return uint32_t(m >> 16) & 31; }
constexpr uint32_t manner_of(Mark m) { return uint32_t(m >> 21) & 3; }
constexpr uint32_t place_of(Mark m) { return uint32_t(m) & 0xFFFF; }
constexpr Mark BYTES = Mark(15) << 23, WRITTEN = Mark(15) << 27;
constexpr Mark DATE = Mark(0xFFFFFFFF) << 32, THREAD = DATE | Mark(31) << 16;

// An access to check: where, what, by whom.
struct Step {
    const Moment &moment;
    Knowledge &knowledge;
    const Object &object;
    uint64_t address;  // of its first byte
    uint32_t width;
    Deed deed;
    Manner manner;
    uint32_t floor;  // marks older than this are forgotten: of a block that lay here before
    uint32_t low, high;  // intervals of this range are known to be ordered before
};

// A write that another thread has written as well: no race if it changes nothing.
struct Doubt {
    const char *at;
    char before[4];
    uint32_t size;
    Finding finding;
};

class Shadow {
    Clocks *clocks;
    Doubt doubts[16];
    uint32_t doubt_count;
    uint64_t seen[FINDINGS];  // pairs of sites that were reported
    uint32_t seen_count;

  public:
    void begin(Clocks &c) { clocks = &c; }

    static uint32_t shift_of(const Object &o) {
        uint32_t unit = o.element | (o.space == Space::shared ? 0 : uint32_t(o.base));
        return unit & 1 ? 0 : unit & 2 ? 1 : 2;
    }

    static Mark mark_of(const Knowledge &k, const Moment &m, Manner manner) {
        return Mark(k.interval[m.warp()]) << 32 | Mark(manner) << 21 | Mark(m.lane()) << 16 | m.site;
    }

    // Most reads of a word: by one who read it, wrote it or met the writer in intervals low..high.
    // False if there is more to it.
    static bool read_word(Cell &c, Mark mark, uint32_t low, uint32_t high, bool shared) {
        mark |= BYTES;
        Mark w = c.write, before = c.read;
        if (before == mark) return true;
        bool met = interval_of(w) - low < high - low || !((w ^ mark) & THREAD);
        if (!(met && (w & WRITTEN) == WRITTEN) && (w || shared)) return false;
        if ((before ^ mark) & DATE) c.far = before;
        else if ((before ^ mark) & THREAD) c.peer = before;
        c.read = mark;
        return true;
    }

    void visit(const Step &s, Cell *cells, uint64_t offset) {
        Mark mark = mark_of(s.knowledge, s.moment, s.manner);
        uint32_t shift = shift_of(s.object), unit = 1u << shift;
        if (shift == 2 && s.width == 4 && s.deed != Deed::load)
            return write(s, cells[offset / 4], mark | BYTES, (const char *)s.address, 4);
        uint64_t end = offset + s.width;
        for (uint64_t i = offset >> shift; i << shift < end; i++) {
            uint64_t low = i << shift < offset ? offset - (i << shift) : 0;
            uint64_t high = (i + 1) << shift > end ? end - (i << shift) : unit;
            Mark bytes = ((Mark(1) << high) - (Mark(1) << low)) << 23;
            const char *at = (const char *)s.address + ((i << shift) + low - offset);
            if (s.deed == Deed::load) read(s, cells[i], mark | bytes);
            else write(s, cells[i], mark | bytes, at, uint32_t(high - low));
        }
    }

    // All stores that were under way have been done.
    void settle() {
        for (uint32_t i = 0; i < doubt_count; i++) {
            const Doubt &d = doubts[i];
            if (__builtin_memcmp(d.at, d.before, d.size)) emu_report(d.finding, false);
        }
        doubt_count = 0;
    }

    bool in_doubt() const { return doubt_count; }

    // Once for each kind and pair of places.
    bool is_new(Kind kind, uint32_t site, uint32_t other) {
        uint64_t key = uint64_t(kind) << 32 | site << 16 | other;
        for (uint32_t i = 0; i < seen_count; i++)
            if (seen[i] == key) return false;
        if (seen_count < FINDINGS) seen[seen_count++] = key;
        return true;
    }

  private:
    void read(const Step &s, Cell &c, Mark mark) {
        if (c.read == mark) return;
        Mark w = c.write;
        if (interval_of(w) < s.floor) w = 0;
        else if (clash(s, w, mark)) report(s, w, mark, Deed::store);
        if (s.object.space == Space::shared && mark & BYTES & ~(w >> 4)) uninitialised(s);
        Mark before = c.read;
        if ((before ^ mark) & THREAD) {
            if (!((before ^ mark) & DATE)) c.peer = before;
            else c.far = before;
        }
        c.read = mark;
    }

    void write(const Step &s, Cell &c, Mark mark, const char *at, uint32_t size) {
        Mark w = c.write;
        if (interval_of(w) < s.floor) w = 0;
        bool reads = s.deed == Deed::atomic && s.object.space == Space::shared;
        if (reads && mark & BYTES & ~(w >> 4)) uninitialised(s);
        if (w && clash(s, w, mark)) {
            if (!manner_of(w) && !s.manner) doubt(s, w, at, size);
            else report(s, w, mark, Deed::store);
        }
        const Mark reads_before[] = {c.read, c.peer, c.far};
        for (Mark r : reads_before)
            if (interval_of(r) >= s.floor && clash(s, r, mark)) {
                report(s, r, mark, Deed::load);
                break;
            }
        c.write = mark | (w & WRITTEN) | (mark & BYTES) << 4;
        c.read = c.peer = c.far = 0;
    }

    // Do two accesses, one of them a write, race?
    bool clash(const Step &s, Mark before, Mark now) const {
        uint32_t interval = interval_of(before);
        if (interval - s.low < s.high - s.low) return false;
        if (!((before ^ now) & THREAD) || !(before & now & BYTES) || !interval) return false;
        if (manner_of(before) && manner_of(now)) {
            bool both_volatile = manner_of(before) + manner_of(now) == 2 * volatile_access;
            bool in_warp = s.object.space == Space::shared &&
                           clocks->warp_of(interval) == s.moment.warp();
            if (!both_volatile || !in_warp) return false;
        }
        return !clocks->ordered(s.knowledge, s.moment, interval, lane_of(before));
    }

    Finding accuse(const Step &s, Mark before, Deed other) const {
        const Moment &m = s.moment;
        Finding f = finding_of(m.block, m.thread, kind::race, trace_sites[m.site].line);
        uint32_t thread = clocks->warp_of(interval_of(before)) * LANES + lane_of(before);
        if (manner_of(before) == atomic_access) other = Deed::atomic;
        f.detail[0] = int64_t(s.address - s.object.base);
        if (s.object.space == Space::shared)
            f.detail[0] = int64_t(s.address - (uint64_t)m.block.shared - s.object.base);
        uint32_t element = s.object.element ? s.object.element : s.width;
        bool array = s.object.size > element;
        f.detail[1] = (array ? element : 0) | int64_t(s.object.space) << 32;
        f.detail[2] = int64_t(s.deed) | int64_t(other) << 32;
        f.detail[3] = trace_sites[place_of(before)].line;
        f.detail[4] = clocks->block_of(interval_of(before));
        f.detail[5] = thread;
        copy_name(f.name, s.object.name);
        return f;
    }

    void report(const Step &s, Mark before, Mark now, Deed other) {
        if (!is_new(kind::race, place_of(now), place_of(before))) return;
        emu_report(accuse(s, before, other), false);
    }

    void doubt(const Step &s, Mark before, const char *at, uint32_t size) {
        if (doubt_count == sizeof(doubts) / sizeof(*doubts)) return;
        Doubt &d = doubts[doubt_count++];
        d.at = at;
        d.size = size;
        __builtin_memcpy(d.before, at, size);
        d.finding = accuse(s, before, Deed::store);
    }

    void uninitialised(const Step &s) {
        const Moment &m = s.moment;
        if (!is_new(kind::uninitialised, m.site, 0)) return;
        Finding f = finding_of(m.block, m.thread, kind::uninitialised, trace_sites[m.site].line);
        f.detail[0] = int64_t(s.address - (uint64_t)m.block.shared - s.object.base);
        f.detail[1] = int64_t(s.object.size);
        f.detail[2] = s.object.element ? s.object.element : s.width;
        f.detail[3] = s.width;
        f.detail[4] = int64_t(s.deed);
        f.detail[5] = int64_t(s.object.space);
        copy_name(f.name, s.object.name);
        emu_report(f, false);
    }
};

}  // namespace emu
