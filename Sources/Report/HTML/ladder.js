// Draws a ladder diagram into an SVG element.
const kindNames = ["call", "result", "state", "segment", "arrival", "trace", "look", "note", "exit", "check"];
const fates = ["passed", "held", "released", "dropped", "delayed", "injected"];

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  for (const child of children) element.append(child);
  return element;
}

/** A text with its tooltip. */
function label(text, attributes, tip) {
  const element = svg("text", attributes, text);
  if (tip) element.append(svg("title", {}, tip));
  return element;
}

/**
 * Makes the diagram.
 * @param x columns, of columnsOf
 * @param place rows, of placeRows
 * @param options name: of the diagram; fresh: rows that the other diagram has not
 */
function drawLadder(ladder, x, place, options) {
  const layers = { bands: svg("g"), rails: svg("g"), bars: svg("g"), timers: svg("g"), texts: svg("g"), waits: svg("g"), arrows: svg("g"), words: svg("g", { class: "above" }) };
  const { tops, bottom } = place;
  const rowTop = row => row >= tops.length ? bottom : tops[row];
  for (const shown of place.rows) drawRow(ladder.rows[shown.number], shown, x, layers, options);
  for (const at of [x.railA, x.railB]) layers.rails.prepend(svg("line", { class: "rail", x1: at, x2: at, y1: 20, y2: bottom }));
  layers.texts.append(label("A", { class: "end", x: x.railA, y: 14, "text-anchor": "middle" }));
  layers.texts.append(label("B", { class: "end", x: x.railB, y: 14, "text-anchor": "middle" }));
  for (const bar of x.bars) drawBar(bar, x, rowTop, layers);
  drawTimers(ladder, x, place, layers);
  const gates = { count: 0 };
  ladder.arrows.forEach((arrow, number) => drawArrow(arrow, number, ladder, x, tops, gates, layers));
  const picture = svg("svg", { class: "ladder", width: x.total, height: bottom + 6, viewBox: `0 0 ${x.total} ${bottom + 6}`, role: "group" });
  picture.setAttribute("aria-label", `Ladder diagram of both hosts${options.name ? `, ${options.name}` : ""}`);
  picture.append(...Object.values(layers));
  return picture;
}

function drawRow([at, host, kind, text, flags], row, x, layers, options) {
  if (row.wait) drawFold(row.top - foldHeight, row.wait, x, layers);
  if (options.fresh?.has(row.number)) layers.bands.append(svg("rect", { class: "fresh", x: 0, y: row.top, width: x.total, height: row.height }));
  layers.texts.append(label(stamp(at), { class: "time", x: x.time - 8, y: row.top + 11, "text-anchor": "end" }));
  if (!row.lines.length) return;
  const across = kind === Kind.note || kind === Kind.check;
  const classes = [kindNames[kind], flags & 2 ? "bad" : ""].join(" ");
  if (across) layers.bands.append(svg("rect", { class: kind === Kind.check ? "badband" : "band", x: x.time - 4, y: row.top, width: x.total - x.time + 4, height: row.height }));
  const left = across ? x.time + 4 : host === 1 ? x.textB : x.textA;
  const atStart = across || (host === 1) !== x.compact;
  const element = svg("text", { class: classes, x: left, y: row.top + 11, "text-anchor": atStart ? "start" : "end" });
  row.lines.forEach((line, index) => element.append(svg("tspan", { x: left, y: row.top + 11 + index * lineHeight }, line)));
  layers.texts.append(element);
}

function drawFold(y, wait, x, layers) {
  layers.texts.append(label(spoken(wait), { class: "fold", x: x.time - 8, y: y + 15, "text-anchor": "end" }, `${(wait / 1e6).toFixed(6)} s in which nothing was seen`));
  for (const at of [x.railA, x.railB]) {
    layers.rails.append(svg("path", { class: "zigzag", d: `M${at} ${y + 4} l4 3 l-8 4 l8 4 l-4 3` }));
  }
  layers.rails.append(svg("line", { class: "rule wait", x1: x.time, x2: x.total, y1: y + 12, y2: y + 12 }));
}

function drawBar(bar, x, rowTop, layers) {
  const left = (bar.host === 0 ? x.barsA : x.barsB) + bar.lane * x.laneWidth;
  bar.spans.forEach(([state, begin, end, sampled], index) => {
    const top = rowTop(begin) + 5, height = Math.max(4, rowTop(end) + 5 - top);
    const name = index === 0 ? `${bar.name} ${state}` : state;
    const group = svg("g", { class: "bar" }, svg("title", {}, `${bar.name} ${state}${sampled ? " (seen by netlink alone)" : ""}`));
    group.append(svg("rect", { class: sampled ? "sampled" : "", x: left, y: top, width: Math.max(1.5, x.laneWidth - 3), height, rx: x.laneWidth > 8 ? 2 : 0, fill: `var(--${state}, var(--CLOSE))`, stroke: sampled ? "var(--faint)" : "none" }));
    const told = x.laneWidth < 15 ? null : [name, state].find(text => text.length * 5.5 + 6 <= height);
    if (told) group.append(label(told, { x: left + 9.2, y: top + 4, transform: `rotate(90 ${left + 3} ${top + 4})`, dx: -6, dy: -1 }));
    layers.bars.append(group);
  });
}

function drawTimers(ladder, x, { tops, rows, bottom }, layers) {
  /** Where an instant is, between the rows that have been drawn. */
  function depth(at) {
    let before = null;
    for (const row of rows) {
      if (row.at >= at) {
        if (before === null) return row.top;
        const share = row.at > before.at ? (at - before.at) / (row.at - before.at) : 1;
        return before.top + 8 + share * (row.top - before.top);
      }
      before = row;
    }
    return null;
  }
  const drawn = {};
  for (const [host, socket, kind, row, due] of ladder.timers) {
    const key = `${host} ${socket} ${kind}`;
    if (Math.abs((drawn[key] ?? -1e18) - due) < 3e4) continue;
    drawn[key] = due;
    const end = depth(due);
    const beside = x.compact ? 4 : 7;
    const at = host === 0 ? x.railA + beside : x.railB - beside;
    const top = tops[row] + 8;
    const tip = `${kind} timer of ${socket}, ${spoken(due - ladder.rows[row][0])} to go${end === null ? "; it does not fire within the diagram" : ""}`;
    const group = svg("g", { class: "timer" }, svg("title", {}, tip), svg("circle", { cx: at, cy: top, r: 3 }));
    group.append(svg("line", { x1: at, x2: at, y1: top, y2: Math.max(top + 6, end ?? Math.min(bottom, top + 26)) }));
    if (end !== null) group.append(svg("line", { x1: at - 4, x2: at + 4, y1: end, y2: end }));
    layers.timers.append(group);
  }
}

function drawArrow([from, words, sent, arrived, fate, copies], number, ladder, x, tops, gates, layers) {
  const start = from === 0 ? x.railA : x.railB, stop = from === 0 ? x.railB : x.railA, way = from === 0 ? 1 : -1;
  const gate = start + way * (x.wire * 0.72 + (gates.count % 4) * 8);
  const name = fates[fate];
  const classes = `arrow ${name} ${words.startsWith("RST") ? "RST" : ""}`;
  const spokenAs = `${"AB"[from]} to ${"AB"[1 - from]} at ${stamp(ladder.rows[sent][0])}: ${words}${copies > 1 ? `, ${copies} copies` : ""}${name === "passed" ? "" : `, ${fateWords[name]}`}`;
  const group = svg("g", { class: classes, role: "button", tabindex: -1, "data-segment": number, "aria-label": spokenAs });
  // Labels lie above the lines of all arrows.
  const above = svg("g", { class: classes });
  const top = tops[sent] + 13;
  const line = (x1, y1, x2, y2) => group.append(svg("line", { class: "hit", x1, y1: y1 - 4, x2, y2: y2 - 4 }), svg("line", { x1, y1, x2, y2 }));
  const tip = (x, y, slope = 0) => group.append(svg("path", { d: `M${x} ${y} l${-way * 8} -3.5 l0 7 z`, transform: `rotate(${way * slope} ${x} ${y})` }));
  const say = (text, y, begin, end) => {
    const fits = Math.floor((Math.abs(end - begin) - 6) / charWidth);
    const shown = text.length > fits ? text.slice(0, Math.max(1, fits - 1)) + "…" : text;
    above.append(label(shown, { x: (begin + end) / 2, y, "text-anchor": "middle" }));
  };
  const text = copies > 1 ? `${words} ×${copies}` : words;
  if (name === "injected") {
    const middle = start + way * x.wire * 0.22;
    group.append(svg("path", { d: `M${middle} ${top - 5} l5 5 l-5 5 l-5 -5 z` }));
    line(middle, top, stop, top + 4);
    tip(stop, top + 4);
    say(`forged ${text}`, top - 3, middle, stop);
  } else if (name === "dropped") {
    line(start, top, gate, top + 3);
    group.append(svg("path", { d: `M${gate - 4} ${top - 1} l8 8 M${gate + 4} ${top - 1} l-8 8` }));
    say(text, top - 3, start, gate);
  } else if (name === "held" || name === "released") {
    gates.count += 1;
    line(start, top, gate, top + 2);
    group.append(svg("rect", { x: gate - 4, y: top - 2, width: 8, height: 8, fill: "var(--warn)" }));
    say(text, top - 3, start, gate);
    if (arrived >= 0 && arrived !== sent) {
      const end = tops[arrived] + 13;
      layers.waits.append(svg("line", { class: "wait", x1: gate, x2: gate, y1: top + 6, y2: end }));
      line(gate, end, stop, end + 3);
      tip(stop, end + 3);
      say(text, end + 1, start, gate);
    }
  } else if (arrived >= 0 && arrived !== sent) {
    const end = tops[arrived] + 12;
    line(start, top, stop, end);
    tip(stop, end, Math.atan2(end - top, x.wire) * 180 / Math.PI);
    const share = Math.min(0.5, 9 / Math.max(1, end - top));
    say(text, top - 3 + share * (end - top), start, stop);
  } else {
    line(start, top, stop, top + 4);
    tip(stop, top + 4);
    say(name === "delayed" ? `${text} delayed` : text, top - 3, start, stop);
  }
  layers.arrows.append(group);
  layers.words.append(above);
}
