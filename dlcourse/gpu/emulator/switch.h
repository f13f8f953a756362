// Leaving one stack for another.
#pragma once
#include <stdint.h>

extern "C" {
// Save the running stack's pointer in *from and go on where `to` was saved.
void emu_switch(void **from, void *to);
// Its second half, for a signal handler: the stack pointer is `to` already.
void emu_resume(void);
}

// A stack that calls `start` when switched to. `top` is a multiple of 16.
void *fresh_stack(char *top, void (*start)(void));
