/* As much of Zephyr's kernel as the sample uses. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define printk printf
