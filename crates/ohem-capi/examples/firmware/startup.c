/* Brings a Cortex-M4F from reset to main, and ends QEMU with main's status by semihosting. */
#include <stdint.h>
#include <stdlib.h>

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];

int main(void);
void reset(void);

/* Opens the debugger's console, where newlib's rdimon is linked. */
__attribute__((weak)) void initialise_monitor_handles(void) {}

void reset(void) {
    volatile uint32_t *const coprocessors = (volatile uint32_t *)0xE000ED88;
    uint32_t *to, *from = data_load;
    *coprocessors |= 0xFU << 20; /* the FPU is off after reset */
    for (to = data_start; to < data_end; to++)
        *to = *from++;
    for (to = bss_start; to < bss_end; to++)
        *to = 0;
    initialise_monitor_handles();
    exit(main());
}

/* A fault exits too, with a status, where it would otherwise spin for ever. */
static void fault(void) {
    exit(1);
}

__attribute__((section(".vectors"), used)) static void *const vectors[] = {
    stack_top, (void *)reset, (void *)fault, (void *)fault,
};
