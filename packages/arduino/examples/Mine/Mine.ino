// Mines the two hardest of three RoIs: 1 and 2, because RoI 0 overlaps the harder RoI 1.
#include <ohem.h>

const size_t BATCH = 2;

static uint8_t memory[OHEM_MINER_SIZE_F32(BATCH)]; // all that mining needs
static ohem_miner_f32 miner;

const ohem_bbox_f32 boxes[] = {{0, 0, 9, 9}, {0, 0, 9, 8}, {50, 50, 59, 59}};
const uint32_t labels[] = {1, 1, 0};
const float losses[] = {0.5, 2.0, 1.0};

void setup() {
  Serial.begin(115200);

  ohem_mine_config_f32 config = ohem_mine_config_fast_rcnn_f32();
  config.batch_size = BATCH;
  size_t offender;
  ohem_status status = ohem_miner_init_f32(&miner, memory, sizeof memory, BATCH, &config, &offender);

  const ohem_rois_f32 rois = {boxes, NULL, labels, 3}; // all of one image
  ohem_selection hard;
  if (status == OHEM_STATUS_OK)
    status = ohem_mine_f32(&miner, &rois, losses, &hard, &offender);
  if (status != OHEM_STATUS_OK) {
    Serial.println(ohem_status_message(status));
    return;
  }
  for (size_t i = 0; i < hard.count; i++) {
    Serial.print("RoI ");
    Serial.println((unsigned long)hard.indices[i]);
  }
}

void loop() {}
