# Makes a C table of a CSV file of RoIs: awk -F, -f table.awk FILE.csv > table.h
NR == 1 { for (column = 1; column <= NF; column++) at[$column] = column; next }
{
    boxes = boxes sprintf("    {%sf, %sf, %sf, %sf},\n", real("x1"), real("y1"), real("x2"), real("y2"))
    images = images sprintf("    %s,\n", $at["image_id"])
    labels = labels sprintf("    %s,\n", $at["label"])
    losses = losses sprintf("    %sf,\n", real("loss"))
}
END {
    print "#define ROIS " NR - 1
    print "static const ohem_bbox_f32 boxes[ROIS] = {\n" boxes "};"
    print "static const uint32_t images[ROIS] = {\n" images "};"
    print "static const uint32_t labels[ROIS] = {\n" labels "};"
    print "static const float losses[ROIS] = {\n" losses "};"
}

# The text of a number, as C takes it for a float.
function real(name) { return $at[name] ~ /[.eE]/ ? $at[name] : $at[name] ".0" }
