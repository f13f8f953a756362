// Leaving one stack for another.
#pragma once
#include <stdint.h>

extern "C" {
// Save the running stack's pointer in *from and go on where `to` was saved.
void emu_switch(void **from, void *to);
// Save the running stack's pointer in *from and call `start` on an empty stack; it never returns.
// `top` is a multiple of 16.
void emu_enter(void **from, char *top, void (*start)(void));
// The second half of emu_switch, for a signal handler: the stack pointer is `to` already.
void emu_resume(void);
}
