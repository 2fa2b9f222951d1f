// Learns a line from a stream of samples, and takes a step only for those among the hardest quarter of the last 64.
#include <ohem.h>

static ohem_gate_f32 gate;
static uint64_t window[64]; // the losses that it remembers
float slope = 0, offset = 0; // to become 2 and -1
unsigned long samples = 0, steps = 0;

void setup() {
  Serial.begin(115200);
  size_t offender;
  if (ohem_gate_init_f32(&gate, window, 64, 0.25, &offender) != OHEM_STATUS_OK)
    Serial.println("the share of samples must be from 0 to 1");
}

// A number from -1 to 1; a sensor would be here.
float measure() {
  static uint32_t state = 1;
  state = state * 1664525 + 1013904223;
  return (int32_t)state / 2147483648.0f;
}

void loop() {
  if (samples == 400)
    return;
  const float x = measure(), target = 2 * x - 1 + 0.3f * measure();
  const float error = slope * x + offset - target;
  if (ohem_gate_observe_f32(&gate, error * error)) {
    slope -= 0.2f * error * x;
    offset -= 0.2f * error;
    steps++;
  }
  if (++samples == 400) {
    Serial.print("steps ");
    Serial.println(steps);
    Serial.print("slope in thousandths ");
    Serial.println((unsigned long)(slope * 1000 + 0.5f));
  }
}
