"""Makes the other files of this folder from the table that ships with the command; needs pandas, pyarrow and duckdb."""

import duckdb
import numpy
import pandas

table = pandas.read_csv("../../../data/bccd_rcnn_rois_early.csv").iloc[::20].reset_index(drop=True)
table = table[["image_id", "x1", "y1", "x2", "y2", "label", "loss"]]
table["label"] = table["label"].map({0: "background", 1: "RBC", 2: "WBC", 3: "Platelets"})
table["note"] = [f"a, {row}" if row % 3 else None for row in range(len(table))]
table.to_csv("pandas.csv", index=False)
table.to_csv("pandas.csv.gz", index=False, compression={"method": "gzip", "mtime": 1})
table.to_csv("semicolons.txt", index=False, sep=";")
table.to_csv("tabs.tsv", index=False, sep="\t")
table.to_json("lines.jsonl", orient="records", lines=True)
table.to_json("records.json", orient="records")
table.to_parquet("pandas_snappy.parquet", index=False)
table.to_parquet("pandas_zstd.parquet", index=False, compression="zstd", row_group_size=40)
table.to_parquet("pandas_lz4.parquet", index=False, compression="lz4")
# Small pages in several row groups, which are left out one by one.
pages = {"row_group_size": 40, "data_page_size": 1, "write_batch_size": 7, "data_page_version": "2.0"}
table.astype({"x1": "float32", "y2": "float32"}).to_parquet("pandas_pages.parquet", index=False, **pages)
frame = table
duckdb.sql("COPY frame TO 'duckdb.parquet' (FORMAT parquet)")
boxes = table[["x1", "y1", "x2", "y2"]].to_numpy(numpy.float32)
labels = table["label"].to_numpy("U10")
images = table["image_id"].to_numpy(numpy.uint16)
losses = table["loss"].to_numpy()
numpy.savez("arrays.npz", image_ids=images, boxes=boxes, labels=labels, losses=losses)
numpy.savez_compressed("compressed.npz", image=images, bboxes=boxes.astype(numpy.float64), label=labels, loss=losses, epoch=7)
numpy.save("structured.npy", table.drop(columns="note").to_records(index=False, column_dtypes={"label": "U10"}))
