// Findings of the plain build, and what kernels print.
#include <stdarg.h>

#include "internal.h"

#ifdef _WIN32  // where vsnprintf is no function of the C library
extern "C" int __stdio_common_vsprintf(uint64_t, char *, size_t, const char *, void *, va_list);
static int vsnprintf(char *text, size_t size, const char *format, va_list values) {
    return __stdio_common_vsprintf(2, text, size, format, nullptr, values);  // 2: as in the standard
}
#else
#include <stdio.h>
#endif

namespace emu {

static Index name_of(Block &b, uint32_t thread) { return b.index[thread]; }

// A finding is one per kind and line: a thousand threads make the same mistake.
static bool known(Launch &launch, const Finding &finding) {
    uint32_t count = launch.finding_count < FINDINGS ? launch.finding_count : FINDINGS;
    for (uint32_t i = 0; i < count; i++)
        if (launch.findings[i].kind == finding.kind && launch.findings[i].line == finding.line)
            return true;
    return false;
}

void emu_record(Launch &launch, const Finding &finding) {
    if (known(launch, finding)) return;
    uint32_t place = __atomic_fetch_add(&launch.finding_count, 1, __ATOMIC_RELAXED);
    if (place < FINDINGS) launch.findings[place] = finding;
}

// Threads that wait at a barrier, counted by line: those of the first line, and the others.
void report_diverged(Block &b) {
    Finding finding = emu_finding(Kind::barrier_diverged, b.barrier_line);
    bool found = false;
    for (uint32_t i = 0; i < b.threads; i++) {
        Fiber &f = b.fibers[i];
        if (f.wait != Wait::barrier) continue;
        bool same = f.line == b.barrier_line;
        finding.detail[same ? 0 : 1]++;
        if (same && !found) finding.thread = name_of(b, i), found = true;
        if (!same && !finding.detail[2]) finding.detail[2] = f.line, finding.detail[3] = i;
    }
    emu_report(finding, false);
}

void report_missed(Block &b) {
    Finding finding = emu_finding(Kind::barrier_missed, b.barrier_line);
    finding.detail[0] = b.live;
    finding.detail[1] = b.threads - b.live;
    uint32_t first = 0;
    while (!(b.alive[first / LANES] >> first % LANES & 1)) first++;
    finding.thread = name_of(b, first);
    emu_report(finding, false);
}

// One finding for each line and kind of waiting, with how many threads wait there.
void report_deadlock(Block &b) {
    Finding deadlock = emu_finding(Kind::deadlock, 0);
    emu_record(*b.launch, deadlock);
    for (uint32_t i = 0; i < b.threads; i++) {
        Fiber &f = b.fibers[i];
        if (!(b.alive[i / LANES] >> i % LANES & 1) || f.line < 0) continue;
        Finding finding = emu_finding(Kind::waiting, f.line);
        finding.thread = name_of(b, i);
        finding.detail[1] = f.wait == Wait::warp;
        finding.detail[2] = f.mask;
        for (uint32_t j = i; j < b.threads; j++) {
            Fiber &other = b.fibers[j];
            bool alive = b.alive[j / LANES] >> j % LANES & 1;
            if (!alive || other.line != finding.line || other.wait != f.wait) continue;
            finding.detail[0]++;
            if (j > i) other.line = -1;  // counted
        }
        emu_record(*b.launch, finding);
    }
    end_soon(*b.launch);
    emu_stop();
}

// Behind each shared variable lie bytes that nobody may change.
void check_red_zones(Block &b) {
    for (SharedVariable *v = emu_shared_variables; v; v = v->next) {
        const unsigned char *end = (unsigned char *)b.shared + v->offset + v->size;
        uint32_t zone = RED_ZONE + (RED_ZONE - v->size % RED_ZONE) % RED_ZONE;
        uint32_t i = 0;
        while (i < zone && end[i] == UNTOUCHED) i++;
        if (i == zone) continue;
        Finding finding = {};
        finding.kind = Kind::shared_overrun;
        finding.line = v->line;
        finding.block = b.block;
        finding.detail[0] = i + v->size;
        finding.detail[1] = v->size;
        finding.detail[2] = v->element;
        copy_name(finding.name, v->name);
        emu_record(*b.launch, finding);
    }
}

extern "C" {

Finding emu_finding(Kind kind, int32_t line) {
    Block &b = self();
    Finding finding = {};
    finding.kind = kind;
    finding.line = line;
    finding.block = b.block;
    finding.thread = b.thread;
    return finding;
}

void emu_report(const Finding &finding, bool fatal) {
    Launch &launch = *self().launch;
    emu_record(launch, finding);
    if (!fatal) return;
    end_soon(launch);
    emu_stop();
}

void emu_fail(const char *condition, int32_t line) {
    Finding finding = emu_finding(condition ? Kind::assertion : Kind::trap, line);
    copy_name(finding.name, condition ? condition : "");
    emu_report(finding, true);
    __builtin_unreachable();
}

// As on a GPU: into a buffer of limited size, shown when the kernel has ended.
void emu_print(const char *format, ...) {
    Launch &launch = *self().launch;
    char text[1024];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    if (length <= 0) return;
    uint64_t size = length < int(sizeof(text)) ? length : sizeof(text) - 1;
    uint64_t place = __atomic_fetch_add(&launch.print_size, size, __ATOMIC_RELAXED);
    if (place + size > launch.print_capacity) return;
    __builtin_memcpy((char *)launch.print_buffer + place, text, size);
}

}  // extern "C"
}  // namespace emu
