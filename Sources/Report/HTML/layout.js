// Where the rows of a ladder diagram come to lie, alone or beside another. The data is what LadderCode.swift writes.
const Kind = { call: 0, result: 1, state: 2, segment: 3, arrival: 4, trace: 5, look: 6, note: 7, exit: 8, check: 9 };
const charWidth = 6.95, lineHeight = 14, foldHeight = 24;

/** Microseconds as seconds, as the time column has them. */
const stamp = us => (us / 1e6).toFixed(6);

/** Microseconds as people say them. */
function spoken(us) {
  if (us < 1e3) return `${us} µs`;
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
 * Columns of a diagram of this width. Where it is narrow, what the hosts do stands between their lines, each on its own
 * side, so that both sides are seen at once.
 */
function columnsOf(ladder, width) {
  const bars = ladder.bars.map(([host, name, spans]) => ({ host, name, spans }));
  const lanes = [0, 1].map(host => arrange(bars.filter(bar => bar.host === host)));
  const longest = Math.max(10, ...ladder.arrows.map(arrow => arrow[1].length));
  // Three hours have more digits than a second.
  const digits = Math.max(0, ...ladder.rows.map(row => stamp(row[0]).length));
  const compact = width < 620;
  const timeWidth = compact ? 10 + 6.1 * Math.max(8, digits) : Math.max(74, 16 + 6.1 * digits);
  // However many sockets there are, there is room for the rest.
  const laneWidth = Math.max(2, Math.min(15, width * 0.24 / Math.max(1, lanes[0] + lanes[1])));
  const x = { time: timeWidth, total: width };
  if (compact) {
    x.barsA = timeWidth;
    x.railA = x.barsA + lanes[0] * laneWidth + 5;
    x.railB = width - 6 - lanes[1] * laneWidth;
    x.barsB = x.railB + 5;
    x.textA = x.railA + 12;
    x.textB = x.railB - 12;
    x.room = Math.max(8, Math.floor((x.railB - x.railA - 24) / charWidth));
    x.wide = Math.max(8, Math.floor((width - timeWidth - 12) / charWidth));
  } else {
    const laneRoom = (lanes[0] + lanes[1]) * laneWidth + 18;
    const wireRoom = Math.max(120, Math.min(longest * charWidth + 90, (width - timeWidth - laneRoom) * 0.42));
    const side = Math.max(90, (width - timeWidth - laneRoom - wireRoom) / 2);
    x.barsA = timeWidth + side;
    x.railA = x.barsA + lanes[0] * laneWidth + 6;
    x.railB = x.railA + wireRoom;
    x.barsB = x.railB + 6;
    x.textA = x.barsA - 8;
    x.textB = x.barsB + lanes[1] * laneWidth + 6;
    x.total = x.textB + side;
    x.room = Math.floor((side - 10) / charWidth);
    x.wide = Math.floor((x.total - timeWidth - 20) / charWidth);
  }
  x.wire = x.railB - x.railA;
  return { ...x, compact, bars, laneWidth };
}

/** The rows that are shown, each with its lines, its height and what stands before it. */
function rowsOf(ladder, columns, options) {
  const shown = [];
  let last = null;
  ladder.rows.forEach(([at, , kind, text, flags, count], number) => {
    if ((flags & 1 && !options.minor) || (kind === Kind.look && !options.looks)) return;
    const wait = last === null ? 0 : at - last;
    last = at;
    const gap = wait >= 1e5 ? foldHeight : wait >= 1e3 ? 2 * Math.log10(wait / 100) : 0;
    let lines = [], height = 20;
    if (kind !== Kind.segment && kind !== Kind.arrival) {
      const across = kind === Kind.note || kind === Kind.check;
      lines = wrap(count > 1 ? `${text} (× ${count})` : text, across ? columns.wide : columns.room);
      height = lines.length * lineHeight + 3;
    }
    shown.push({ number, at, lines, height, gap, wait: wait >= 1e5 ? wait : 0 });
  });
  return shown;
}

/**
 * Places the rows of one diagram, or of two side by side: then what both have lies at one height, and what one of them
 * has alone lies where its time puts it.
 * @param pairs numbers of rows that are the same in both, in order
 * @returns for each diagram the top of every row, its shown rows and its bottom
 */
function placeRows(ladders, rows, pairs) {
  const places = ladders.map((ladder, side) => ({ tops: new Array(ladder.rows.length), rows: rows[side], bottom: 26 }));
  const next = ladders.map(() => 0);
  let level = 26;
  const put = (side, row, top) => {
    row.top = top;
    places[side].tops[row.number] = top;
    places[side].bottom = top + row.height;
    level = top;
  };
  const least = (side, row) => Math.max(places[side].bottom + row.gap, level);
  // The ends count as a pair, so that nothing remains.
  const meetings = [...pairs.map(([left, right]) => [rows[0].findIndex(row => row.number === left), rows[1].findIndex(row => row.number === right)])
    .filter(([left, right]) => left >= 0 && right >= 0), rows.map(list => list.length)];
  let begin = ladders.map((ladder, side) => rows[side][0]?.at ?? 0);
  for (const meeting of meetings) {
    const between = rows.flatMap((list, side) => list.slice(next[side], meeting[side]).map(row => ({ side, row, since: row.at - begin[side] })));
    between.sort((a, b) => a.since - b.since || a.side - b.side);
    for (const { side, row } of between) put(side, row, least(side, row));
    const met = rows.map((list, side) => list[meeting[side]]);
    if (met.every(Boolean)) {
      const top = Math.max(...met.map((row, side) => least(side, row)));
      met.forEach((row, side) => put(side, row, top));
      begin = met.map(row => row.at);
    }
    meeting.forEach((place, side) => { next[side] = place + 1; });
  }
  const bottom = Math.max(...places.map(place => place.bottom)) + 8;
  for (const place of places) {
    // What is not shown lies where it would begin.
    let y = 26, shown = 0;
    for (let number = 0; number < place.tops.length; number++) {
      if (place.rows[shown]?.number === number) { y = place.rows[shown].top + place.rows[shown].height; shown += 1; }
      else place.tops[number] = y;
    }
    place.bottom = bottom;
  }
  return places;
}

/** What two diagrams share: pairs of rows, and for each the set of rows that the other has not. */
function compareLadders(left, right) {
  const keyed = ladder => {
    const arrows = new Map();
    for (const arrow of ladder.arrows) for (const row of [arrow[2], arrow[3]]) if (!arrows.has(row)) arrows.set(row, arrow);
    return ladder.rows.map((row, number) => {
      const arrow = arrows.get(number);
      const text = arrow && (row[2] === Kind.segment || row[2] === Kind.arrival) ? `${arrow[1]} ${fates[arrow[4]]}` : row[3];
      // Ports, durations and timers' rests differ from run to run.
      const key = text.replace(/([AB]):\d{5}/g, "$1:port").replace(/\d+(\.\d+)? (ms|s|min|h)\b/g, "time").replace(/\(\d+ times\)/, "").replace(/sack [-\d:,]+/, "sack");
      return { number, host: row[1], kind: row[2], minor: row[4] & 1, key: `${row[2]} ${key}` };
    });
  };
  const rows = [keyed(left), keyed(right)];
  const fresh = [new Set(), new Set()], pairs = [];
  // Each host's rows are compared in their own order: which of the two was first by a microsecond says nothing.
  for (const host of [0, 1, 2]) {
    const [a, b] = rows.map(list => list.filter(row => row.host === host && row.kind !== Kind.look && !(row.kind <= Kind.result && row.minor)));
    const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) {
        common[i][j] = a[i].key === b[j].key ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    let i = 0, j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i].key === b[j].key) pairs.push([a[i++].number, b[j++].number]);
      else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) fresh[0].add(a[i++].number);
      else fresh[1].add(b[j++].number);
    }
  }
  return { fresh, pairs: longestChain(pairs.sort((a, b) => a[0] - b[0])) };
}

/** The most pairs whose second numbers grow too: pairs that cross cannot all lie at one height. */
function longestChain(pairs) {
  const ends = [], before = [];
  pairs.forEach(([, right], index) => {
    let low = 0, high = ends.length;
    while (low < high) { const middle = (low + high) >> 1; if (pairs[ends[middle]][1] < right) low = middle + 1; else high = middle; }
    before[index] = low > 0 ? ends[low - 1] : -1;
    ends[low] = index;
  });
  const chain = [];
  for (let index = ends.length ? ends[ends.length - 1] : -1; index >= 0; index = before[index]) chain.unshift(pairs[index]);
  return chain;
}
