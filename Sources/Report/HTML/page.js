// Shows scenarios. The address says everything that is shown: #id@run..run?verdict=failed&segment=0.3.
const runs = JSON.parse($("runs").textContent);
const blocks = new Map([...document.querySelectorAll("script.scenario")].map(block => [block.dataset.id, block]));
const shown = { minor: false, looks: true, differences: false };
const title = document.title;
let current = null, shownAddress = null;

// The address.

function address() {
  const [, place, query = ""] = /^#?([^?]*)\??(.*)$/s.exec(location.hash);
  const [id, rest = ""] = decode(place).split("@");
  const [first, second] = rest.split("..").map(text => text === "" ? NaN : Number(text));
  return { id, first, second, query: new URLSearchParams(query) };
}

/** What is no percent code stands for itself. */
function decode(text) { try { return decodeURIComponent(text); } catch { return text; } }

function formatAddress({ id, first, second, query }) {
  const has = number => number !== undefined && !Number.isNaN(number);
  const place = id ? encodeURI(id) + (has(first) ? `@${first}${has(second) ? `..${second}` : ""}` : "") : "";
  const words = String(query ?? "");
  return place + (words ? `?${words}` : "");
}

/** Goes to an address; without a step in the history where only what is typed changes. */
function go(there, quietly) {
  const hash = `#${formatAddress(there)}`;
  if (quietly) history.replaceState(null, "", hash);
  else location.hash = hash;
  // At once: the next key may come before the browser tells of the change.
  show();
}

/** The address of a scenario with the filters as they are. */
function to(id, first, second) {
  return { id, first, second, query: changed(address().query, { segment: "" }) };
}

function show() {
  const { id, first, second, query } = address();
  shownAddress = location.hash;
  applyFilters(query);
  for (const link of document.querySelectorAll(".scenarios tbody th a")) link.hash = formatAddress(to(link.closest("tr").dataset.id));
  const block = blocks.get(id);
  tellUnknown(block ? "" : id);
  const isNew = current?.id !== id;
  document.body.classList.toggle("open", Boolean(block));
  $("detail").hidden = !block;
  for (const row of table) row.classList.toggle("current", row.dataset.id === id);
  if (!block) { current = null; document.body.classList.remove("two"); document.title = title; return; }
  const scenario = isNew ? unpack(JSON.parse(block.textContent)) : current.scenario;
  const has = run => Boolean(scenario.runs[run]);
  const chosen = ["failed", "error"].map(verdict => scenario.runs.findIndex(run => run?.verdict === verdict)).find(run => run >= 0);
  const filtered = Number(query.get("run") ?? NaN);
  const left = has(first) ? first : chosen ?? (has(filtered) ? filtered : scenario.runs.findIndex(Boolean));
  const right = has(second) && second !== left ? second : undefined;
  const isSame = !isNew && current.left === left && current.right === right;
  current = { id, scenario, left, right };
  const words = [left, right].filter(run => run !== undefined).map(run => `${scenario.runs[run].word} on ${runs[run].short}`).join(", ");
  document.title = `${id}: ${words} - tcpwitness`;
  if (!isSame) render();
  if (isNew) {
    table.find(row => row.dataset.id === id)?.scrollIntoView({ block: "nearest" });
    $("detail").focus({ preventScroll: true });
    scrollTo(0, innerWidth >= 1100 ? Math.min(scrollY, $("detail").offsetTop) : 0);
  }
  showSegment(query.get("segment"), isSame);
}

/** Says that the address names nothing, and what it may have meant. */
function tellUnknown(id) {
  $("unknown").hidden = !id;
  if (!id) return;
  const parts = id.split(/[.-]/);
  const near = [...blocks.keys()].map(other => [other.split(/[.-]/).filter(part => parts.includes(part)).length, other])
    .filter(([count]) => count > 0).sort((a, b) => b[0] - a[0]).slice(0, 3);
  $("unknown").replaceChildren(`This report has no scenario "${id}".`, ...near.flatMap(([, other], index) => [index ? ", " : " It has ", html("a", { href: `#${other}` }, other)]), near.length ? "." : "");
}

/** Puts the texts in the place of their numbers. */
function unpack(scenario) {
  const text = number => scenario.texts[number];
  for (const run of scenario.runs) {
    if (!run) continue;
    run.explain = run.explain.map(([name, words]) => [name, text(words)]);
    run.checks = run.checks.map(([ok, ...words]) => [ok, ...words.map(text)]);
    run.measures = run.measures.map(words => words.map(text));
    run.counters = run.counters.map(words => words.map(text));
    const { rows, arrows, bars, timers } = run.ladder;
    let at = 0;
    for (const row of rows) {
      while (row.length < 5) row.push(0);
      row[0] = at += row[0];
      row[3] = text(row[3]);
    }
    const frames = ["", ""];
    for (const arrow of arrows) {
      arrow[1] = text(arrow[1]);
      arrow[3] = arrow[3] === null ? -1 : arrow[2] + arrow[3];
      const [ports, flags, sequence, acknowledgement = null, length = 0, window = 0, inA = 0, inB = 0, shared = 0, rest = null, size = 0, ipv6 = 0, urgent = null, options = null] = arrow[6];
      const bytes = rest === null ? null : frames[arrow[0]] = frames[arrow[0]].slice(0, shared) + atob(rest);
      const [source, destination] = text(ports).split(" ");
      arrow[6] = { source, destination, flags: text(flags), sequence, acknowledgement, length, window, inA, inB, bytes, size: size || bytes?.length, ipv6, urgent, options: options === null ? null : text(options) };
    }
    for (const bar of bars) { bar[1] = text(bar[1]); for (const span of bar[2]) span[0] = text(span[0]); }
    for (const timer of timers) { timer[1] = text(timer[1]); timer[2] = text(timer[2]); }
  }
  return scenario;
}

// One scenario.

function render() {
  const { scenario, left, right } = current;
  const sides = right === undefined ? [left] : [left, right];
  hideTip();
  document.body.classList.toggle("two", right !== undefined);
  const detail = $("detail");
  const around = visibleRows().map(row => row.dataset.id), place = around.indexOf(scenario.id);
  const neighbour = (id, words) => id ? html("a", { href: `#${formatAddress(to(id, left, right))}` }, words) : null;
  detail.replaceChildren(...[
    html("nav", { class: "trail", "aria-label": "Scenarios around" }, html("a", { href: `#${formatAddress(to())}` }, "← all scenarios"), neighbour(around[place - 1], "previous"), neighbour(place >= 0 ? around[place + 1] : null, "next")),
    html("h2", {}, scenario.id, " ", html("small", {}, scenario.location)),
    html("p", { class: "headline" }, scenario.claim),
    toolbar(scenario, left, right),
    beside(sides, run => above(scenario, run), "How it ended"), differences(scenario, sides),
  ].filter(Boolean));
  const grid = beside(sides, () => "", "What happened");
  const columns = [...grid.children];
  detail.append(grid);
  draw(scenario, sides, columns);
  sides.forEach((run, index) => below(columns[index], scenario.runs[run]));
  detail.append(words(scenario));
}

/** What each side has, side by side where there is room. */
function beside(sides, content, title) {
  return html("div", { class: `sides ${sides.length > 1 ? "two" : ""}` }, ...sides.map(run => html("section", { class: "side", "data-run": run, "aria-label": `${title} on Linux ${runs[run].name}` }, content(run))));
}

/** How one run's attempt ended, and why. */
function above(scenario, index) {
  const run = scenario.runs[index];
  const box = html("div", { class: "above" }, html("h3", {}, `Linux ${runs[index].name}: `, html("span", { class: `verdict ${run.verdict}` }, run.word),
    html("small", {}, `  ${run.took}, link ${run.link}${run.variant ? `, variant ${run.variant}` : ""}`)));
  if (run.attempts) box.append(html("p", {}, html("small", {}, run.attempts)));
  if (run.explain.length) {
    box.append(html("dl", { class: `explain ${run.verdict}` }, ...run.explain.map(([name, text]) => html("div", { class: name === "when" ? "again" : null }, html("dt", {}, name), html("dd", {}, text)))));
  }
  // What was seen before an attempt was given up answers no question.
  if (run.verdict !== "skipped") box.append(paths(run));
  return box;
}

/** The states that each socket passed; folded where there are many. */
function paths(run) {
  const paths = new Map();
  for (const [host, name, spans] of run.ladder.bars) {
    const path = `${"AB"[host]} ${name}: ${spans.map(span => span[3] ? `(${span[0]})` : span[0]).join(" → ")}`;
    paths.set(path, (paths.get(path) ?? 0) + 1);
  }
  const lines = [...paths].map(([path, count]) => html("li", {}, count > 1 ? `${path}  (× ${count})` : path));
  const list = html("ul", { class: "paths" }, ...lines);
  return lines.length <= 6 ? list : html("details", {}, html("summary", {}, `Paths of ${run.ladder.bars.length} sockets`), list);
}

/** Draws the diagrams, side by side at one scale where there is room for two. */
function draw(scenario, sides, columns) {
  const isAligned = sides.length === 2 && innerWidth >= 760;
  const ladders = sides.map(run => scenario.runs[run].ladder);
  const { fresh, pairs } = sides.length === 2 ? compareLadders(...ladders) : { fresh: [], pairs: [] };
  const scrolls = columns.map((column, index) => {
    const scroll = html("div", { class: "scroll" });
    const isIdle = scenario.runs[sides[index]].verdict === "skipped";
    column.append(isIdle ? html("details", {}, html("summary", {}, "What was seen before it was skipped"), scroll) : scroll);
    return scroll;
  });
  const layouts = ladders.map((ladder, index) => {
    const x = columnsOf(ladder, Math.max(300, columns[index].clientWidth - 2));
    return { x, rows: rowsOf(ladder, x, shown) };
  });
  const places = isAligned ? placeRows(ladders, layouts.map(layout => layout.rows), pairs)
    : ladders.map((ladder, index) => placeRows([ladder], [layouts[index].rows], [])[0]);
  ladders.forEach((ladder, index) => {
    const run = scenario.runs[sides[index]];
    const picture = drawLadder(ladder, layouts[index].x, places[index], { fresh: fresh[index], name: `Linux ${runs[sides[index]].name}` });
    wireSegments(picture, run, number => go({ ...address(), id: current.id, first: current.left, second: current.right, query: changed(address().query, { segment: `${index}.${number}` }) }));
    scrolls[index].append(picture);
    const states = new Set(ladder.bars.flatMap(bar => bar[2].map(span => span[0])));
    scrolls[index].after(html("div", { class: "legend" }, ...[...states].map(state => html("span", {}, html("i", { style: `background: var(--${state}, var(--CLOSE))` }), state)),
      ...legend(ladder).map(text => html("span", {}, text))));
  });
}

/** What only this diagram's signs need. */
function legend(ladder) {
  const has = fate => ladder.arrows.some(arrow => fates[arrow[4]] === fate);
  return [[has("held") || has("released"), "■ held by the wire"], [has("dropped"), "✕ lost"], [has("injected"), "◆ forged"], [ladder.timers.length, "┇ kernel timer"],
    [ladder.bars.some(bar => bar[2].some(span => span[3])), "faded bar: seen by netlink alone"], [ladder.arrows.length, "a segment answers to a click with its headers"]]
    .filter(([there]) => there).map(([, text]) => text);
}

/** Opens the panel of the segment that the address names, or closes it. */
function showSegment(name, mayFocus) {
  const old = $("segment");
  const [side, number] = (name ?? "").split(".").map(text => text === "" ? NaN : Number(text));
  const run = current.scenario.runs[[current.left, current.right][side]];
  for (const arrow of document.querySelectorAll(".arrow.chosen")) arrow.classList.remove("chosen");
  if (!run?.ladder.arrows[number]) { old?.remove(); return; }
  const place = number => go({ ...address(), query: changed(address().query, { segment: number === null ? "" : `${side}.${number}` }) });
  const close = () => { place(null); arrow.focus(); };
  const picture = document.querySelectorAll("svg.ladder")[side];
  const arrow = picture.querySelector(`[data-segment="${number}"]`);
  arrow.classList.add("chosen");
  const panel = segmentPanel(run, number, close, by => place(number + by));
  panel.closePanel = close;
  old ? old.replaceWith(panel) : $("detail").append(panel);
  arrow.scrollIntoView({ block: "start" });
  if (mayFocus) panel.focus({ preventScroll: true });
}

/** What is done, where it is written, and what documents say of it: below what the kernel did. */
function words(scenario) {
  const boxes = [];
  // A chapter, which ends in a colon, is no step.
  const step = text => html("li", { class: text.endsWith(":") ? "chapter" : null }, text);
  if (scenario.steps.length) boxes.push(html("div", {}, html("h3", {}, "What is done"), html("ol", {}, ...scenario.steps.map(step))));
  const sources = html("div", {}, html("h3", {}, "Where it is written"), html("ul", {}, ...scenario.cites.map(cite => html("li", {}, cite))));
  for (const [note, says] of scenario.standings) {
    const start = note[0].toUpperCase() + note.slice(1);
    sources.append(html("p", { class: "standing" }, says ? `${start}: “${says}”` : `${start}.`));
  }
  boxes.push(sources);
  return html("div", { class: "words" }, ...boxes);
}

function toolbar(scenario, left, right) {
  const bar = html("div", { class: "toolbar", role: "group", "aria-label": "What is shown" });
  const there = scenario.runs.filter(Boolean).length;
  if (there > 1) {
    scenario.runs.forEach((run, index) => {
      if (!run) return;
      bar.append(html("button", { type: "button", class: "run", "data-run": index, "aria-pressed": String(index === left), title: `${runs[index].name}: ${run.word}`, onclick: () => go(to(scenario.id, index, right === index ? left : right)) }, runs[index].short, html("span", { class: `verdict ${run.verdict}` }, run.verdict === "passed" ? "" : ` ${run.word}`)));
    });
    const choose = html("select", { id: "beside", "aria-label": "Compare with", onchange: event => go(to(scenario.id, left, event.target.value === "" ? undefined : Number(event.target.value))) },
      html("option", { value: "" }, "compare with ..."));
    scenario.runs.forEach((run, index) => {
      if (run && index !== left) choose.append(html("option", { value: index, selected: index === right }, `compared with ${runs[index].short}`));
    });
    bar.append(choose);
  }
  for (const [key, text] of [["looks", "netlink's looks"], ["minor", "every call"]]) {
    bar.append(html("label", {}, html("input", { type: "checkbox", id: `show-${key}`, checked: shown[key], onchange: event => { shown[key] = event.target.checked; redraw(); $(`show-${key}`).focus(); } }), ` ${text}`));
  }
  return bar;
}

function redraw() {
  if (!current) return;
  render();
  showSegment(address().query.get("segment"), false);
}

/** What changed between the two that are shown, else between all; folded unless it is asked for or nothing explains it. */
function differences(scenario, sides) {
  const number = name => runs.findIndex(run => run.name === name);
  const between = step => number(step.before) >= Math.min(...sides) && number(step.after) <= Math.max(...sides);
  const steps = sides.length === 1 ? scenario.steps_between : scenario.steps_between.filter(between);
  if (!steps.length) return null;
  const unknown = steps.some(step => step.groups.some(group => !group.known));
  const short = name => runs[number(name)]?.short ?? name;
  const counts = steps.map(step => `${short(step.before)} → ${short(step.after)}: ${step.groups.reduce((sum, group) => sum + group.items.length, 0)}`);
  const box = html("details", { id: "differences", open: sides.length > 1 || unknown || shown.differences },
    html("summary", { onclick: () => { shown.differences = !box.open; } }, "What changed from kernel to kernel ", html("small", {}, counts.join(", "))));
  for (const step of steps) {
    for (const group of step.groups) {
      box.append(html("p", { class: `known ${group.known ? "" : "new"}` }, group.known ? `Known: ${group.known}` : "New: nothing explains this."));
      box.append(gridTable(["what", step.before, step.after], joinCounters(group.items)));
    }
  }
  return box;
}

/** Differences with all counters of a host in one row. */
function joinCounters(items) {
  const hosts = new Map(), rows = [];
  for (const [heading, before, after] of items) {
    const [, name, host] = /^counter, (\S+) of (\S+)$/.exec(heading) ?? [];
    if (!name) { rows.push([heading, before, after]); continue; }
    const row = hosts.get(host) ?? [`counters of ${host}`, [], []];
    if (!hosts.has(host)) { hosts.set(host, row); rows.push(row); }
    row[1].push(`${name} ${before}`);
    row[2].push(`${name} ${after}`);
  }
  return rows.map(row => row.map(cell => Array.isArray(cell) ? cell.join(", ") : cell));
}

function below(column, run) {
  if (run.measures.length) column.append(grid("Measured", ["what", "value", "tolerance"], run.measures));
  if (run.counters.length) column.append(grid("Counters that moved", ["host", "counters"], run.counters));
  if (run.checks.length) column.append(grid(`Expectations (${run.checks.length})`, ["met", "expected", "seen", "witnesses"], run.checks.map(([ok, ...rest]) => [ok > 0 ? "yes" : ok < 0 ? "unknown" : "NO", ...rest])));
}

function grid(title, heads, rows) { return html("details", {}, html("summary", {}, title), gridTable(heads, rows)); }

function gridTable(heads, rows) {
  return html("table", { class: "grid" },
    html("thead", {}, html("tr", {}, ...heads.map(head => html("th", { scope: "col", class: head === "met" ? "mark" : null }, head)))),
    html("tbody", {}, ...rows.map(row => html("tr", {}, ...row.map(text => html("td", {}, String(text)))))));
}

// Keys.

function step(by, wanted = () => true) {
  const visible = visibleRows();
  const focused = document.activeElement?.closest?.(".scenarios tbody tr") ?? table.find(row => row.classList.contains("current"));
  let place = visible.indexOf(focused);
  if (place < 0 && by < 0) place = visible.length;
  for (place += by; visible[place] && !wanted(visible[place]); place += by);
  const next = visible[place];
  if (!next) return;
  if (current) go(to(next.dataset.id, current.left, current.right));
  else next.querySelector("th a").focus();
}

const isBad = row => ["failed", "error"].includes(row.dataset.group);

function turn(by) {
  if (!current) return;
  const there = current.scenario.runs.map((run, index) => run ? index : -1).filter(index => index >= 0);
  const next = there[there.indexOf(current.left) + by];
  if (next !== undefined) go(to(current.id, next, next === current.right ? current.left : current.right));
}

function toggleComparison() {
  if (!current) return;
  const others = current.scenario.runs.map((run, index) => run ? index : -1).filter(index => index >= 0 && index !== current.left);
  if (others.length) go(to(current.id, current.left, current.right === undefined ? others.find(index => index > current.left) ?? others[others.length - 1] : undefined));
}

function reachSegments() { document.querySelector('svg.ladder [data-segment][tabindex="0"]')?.focus(); }

function back() {
  if ($("segment")) { $("segment").closePanel(); return; }
  if (!current) return;
  const { id } = current;
  go(to());
  table.find(row => row.dataset.id === id)?.querySelector("th a").focus();
}

listenToKeys([
  ["Scenarios", [
    [["/"], "filter", () => { if (current && innerWidth < 1100) go(to()); $("words").focus(); }],
    [["j"], "next", () => step(1)], [["k"], "previous", () => step(-1)],
    [["n"], "next that failed or is in error", () => step(1, isBad)], [["p"], "previous that failed or is in error", () => step(-1, isBad)],
    [["Enter"], "open"], [["Esc"], "close the segment, then the scenario"]]],
  ["One scenario", [
    [["["], "previous kernel", () => turn(-1)], [["]"], "next kernel", () => turn(1)], [["c"], "compare two kernels, or one alone", toggleComparison],
    [["s"], "go to the segments", reachSegments], [["↑", "↓"], "previous and next segment"], [["Enter"], "headers and bytes of the segment"]]],
  ["Page", [[["t"], "light or dark", toggleTheme], [["?"], "this sheet"]]],
], back);

addEventListener("hashchange", () => { if (location.hash !== shownAddress) show(); });
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; redraw(); } });
show();
