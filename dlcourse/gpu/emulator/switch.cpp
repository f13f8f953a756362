// Leave one stack for another: the registers that a call must keep, and nothing else.
//
// It ends with a jump, not a return: a processor expects a return to lead to the last call, which
// another fiber made, but learns quickly where a jump leads to, all threads waiting in one place.
// For the same reason runtime.cpp comes here by tail calls.
//
// x86-64 on Linux ran; Windows and arm64 were compiled only.
#include "switch.h"

#ifdef __APPLE__
#define FUNCTION(name) ".globl _" name "\n.p2align 4\n_" name ":\n"
#else
#define FUNCTION(name) ".globl " name "\n.p2align 4\n" name ":\n"
#endif

#if defined(__aarch64__)

asm(R"(
.macro emu_save
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
.endm
.macro emu_restore
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    mov x9, x30
    br x9
.endm
.macro emu_start
    mov x29, #0
    mov x30, #0
    br x2
.endm
)");

#elif defined(_WIN32)

// Ten vector registers more, and the limits of the stack, which Windows keeps for each thread.
asm(R"(
.macro emu_save
    pushq %rbp; pushq %rbx; pushq %rdi; pushq %rsi
    pushq %r12; pushq %r13; pushq %r14; pushq %r15
    pushq %gs:0x08; pushq %gs:0x10; pushq %gs:0x1478
    subq $160, %rsp
    movups %xmm6, 0(%rsp);    movups %xmm7, 16(%rsp);   movups %xmm8, 32(%rsp)
    movups %xmm9, 48(%rsp);   movups %xmm10, 64(%rsp);  movups %xmm11, 80(%rsp)
    movups %xmm12, 96(%rsp);  movups %xmm13, 112(%rsp)
    movups %xmm14, 128(%rsp); movups %xmm15, 144(%rsp)
    movq %rsp, (%rcx)
    movq %rdx, %rsp
.endm
.macro emu_restore
    movups 0(%rsp), %xmm6;    movups 16(%rsp), %xmm7;   movups 32(%rsp), %xmm8
    movups 48(%rsp), %xmm9;   movups 64(%rsp), %xmm10;  movups 80(%rsp), %xmm11
    movups 96(%rsp), %xmm12;  movups 112(%rsp), %xmm13
    movups 128(%rsp), %xmm14; movups 144(%rsp), %xmm15
    addq $160, %rsp
    popq %gs:0x1478; popq %gs:0x10; popq %gs:0x08
    popq %r15; popq %r14; popq %r13; popq %r12
    popq %rsi; popq %rdi; popq %rbx; popq %rbp; popq %rcx
    jmpq *%rcx
.endm
.macro emu_start
    movq %rdx, %gs:0x08
    movq $0, %gs:0x10
    movq $0, %gs:0x1478
    subq $40, %rsp
    jmpq *%r8
.endm
)");

#elif defined(__x86_64__)

asm(R"(
.macro emu_save
    pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
.endm
.macro emu_restore
    popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp; popq %rcx
    jmpq *%rcx
.endm
.macro emu_start
    leaq -8(%rsp), %rsp
    jmpq *%rdx
.endm
)");

#else
#error "The emulated GPU knows x86-64 and arm64."
#endif

asm(".text\n" FUNCTION("emu_switch") "emu_save\n" FUNCTION("emu_resume") "emu_restore\n"
        FUNCTION("emu_enter") "emu_save\n emu_start\n");
