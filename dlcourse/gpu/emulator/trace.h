// What the parts of trace.o share. It is one translation unit, trace.cpp, that includes them:
//
//   pool.h     memory of one launch
//   objects.h  which array an address belongs to
//   clocks.h   what is ordered before what: barriers, warps, atomics with fences
//   shadow.h   who read and wrote each cell of memory: races, uninitialised reads
//   access.h   one access of one thread
//   lanes.h    shuffles from lanes that give nothing
//   count.h    what a warp's request costs: sectors, wavefronts
//   merge.h    the lanes' logs become the warp's requests
//   counts.h   what goes back to Python
//
// The traced build has one worker: nothing here is shared between threads of the machine.
#pragma once
#include "internal.h"
#include "memory.h"

namespace emu {

// --- the tables of annotate.py: `site` is an index, and grows along every path through the code --

enum class SiteKind : uint8_t { none, block, load, store, atomic };
constexpr uint8_t VOLATILE = 1, UNALIGNED = 2, LEADS = 4;  // LEADS: counts as its block, too

struct Site {
    int32_t line, loop;  // of the student's source; index of the innermost loop, or -1
    uint16_t width;      // bytes; 0: seen as it runs, and then written here
    SiteKind kind;
    uint8_t flags;
};

struct Loop {
    uint32_t begin, end;  // sites; `end` is no place of the program
    int32_t parent;
};

#ifdef _WIN32
#define HIDDEN
#else
#define HIDDEN __attribute__((visibility("hidden")))
#endif

extern "C" {
extern HIDDEN Site trace_sites[];
extern HIDDEN const uint32_t trace_site_count;
extern HIDDEN const Loop trace_loops[];
}

// --- findings of the traced build: checks.py words them ------------------------------------------

namespace kind {
constexpr Kind out_of_bounds = Kind(100);  // detail: byte offset, size, element, width, Deed, Space
constexpr Kind wild = Kind(101);           // detail: address, 0, 0, width, Deed
constexpr Kind misaligned = Kind(102);     // detail: as out_of_bounds
constexpr Kind race = Kind(103);           // detail: byte offset, element (0: no array) | Space
                                           // << 32, Deeds, other line, block and thread
constexpr Kind uninitialised = Kind(104);  // detail: as out_of_bounds
constexpr Kind inactive_lane = Kind(105);  // detail: the lane read from, the mask
}  // namespace kind

enum class Deed : uint32_t { load, store, atomic };

// --- what a lane logs ------------------------------------------------------------------------------

// A log entry is a site (16 bits) and an address (48 bits): 0 for a block, and for an access that
// is of no interest but leads one.
inline uint32_t site_of(uint64_t entry) { return uint32_t(entry >> 48); }
inline uint64_t address_of(uint64_t entry) { return entry << 16 >> 16; }

constexpr uint32_t QUANTUM = 256;  // entries until the lane pauses, and the warp's logs are merged

union Rows {
    uint64_t at[LANES][QUANTUM + 8];  // 8 more: so that lanes do not share the sets of a cache
    Rows *next;  // of those that are free
};

struct WarpLog {
    Rows *rows;  // a lane's entries are at[lane][from] to at[lane][to]; null: all are merged
    uint16_t from[LANES], to[LANES];
    uint16_t last[LANES];  // the site that the lane passed last

    // Without rows every lane's log counts as full.
    void close() {
        rows = nullptr;
        for (uint32_t l = 0; l < LANES; l++) from[l] = 0, to[l] = QUANTUM;
    }
    void open(Rows *fresh) {
        rows = fresh;
        for (uint32_t l = 0; l < LANES; l++) to[l] = 0;
    }
    bool is_empty() const {
        uint32_t filled = 0;
        for (uint32_t l = 0; l < LANES; l++) filled |= to[l];
        return !filled;
    }
};

// What happens to one lane in one place.
struct Moment {
    Block &block;
    uint32_t thread, site;
    uint32_t warp() const { return thread / LANES; }
    uint32_t lane() const { return thread % LANES; }
};

inline Finding finding_of(const Block &b, uint32_t thread, Kind kind, int32_t line) {
    Finding finding = {};
    finding.kind = kind;
    finding.line = line;
    finding.block = b.block;
    finding.thread = b.index[thread];
    return finding;
}

}  // namespace emu
