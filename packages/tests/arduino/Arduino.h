/* As much of an Arduino core as the sketches use; it prints to standard output. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct Console {
    void begin(unsigned long) {}
    void print(const char *text) { printf("%s", text); }
    void println(const char *text) { printf("%s\n", text); }
    void println(unsigned long number) { printf("%lu\n", number); }
};

static Console Serial;

void setup();
void loop();

int main() {
    setup();
    for (int i = 0; i < 500; i++)
        loop();
    return 0;
}
