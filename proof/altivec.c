/* Shows that AltiVec takes subnormal numbers for 0 as Linux starts a process, and in which mode it does not:
 *   powerpc64-linux-gnu-gcc -maltivec -O1 -static proof/altivec.c -o altivec && qemu-ppc64 altivec
 * The product is the last step of the `exp` of ohem-core, of a number near -92. */
#include <altivec.h>
#include <stdio.h>
#include <string.h>

static const float power = 0x1.8p-70f, lower = 0x1p-64f;

static float in_a_vector(void) {
    volatile float one = power, two = lower;
    vector float product = vec_madd(vec_splats((float)one), vec_splats((float)two), vec_splats(-0.0f));
    float lanes[4];
    memcpy(lanes, &product, sizeof lanes);
    return lanes[0];
}

int main(void) {
    volatile float one = power, two = lower;
    vector unsigned short control = vec_mfvscr();
    unsigned short words[8];
    memcpy(words, &control, sizeof words);
    printf("scalar: %a\n", one * two);
    printf("vector, VSCR[NJ] = %d as the process starts: %a\n", words[6] & 1, in_a_vector());
    vec_mtvscr(vec_splats((unsigned short)0));
    printf("vector, VSCR[NJ] = 0: %a\n", in_a_vector());
    return 0;
}
