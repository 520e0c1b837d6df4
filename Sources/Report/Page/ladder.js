// Draws a ladder diagram into an SVG element. The data is what HTMLData.swift writes; see there.
"use strict";

const Kind = { call: 0, result: 1, state: 2, segment: 3, arrival: 4, trace: 5, look: 6, note: 7, exit: 8, check: 9 };
const kindNames = ["call", "result", "state", "segment", "arrival", "trace", "look", "note", "exit", "check"];
const fates = ["passed", "held", "released", "dropped", "delayed", "injected"];
const charWidth = 6.95, lineHeight = 14, laneWidth = 15;

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

/** Microseconds as seconds, as the time column has them. */
const stamp = us => (us / 1e6).toFixed(6);

/** Microseconds as people say them. */
function spoken(us) {
  if (us < 1e6) return `${Math.round(us / 1e3)} ms`;
  if (us < 1e8) return `${(us / 1e6).toFixed(2)} s`;
  const s = Math.round(us / 1e6);
  const parts = [[Math.floor(s / 86400), "d"], [Math.floor(s % 86400 / 3600), "h"], [Math.floor(s % 3600 / 60), "min"], [s % 60, "s"]];
  while (parts[0][0] === 0) parts.shift();
  return parts.slice(0, 2).filter(part => part[0]).map(part => part.join(" ")).join(" ");
}

/** Breaks a text into lines of so many characters; what fits into no line is cut within words. */
function wrap(text, room) {
  const lines = [];
  let line = "";
  for (let word of text.split(" ")) {
    if (line && line.length + 1 + word.length > room) { lines.push(line); line = ""; }
    while (word.length > room) { lines.push(word.slice(0, room)); word = word.slice(room); }
    line = line ? line + " " + word : word;
  }
  return [...lines, line];
}

/** Puts the bars of a host side by side, those that do not meet above each other. Returns the number of lanes. */
function arrange(bars) {
  const ends = [];
  for (const bar of bars) {
    const begin = bar.spans[0][1], end = bar.spans[bar.spans.length - 1][2];
    let lane = ends.findIndex(last => last <= begin);
    if (lane < 0) lane = ends.length;
    ends[lane] = end;
    bar.lane = lane;
  }
  return ends.length;
}

/**
 * Makes the diagram.
 * @param ladder rows, arrows, bars and timers
 * @param width in pixels
 * @param options minor and looks: whether to show these rows; fresh: rows that the other diagram has not
 */
function drawLadder(ladder, width, options) {
  const bars = ladder.bars.map(([host, name, spans]) => ({ host, name, spans }));
  const lanes = [0, 1].map(host => arrange(bars.filter(bar => bar.host === host)));
  const longest = Math.max(10, ...ladder.arrows.map(arrow => arrow[1].length));
  // Three hours have more digits than a second.
  const timeWidth = Math.max(74, 16 + 6.1 * Math.max(0, ...ladder.rows.map(row => stamp(row[0]).length)));
  const laneRoom = (lanes[0] + lanes[1]) * laneWidth + 12;
  const wireRoom = Math.max(120, Math.min(longest * charWidth + 90, (width - timeWidth - laneRoom) * 0.42));
  const side = Math.max(120, (width - timeWidth - laneRoom - wireRoom) / 2);
  const x = { barsA: timeWidth + side };
  x.railA = x.barsA + lanes[0] * laneWidth + 6;
  x.railB = x.railA + wireRoom;
  x.barsB = x.railB + 6;
  x.textB = x.barsB + lanes[1] * laneWidth + 6;
  const total = x.textB + side;
  const room = Math.floor((side - 10) / charWidth);
  const wide = Math.floor((total - timeWidth - 20) / charWidth);
  const layers = { bands: svg("g"), rails: svg("g"), bars: svg("g"), timers: svg("g"), texts: svg("g"), waits: svg("g"), arrows: svg("g"), words: svg("g") };

  // From top to bottom: where each row is, and where time is folded.
  const tops = [], heights = [];
  let y = 26, last = null;
  ladder.rows.forEach((row, number) => {
    const [at, host, kind, text, flags, count] = row;
    tops[number] = y;
    heights[number] = 0;
    if ((flags & 1 && !options.minor) || (kind === Kind.look && !options.looks)) return;
    if (last !== null && at - last >= 1e5) {
      fold(y, at - last);
      y += 24;
    } else if (last !== null && at - last >= 1e3) {
      y += 2 * Math.log10((at - last) / 100);
    }
    last = at;
    tops[number] = y;
    let height = 20;
    if (kind !== Kind.segment && kind !== Kind.arrival) {
      const lines = wrap(count > 1 ? `${text} (${count} times)` : text, kind === Kind.note || kind === Kind.check ? wide : room);
      height = lines.length * lineHeight + 3;
      place(row, lines, y, height);
    }
    if (options.fresh && options.fresh.has(number)) {
      layers.bands.append(svg("rect", { class: "fresh", x: 0, y, width: total, height }));
    }
    layers.texts.append(label(stamp(at), { class: "time", x: timeWidth - 8, y: y + 11, "text-anchor": "end" }));
    heights[number] = height;
    y += height;
  });
  const bottom = y + 8;
  const rowTop = row => row >= tops.length ? bottom : tops[row];

  function place([at, host, kind, text, flags], lines, y, height) {
    const across = kind === Kind.note || kind === Kind.check;
    const classes = [kindNames[kind], flags & 2 ? "bad" : ""].join(" ");
    if (across) layers.bands.append(svg("rect", { class: kind === Kind.check ? "badband" : "band", x: timeWidth - 4, y, width: total - timeWidth + 4, height }));
    const left = across ? timeWidth + 4 : host === 1 ? x.textB : x.barsA - 8;
    const element = svg("text", { class: classes, x: left, y: y + 11, "text-anchor": across || host === 1 ? "start" : "end" });
    lines.forEach((line, index) => element.append(svg("tspan", { x: left, y: y + 11 + index * lineHeight }, line)));
    layers.texts.append(element);
  }

  function fold(y, wait) {
    layers.texts.append(label(spoken(wait), { class: "fold", x: timeWidth - 8, y: y + 15, "text-anchor": "end" }, `${(wait / 1e6).toFixed(6)} s in which nothing was seen`));
    for (const at of [x.railA, x.railB]) {
      layers.rails.append(svg("path", { class: "zigzag", d: `M${at} ${y + 4} l4 3 l-8 4 l8 4 l-4 3` }));
    }
    layers.rails.append(svg("line", { class: "rule wait", x1: timeWidth, x2: total, y1: y + 12, y2: y + 12 }));
  }

  for (const at of [x.railA, x.railB]) layers.rails.prepend(svg("line", { class: "rail", x1: at, x2: at, y1: 20, y2: bottom }));
  layers.texts.append(label("A", { class: "end", x: x.railA, y: 14, "text-anchor": "middle" }));
  layers.texts.append(label("B", { class: "end", x: x.railB, y: 14, "text-anchor": "middle" }));

  for (const bar of bars) {
    const left = (bar.host === 0 ? x.barsA : x.barsB) + bar.lane * laneWidth;
    bar.spans.forEach(([state, begin, end, sampled], index) => {
      const top = rowTop(begin) + 5, height = Math.max(4, rowTop(end) + 5 - top);
      const name = index === 0 ? `${bar.name} ${state}` : state;
      const group = svg("g", { class: "bar" }, svg("title", {}, `${bar.name} ${state}${sampled ? " (seen by netlink alone)" : ""}`));
      group.append(svg("rect", { class: sampled ? "sampled" : "", x: left, y: top, width: laneWidth - 3, height, rx: 2, fill: `var(--${state}, var(--CLOSE))`, stroke: sampled ? "var(--faint)" : "none" }));
      const told = [name, state].find(text => text.length * 5.5 + 6 <= height);
      if (told) group.append(label(told, { x: left + 9.2, y: top + 4, transform: `rotate(90 ${left + 3} ${top + 4})`, dx: -6, dy: -1 }));
      layers.bars.append(group);
    });
  }

  /** Where an instant is, between the rows that have been drawn. */
  function depth(at) {
    let before = null;
    for (let row = 0; row < ladder.rows.length; row++) {
      if (!heights[row]) continue;
      if (ladder.rows[row][0] >= at) {
        if (before === null) return tops[row];
        const [begin, end] = [ladder.rows[before][0], ladder.rows[row][0]];
        const share = end > begin ? (at - begin) / (end - begin) : 1;
        return tops[before] + 8 + share * (tops[row] - tops[before]);
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
    const at = host === 0 ? x.railA + 7 : x.railB - 7;
    const top = tops[row] + 8;
    const tip = `${kind} timer of ${socket}, ${spoken(due - ladder.rows[row][0])} to go${end === null ? "; it does not fire within the diagram" : ""}`;
    const group = svg("g", { class: "timer" }, svg("title", {}, tip), svg("circle", { cx: at, cy: top, r: 3 }));
    group.append(svg("line", { x1: at, x2: at, y1: top, y2: Math.max(top + 6, end ?? Math.min(bottom, top + 26)) }));
    if (end !== null) group.append(svg("line", { x1: at - 4, x2: at + 4, y1: end, y2: end }));
    layers.timers.append(group);
  }

  let gates = 0;
  ladder.arrows.forEach(([from, words, detail, sent, arrived, fate, copies]) => {
    const start = from === 0 ? x.railA : x.railB, stop = from === 0 ? x.railB : x.railA, way = from === 0 ? 1 : -1;
    const gate = start + way * (wireRoom * 0.72 + (gates % 4) * 8);
    const name = fates[fate];
    const classes = `arrow ${name} ${words.startsWith("RST") ? "RST" : ""}`;
    const group = svg("g", { class: classes });
    // Labels lie above the lines of all arrows.
    const above = svg("g", { class: classes });
    group.append(svg("title", {}, `${words}${copies > 1 ? ` (${copies} copies)` : ""} ${name}\n${detail}`));
    const top = tops[sent] + 13;
    const line = (x1, y1, x2, y2) => group.append(svg("line", { x1, y1, x2, y2 }));
    const tip = (x, y, slope = 0) => group.append(svg("path", { d: `M${x} ${y} l${-way * 8} -3.5 l0 7 z`, transform: `rotate(${way * slope} ${x} ${y})` }));
    const say = (text, y, begin, end) => {
      const fits = Math.floor((Math.abs(end - begin) - 6) / charWidth);
      const shown = text.length > fits ? text.slice(0, Math.max(1, fits - 1)) + "…" : text;
      above.append(label(shown, { x: (begin + end) / 2, y, "text-anchor": "middle" }));
    };
    const text = copies > 1 ? `${words} ×${copies}` : words;
    if (name === "injected") {
      const middle = start + way * wireRoom * 0.22;
      group.append(svg("path", { d: `M${middle} ${top - 5} l5 5 l-5 5 l-5 -5 z` }));
      line(middle, top, stop, top + 4);
      tip(stop, top + 4);
      say(`forged ${text}`, top - 3, middle, stop);
    } else if (name === "dropped") {
      line(start, top, gate, top + 3);
      group.append(svg("path", { d: `M${gate - 4} ${top - 1} l8 8 M${gate + 4} ${top - 1} l-8 8` }));
      say(text, top - 3, start, gate);
    } else if (name === "held" || name === "released") {
      gates += 1;
      line(start, top, gate, top + 2);
      group.append(svg("rect", { x: gate - 4, y: top - 2, width: 8, height: 8, fill: "var(--warn)" }));
      say(text, top - 3, start, gate);
      if (arrived >= 0) {
        const end = tops[arrived] + 13;
        layers.waits.append(svg("line", { class: "wait", x1: gate, x2: gate, y1: top + 6, y2: end }));
        line(gate, end, stop, end + 3);
        tip(stop, end + 3);
        say(text, end + 1, start, gate);
      }
    } else if (arrived >= 0 && arrived !== sent) {
      const end = tops[arrived] + 12;
      line(start, top, stop, end);
      tip(stop, end, Math.atan2(end - top, wireRoom) * 180 / Math.PI);
      const share = Math.min(0.5, 9 / Math.max(1, end - top));
      say(text, top - 3 + share * (end - top), start, stop);
    } else {
      line(start, top, stop, top + 4);
      tip(stop, top + 4);
      say(name === "delayed" ? `${text} delayed` : text, top - 3, start, stop);
    }
    layers.arrows.append(group);
    layers.words.append(above);
  });

  const picture = svg("svg", { class: "ladder", width: total, height: bottom + 6, viewBox: `0 0 ${total} ${bottom + 6}`, role: "img" });
  picture.setAttribute("aria-label", "Ladder diagram of both hosts");
  picture.append(...Object.values(layers));
  return picture;
}

/** What of two diagrams is in one alone: two sets of rows. Each host's rows are compared in their own order. */
function compareLadders(left, right) {
  const words = (ladder, row, number) => {
    const arrow = ladder.arrows.find(arrow => arrow[3] === number || arrow[4] === number);
    const text = arrow ? `${arrow[1]} ${fates[arrow[5]]}` : row[3];
    // Ports, durations and timers' rests differ from run to run.
    return `${row[2]} ${text.replace(/([AB]):\d{5}/g, "$1:port").replace(/\d+(\.\d+)? (ms|s|min|h)\b/g, "time").replace(/\(\d+ times\)/, "").replace(/sack [-\d:,]+/, "sack")}`;
  };
  const fresh = [new Set(), new Set()];
  for (const host of [0, 1, 2]) {
    const [a, b] = [left, right].map(ladder => ladder.rows.map((row, number) => ({ number, row, key: "" }))
      .filter(({ row }) => row[1] === host && row[2] !== Kind.look && !(row[2] <= Kind.result && row[4] & 1))
      .map(entry => ({ ...entry, key: words(ladder, entry.row, entry.number) })));
    const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) {
        common[i][j] = a[i].key === b[j].key ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    let i = 0, j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i].key === b[j].key) { i++; j++; }
      else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) fresh[0].add(a[i++].number);
      else fresh[1].add(b[j++].number);
    }
  }
  return fresh;
}
