"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
// The palette of Okabe and Ito, which colour-blind people can tell apart; lines differ by outcome as well.
const PALETTE = ["#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"];
const BACKGROUND = "#0072B2";
const OUTCOMES = ["selected", "suppressed", data.rest, "skipped"];
const DASHES = [[], [7, 4], [2, 3], [1, 6]];
const SHOWN = 100; // rows of the list of RoIs

// A colour for each label: by its text, so that it stays the same from run to run, and is that of `ohem mine --picture`.
const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
const objects = data.labels.map(([text, isObject], id) => ({ text, isObject, id })).filter((label) => label.isObject);
const colours = data.labels.map(() => BACKGROUND);
const taken = new Set();
for (const { text, id } of objects.sort((a, b) => (a.text < b.text ? -1 : 1))) {
  let slot = (/^\d{1,9}$/.test(text) ? Number(text) + PALETTE.length - 1 : hash(text)) % PALETTE.length;
  while (taken.size < PALETTE.length && taken.has(slot)) slot = (slot + 1) % PALETTE.length;
  taken.add(slot);
  colours[id] = PALETTE[slot];
}
const rois = data.rois.map(([row, image, label, outcome, loss, rank, corners]) =>
  ({ row, image, label, outcome, loss: Number(loss), rank, corners, isBox: corners.every((side) => side !== null) }));
const images = data.images.map(([name, size, link, mean, all, selected], id) => ({ id, name, size, link, mean: Number(mean), all, selected }));
const hardestOf = new Map();
rois.forEach((roi) => { if (!hardestOf.has(roi.image)) hardestOf.set(roi.image, roi.loss); });
const ranking = [...images].sort((a, b) => b.selected - a.selected || b.mean - a.mean);
const order = [...hardestOf.keys()];
const photos = new Map();

const state = { image: null, label: null, outcomes: new Set([0, 1, 2, 3]), low: -Infinity, high: Infinity, current: null, shownImage: order[0] ?? 0, photo: true };
let filtered = [];

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}
const labelOf = (roi) => { const [text] = data.labels[roi.label]; return /^[-+0-9.]+$/.test(text) ? `label ${text}` : text; };
const shown = (loss) => (Number.isFinite(loss) ? Number(loss.toPrecision(5)).toString() : String(loss));

function choose(select, texts, all, change) {
  select.append(new Option(all, ""));
  texts.forEach((text, id) => select.append(new Option(text, String(id))));
  select.addEventListener("change", () => change(select.value === "" ? null : Number(select.value)));
}

function filter() {
  const { image, label, outcomes, low, high } = state;
  filtered = rois.filter((roi) => (image === null || roi.image === image) && (label === null || roi.label === label)
    && outcomes.has(roi.outcome) && !(roi.loss < low) && !(roi.loss > high));
  if (!filtered.includes(state.current)) state.current = filtered[0] ?? null;
  if (state.current) state.shownImage = state.current.image;
  else if (image !== null) state.shownImage = image;
  draw();
}

function draw() {
  histogram();
  show();
}

// Shows another RoI; the filters and so the histogram are the same.
function show() {
  at("count").textContent = `${filtered.length.toLocaleString("en")} of ${rois.length.toLocaleString("en")} RoIs`;
  list();
  viewer();
  for (const row of at("images").tBodies[0].rows) row.setAttribute("aria-selected", String(Number(row.dataset.image) === state.shownImage));
}

function list() {
  const body = at("rois").tBodies[0];
  const start = Math.max(0, Math.min(filtered.indexOf(state.current) - SHOWN / 2, filtered.length - SHOWN));
  const rows = filtered.slice(start, start + SHOWN).map((roi) => {
    const row = element("tr");
    const label = element("td");
    const swatch = element("span", undefined, "swatch");
    swatch.style.background = colours[roi.label];
    label.append(swatch, data.labels[roi.label][0]);
    row.append(element("td", roi.rank ?? "", "number"), element("td", roi.row, "number"), element("td", images[roi.image].name), label,
      element("td", OUTCOMES[roi.outcome]), element("td", shown(roi.loss), "number"));
    row.setAttribute("aria-selected", String(roi === state.current));
    row.addEventListener("click", () => select(roi));
    return row;
  });
  body.replaceChildren(...rows);
  body.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
}

function select(roi) {
  state.current = roi;
  state.shownImage = roi.image;
  show();
}

function canvas(id, height) {
  const made = at(id);
  const width = Math.max(1, made.clientWidth);
  const scale = window.devicePixelRatio || 1;
  const wanted = Math.max(1, Math.round(height(width)));
  made.width = Math.round(width * scale);
  made.height = Math.round(wanted * scale);
  made.style.height = `${wanted}px`;
  const context = made.getContext("2d");
  context.scale(scale, scale);
  return { context, width, height: wanted };
}
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// The part of the world that an image shows: its size, or the frame around its boxes.
function world(image) {
  if (image?.size) return [0, 0, ...image.size];
  const boxes = rois.filter((roi) => roi.image === image?.id && roi.isBox).map((roi) => roi.corners);
  if (!boxes.length) return [0, 0, 4, 3];
  const side = (index, pick) => boxes.reduce((best, box) => pick(best, box[index]), boxes[0][index]);
  const [left, top, right, bottom] = [side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)];
  return [left, top, Math.max(right - left, 1e-9), Math.max(bottom - top, 1e-9)];
}

let view = null;
function viewer() {
  const image = images[state.shownImage];
  const [left, top, wide, high] = world(image);
  const { context, width, height } = canvas("canvas", (width) => Math.min(width * high / wide, 720));
  const scale = Math.min(width / wide, height / high);
  const [offsetX, offsetY] = [(width - wide * scale) / 2, (height - high * scale) / 2];
  view = { left, top, scale, offsetX, offsetY };
  at("name").textContent = image ? `image ${image.name}` : "no images";
  const photo = image && photos.get(image.id);
  if (photo?.complete && state.photo) context.drawImage(photo, offsetX, offsetY, wide * scale, high * scale);
  const here = filtered.filter((roi) => roi.image === state.shownImage && roi.isBox);
  const place = ([x1, y1, x2, y2]) => [offsetX + (x1 - left) * scale, offsetY + (y1 - top) * scale, (x2 - x1) * scale, (y2 - y1) * scale];
  // The hardest on top, the current one last.
  for (const roi of [...here].reverse()) {
    context.setLineDash(DASHES[roi.outcome]);
    context.globalAlpha = [1, 0.75, 0.35, 0.35][roi.outcome];
    context.lineWidth = roi.outcome === 0 ? 2.2 : 1.1;
    context.strokeStyle = colours[roi.label];
    context.strokeRect(...place(roi.corners));
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
  const { current } = state;
  if (current && current.image === state.shownImage && current.isBox) {
    const [x, y, w, h] = place(current.corners);
    context.lineWidth = 6; context.strokeStyle = "#fff"; context.strokeRect(x, y, w, h);
    context.lineWidth = 3.5; context.strokeStyle = "#000"; context.strokeRect(x, y, w, h);
    context.lineWidth = 2; context.strokeStyle = colours[current.label]; context.strokeRect(x, y, w, h);
    tag(context, `${current.rank ? `#${current.rank} ` : ""}${labelOf(current)}, loss ${shown(current.loss)}`, x, y, width);
  }
  at("detail").textContent = current
    ? `row ${current.row}: ${labelOf(current)}, ${OUTCOMES[current.outcome]}${current.rank ? `, rank ${current.rank}` : ""}, loss ${shown(current.loss)}, box ${current.corners.map((side) => side ?? "none").join(" ")}`
    : "No RoI passes the filters.";
}

function tag(context, text, x, y, width) {
  context.font = "bold 13px sans-serif";
  const shownText = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  const wide = context.measureText(shownText).width + 10;
  const left = Math.max(0, Math.min(x, width - wide));
  const top = y >= 20 ? y - 20 : y;
  context.fillStyle = "#000"; context.fillRect(left, top, wide, 20);
  context.fillStyle = "#fff"; context.fillText(shownText, left + 5, top + 15);
}

function histogram() {
  const { context, width, height } = canvas("histogram", () => 130);
  const finite = rois.filter((roi) => Number.isFinite(roi.loss));
  if (!finite.length) return;
  const [low, high] = finite.reduce(([low, high], roi) => [Math.min(low, roi.loss), Math.max(high, roi.loss)], [Infinity, -Infinity]);
  const bins = 40;
  const bin = (loss) => Math.min(bins - 1, Math.floor((loss - low) / Math.max(high - low, 1e-300) * bins));
  const counts = Array.from({ length: bins }, () => [0, 0]);
  const chosen = new Set(filtered);
  finite.forEach((roi) => { counts[bin(roi.loss)][0] += 1; if (chosen.has(roi)) counts[bin(roi.loss)][1] += 1; });
  // Roots, so that a few hard RoIs can be seen beside many easy ones.
  const most = Math.sqrt(Math.max(...counts.map(([all]) => all)));
  counts.forEach(([all, some], index) => {
    const [x, w] = [8 + index * (width - 16) / bins, (width - 16) / bins - 1];
    const bar = (count, colour) => { const tall = Math.sqrt(count) / most * (height - 34); context.fillStyle = colour; context.fillRect(x, height - 20 - tall, w, tall); };
    bar(all, style("--line"));
    bar(some, style("--accent"));
  });
  context.fillStyle = style("--grey");
  context.font = "12px sans-serif";
  context.fillText(shown(low), 8, height - 5);
  context.textAlign = "right";
  context.fillText(shown(high), width - 8, height - 5);
  context.textAlign = "center";
  context.fillText("loss (heights are roots of counts)", width / 2, height - 5);
}

function step(by) {
  if (!filtered.length) return;
  const next = Math.max(0, Math.min(filtered.indexOf(state.current) + by, filtered.length - 1));
  select(filtered[next]);
}

function stepImage(by) {
  const present = order.filter((image) => filtered.some((roi) => roi.image === image));
  if (!present.length) return;
  const next = present[(present.indexOf(state.shownImage) + by + present.length) % present.length];
  select(filtered.find((roi) => roi.image === next));
}

function reset() {
  Object.assign(state, { image: null, label: null, outcomes: new Set([0, 1, 2, 3]), low: -Infinity, high: Infinity });
  at("image").value = ""; at("label").value = ""; at("low").value = ""; at("high").value = "";
  document.querySelectorAll("#outcomes input").forEach((box) => { box.checked = true; });
  filter();
}

function start() {
  at("summary").textContent = `${data.source} · ${data.rule} · ${data.selected.toLocaleString("en")} of ${data.all.toLocaleString("en")} RoIs selected, ${data.suppressed.toLocaleString("en")} suppressed`
    + (rois.length < data.all ? ` · the page has the hardest ${rois.length.toLocaleString("en")}` : "");
  at("warnings").replaceChildren(...data.warnings.map((warning) => element("li", warning)));
  choose(at("image"), images.map((image) => image.name), "all", (image) => { state.image = image; filter(); });
  choose(at("label"), data.labels.map(([text]) => text), "all", (label) => { state.label = label; filter(); });
  OUTCOMES.forEach((outcome, id) => {
    if (!rois.some((roi) => roi.outcome === id)) return;
    const label = element("label");
    const box = element("input");
    box.type = "checkbox"; box.checked = true; box.dataset.outcome = String(id);
    box.addEventListener("change", () => { if (box.checked) state.outcomes.add(id); else state.outcomes.delete(id); filter(); });
    label.append(box, ` ${outcome}`);
    at("outcomes").append(label);
  });
  for (const [id, none] of [["low", -Infinity], ["high", Infinity]]) {
    at(id).addEventListener("input", () => { state[id] = at(id).value === "" ? none : Number(at(id).value); filter(); });
  }
  at("reset").addEventListener("click", reset);
  at("images").tBodies[0].replaceChildren(...ranking.map((image) => {
    const row = element("tr");
    row.dataset.image = String(image.id);
    row.append(element("td", image.name), element("td", shown(image.mean), "number"), element("td", image.selected, "number"), element("td", image.all, "number"));
    row.addEventListener("click", () => { const roi = filtered.find((one) => one.image === image.id); if (roi) select(roi); else { state.shownImage = image.id; show(); } });
    return row;
  }));
  images.filter((image) => image.link).forEach((image) => {
    const photo = new Image();
    photo.addEventListener("load", () => { if (image.id === state.shownImage) viewer(); });
    photo.src = image.link;
    photos.set(image.id, photo);
  });
  // A click selects the smallest box around the point.
  at("canvas").addEventListener("click", (event) => {
    const [x, y] = [(event.offsetX - view.offsetX) / view.scale + view.left, (event.offsetY - view.offsetY) / view.scale + view.top];
    const area = ({ corners: [x1, y1, x2, y2] }) => (x2 - x1) * (y2 - y1);
    const hit = filtered.filter(({ image, isBox, corners: [x1, y1, x2, y2] }) => image === state.shownImage && isBox && x >= x1 && x <= x2 && y >= y1 && y <= y2);
    if (hit.length) select(hit.reduce((best, roi) => (area(roi) < area(best) ? roi : best)));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || ["INPUT", "SELECT"].includes(event.target.tagName)) return;
    const keys = { j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), n: () => stepImage(1), p: () => stepImage(-1), h: () => { state.photo = !state.photo; viewer(); }, r: reset };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  window.addEventListener("resize", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  filter();
}
start();
