// When a kernel does what the processor refuses, or takes too long: says where, and goes on.
//
// A handler looks up the line, then lets the OS thread continue in the scheduler, as if the fiber
// had given it back. Of Windows only the plain case was written: there a crash ends the process,
// and nobody knows the line.
#include "internal.h"

namespace emu {

extern "C" int32_t emu_line(uint64_t address, bool nearest) {
    const Line *best = nullptr;
    for (const Line *entry = emu_lines; entry->address; entry++)
        if (entry->address <= address && (!best || entry->address >= best->address)) best = entry;
    while (best && nearest && best->line == 0 && best > emu_lines) best--;
    return best && best->line > 0 ? best->line : 0;
}

// The line at an address, or the line of the first caller that is the student's: of the first
// word on the stack that leads into their code.
static int32_t line_at(Block &b, uint64_t pc, uint64_t sp) {
    int32_t line = emu_line(pc, true);
    uint64_t into = (sp - uint64_t(&b) - STACKS_AT) % STACK;  // the stack that sp lies in
    const uint64_t *word = (uint64_t *)(sp & ~uint64_t(7)), *end = (uint64_t *)(sp - into + STACK);
    bool guard = into < GUARD;
    for (; !line && !guard && word < end; word++) line = emu_line(*word - 1, true);
    return line;
}

void give_up_late(Block &b) {
    if (b.launch->stop != TIME_UP) emu_stop();
    int32_t line = line_at(b, 0, uint64_t(__builtin_frame_address(0)));
    emu_report(emu_finding(Kind::timeout, line), true);
}

}  // namespace emu

#ifdef _WIN32

namespace emu {
void watch(Worker &) {}
void listen(Machine &) {}
uint64_t clock_now(void) { return 0; }
}  // namespace emu

#else

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "switch.h"

namespace emu {

constexpr uint64_t PATIENCE = 2000000000;  // nanoseconds to stop a kernel whose time is up
static Machine *machine;                   // the process's

uint64_t clock_now(void) {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return uint64_t(now.tv_sec) * 1000000000 + uint64_t(now.tv_nsec);
}

#if defined(__APPLE__) && defined(__aarch64__)
#define EMU_PC(context) (context)->uc_mcontext->__ss.__pc
#define EMU_SP(context) (context)->uc_mcontext->__ss.__sp
#elif defined(__APPLE__)
#define EMU_PC(context) (context)->uc_mcontext->__ss.__rip
#define EMU_SP(context) (context)->uc_mcontext->__ss.__rsp
#elif defined(__aarch64__)
#define EMU_PC(context) (context)->uc_mcontext.pc
#define EMU_SP(context) (context)->uc_mcontext.sp
#else
#define EMU_PC(context) (context)->uc_mcontext.gregs[16]  // REG_RIP
#define EMU_SP(context) (context)->uc_mcontext.gregs[15]  // REG_RSP
#endif

// The block whose fiber runs on this stack, or null.
static Block *block_at(uint64_t sp) {
    for (Worker &worker : machine->worker)
        if (worker.running && (sp & ~uint64_t(SLOT - 1)) == uint64_t(worker.running))
            return worker.running;
    return nullptr;
}

static bool in_guard(Block &b, uint64_t address) {
    uint64_t offset = address - uint64_t(&b) - STACKS_AT;
    return offset < uint64_t(THREADS) * STACK && offset % STACK < GUARD;
}

// Record what happened, and let the OS thread go on in the scheduler.
static void give_up(Block &b, Kind kind, int64_t first, int64_t second, ucontext_t *context) {
    Finding finding = {};
    finding.kind = kind;
    finding.line = line_at(b, EMU_PC(context), EMU_SP(context));
    finding.block = b.block;
    finding.thread = b.thread;
    finding.detail[0] = first;
    finding.detail[1] = second;
    if (kind != Kind::none) emu_record(*b.launch, finding);
    b.launch->stop = BROKEN;
    b.worker->event = Worker::stopped;
    EMU_SP(context) = uintptr_t(b.worker->stack_pointer);
    EMU_PC(context) = uintptr_t(&emu_resume);
}

static void crashed(int signal_number, siginfo_t *info, void *where) {
    ucontext_t *context = (ucontext_t *)where;
    uint64_t address = uint64_t(info->si_addr);
    Block *b = block_at(EMU_SP(context));
    if (!b) {  // not a kernel's doing: let the process end
        signal(signal_number, SIG_DFL);
        return;
    }
    bool overflow = in_guard(*b, address);
    give_up(*b, overflow ? Kind::stack_overflow : Kind::crash, signal_number, address, context);
}

// Threads that do not get further let others run; when the launch should stop they end. Only at an
// instruction of the student's own, where no state of the runtime is half written; else at one of
// the next signals.
static void looked_after(int, siginfo_t *, void *where) {
    ucontext_t *context = (ucontext_t *)where;
    Block *b = block_at(EMU_SP(context));
    if (!b) return;
    uint32_t stop = b->launch->stop;
    bool theirs = emu_line(EMU_PC(context), false) > 0;
    if (!theirs && !(stop && ++b->ticks > 100)) return;
    if (stop) give_up(*b, stop == TIME_UP ? Kind::timeout : Kind::none, 0, 0, context);
    else if (++b->ticks > 2) emu_pause();
}

// While a launch runs the clock rings (worker.py winds it), for one of its OS threads, which tells
// the others.
static void clock_rang(int, siginfo_t *, void *where) {
    uint64_t now = clock_now();
    for (Worker &worker : machine->worker) {
        if (!worker.active) continue;
        uint64_t deadline = worker.launch->deadline;
        if (now > deadline) worker.launch->stop = TIME_UP;
        if (now > deadline + PATIENCE) _exit(1);
        if (worker.thread != uintptr_t(pthread_self()))
            pthread_kill(pthread_t(worker.thread), SIGUSR1);
    }
    looked_after(0, nullptr, where);
}

void watch(Worker &worker) {
    worker.thread = uintptr_t(pthread_self());
    stack_t other = {};
    other.ss_sp = worker.signal_stack;
    other.ss_size = sizeof(worker.signal_stack);
    sigaltstack(&other, nullptr);
}

void listen(Machine &of_process) {
    machine = &of_process;
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    action.sa_sigaction = crashed;
    const int refusals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (int number : refusals) sigaction(number, &action, nullptr);
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART;  // on the fiber's stack: it may pause
    action.sa_sigaction = looked_after;
    sigaction(SIGUSR1, &action, nullptr);
    action.sa_sigaction = clock_rang;
    sigaction(SIGALRM, &action, nullptr);
}

}  // namespace emu

#endif
