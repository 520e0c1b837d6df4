// Filters the table and shows scenarios; the address (#id@run, #id@run..run) says what is shown.
const $ = id => document.getElementById(id);
const runs = JSON.parse($("runs").textContent);
const table = [...document.querySelectorAll("#scenarios tbody tr")];
const blocks = new Map([...document.querySelectorAll("script.scenario")].map(block => [block.dataset.id, block]));
const shown = { minor: false, looks: true, differences: false };
let current = null;

function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

// The table.

function filter() {
  const words = $("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [topic, verdict, paper] = ["topic", "verdict", "document"].map(id => $(id).value);
  const differs = $("differs")?.checked;
  let count = 0;
  for (const row of table) {
    const verdicts = row.dataset.verdicts.split(" ");
    const text = row.textContent.toLowerCase();
    const fits = words.every(word => text.includes(word)) && (!topic || row.dataset.topic === topic)
      && (!verdict || (verdict === "bad" ? verdicts.some(one => one === "failed" || one === "error") : verdicts.includes(verdict)))
      && (!paper || row.dataset.document === paper) && (!differs || "differs" in row.dataset);
    row.hidden = !fits;
    if (fits) count += 1;
  }
  $("count").textContent = count === table.length ? `${count} scenarios` : `${count} of ${table.length} scenarios`;
  $("none").hidden = count > 0;
}

function clearFilter() {
  for (const id of ["words", "topic", "verdict", "document"]) $(id).value = "";
  if ($("differs")) $("differs").checked = false;
  filter();
  $("words").focus();
}

// One scenario.

function address() {
  const [id, rest = ""] = decodeURIComponent(location.hash.slice(1)).split("@");
  const [first, second] = rest.split("..").map(text => text === "" ? NaN : Number(text));
  return { id, first, second };
}

function go(id, first, second) {
  location.hash = id ? `#${id}@${first}${second === undefined ? "" : `..${second}`}` : "";
}

function show() {
  const { id, first, second } = address();
  const block = blocks.get(id);
  const isNew = current?.id !== id;
  document.body.classList.toggle("open", Boolean(block));
  $("detail").hidden = !block;
  for (const row of table) row.classList.toggle("current", row.dataset.id === id);
  if (!block) { current = null; document.body.classList.remove("two"); return; }
  const scenario = JSON.parse(block.textContent);
  const has = run => Boolean(scenario.runs[run]);
  const worst = scenario.runs.findIndex(run => run && (run.verdict === "failed" || run.verdict === "error"));
  const left = has(first) ? first : worst >= 0 ? worst : scenario.runs.findIndex(Boolean);
  const right = has(second) && second !== left ? second : undefined;
  current = { id, scenario, left, right };
  render();
  if (isNew) {
    table.find(row => row.dataset.id === id)?.scrollIntoView({ block: "nearest" });
    $("detail").focus({ preventScroll: true });
    scrollTo(0, innerWidth >= 1100 ? Math.min(scrollY, $("detail").offsetTop) : 0);
  }
}

function render() {
  const { scenario, left, right } = current;
  const sides = right === undefined ? [left] : [left, right];
  document.body.classList.toggle("two", right !== undefined);
  const detail = $("detail");
  const top = [
    html("p", {}, html("a", { href: "#" }, "← all scenarios")),
    html("h2", {}, scenario.id, " ", html("small", {}, scenario.location)),
    words(scenario), toolbar(scenario, left, right), differences(scenario, sides),
  ];
  detail.replaceChildren(...top.filter(Boolean));
  const grid = html("div", { class: `sides ${right === undefined ? "" : "two"}` });
  detail.append(grid);
  const columns = sides.map(run => {
    const column = html("div", { class: "side", "data-run": run });
    grid.append(column);
    return column;
  });
  const fresh = right === undefined ? [] : compareLadders(scenario.runs[left].ladder, scenario.runs[right].ladder);
  sides.forEach((run, index) => fill(columns[index], scenario, run, fresh[index]));
}

function words(scenario) {
  const verdicts = { holds: "the document holds", differs: "true in spirit; the kernel does more", refuted: "refuted: the kernel does something else" };
  const badge = verdicts[scenario.document] ? html("span", { class: `badge ${scenario.document}` }, verdicts[scenario.document]) : null;
  const boxes = [html("div", {}, html("h3", {}, "What Linux does"), html("p", {}, scenario.claim), scenario.says ? null : badge)];
  if (scenario.says) boxes.push(html("div", {}, html("h3", {}, "What the document says"), html("p", {}, scenario.says), badge));
  boxes.push(html("div", {}, html("h3", {}, "Where it is written"), html("ul", {}, ...scenario.cites.map(cite => html("li", {}, cite)))));
  if (scenario.steps.length) boxes.push(html("div", {}, html("h3", {}, "What is done"), html("ol", {}, ...scenario.steps.map(step => html("li", {}, step)))));
  return html("div", { class: "words" }, ...boxes);
}

function toolbar(scenario, left, right) {
  const bar = html("div", { class: "toolbar", role: "toolbar", "aria-label": "What is shown" });
  scenario.runs.forEach((run, index) => {
    if (!run) return;
    bar.append(html("button", { type: "button", class: "run", "data-run": index, "aria-pressed": String(index === left), title: runs[index].name, onclick: () => go(scenario.id, index, right === index ? left : right) }, runs[index].short));
  });
  if (scenario.runs.filter(Boolean).length > 1) {
    const choose = html("select", { id: "beside", "aria-label": "Compare with", onchange: event => go(scenario.id, left, event.target.value === "" ? undefined : Number(event.target.value)) },
      html("option", { value: "" }, "compare with ..."));
    scenario.runs.forEach((run, index) => {
      if (run && index !== left) choose.append(html("option", { value: index, selected: index === right }, `compared with ${runs[index].short}`));
    });
    bar.append(choose);
  }
  for (const [key, text] of [["looks", "netlink's looks"], ["minor", "every call"]]) {
    bar.append(html("label", {}, html("input", { type: "checkbox", id: `show-${key}`, checked: shown[key], onchange: event => { shown[key] = event.target.checked; render(); $(`show-${key}`).focus(); } }), ` ${text}`));
  }
  return bar;
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
      box.append(html("table", { class: "grid" },
        html("thead", {}, html("tr", {}, html("th", {}, ""), html("th", {}, step.before), html("th", {}, step.after))),
        html("tbody", {}, ...group.items.map(item => html("tr", {}, ...item.map(text => html("td", {}, text)))))));
    }
  }
  return box;
}

function fill(column, scenario, index, fresh) {
  const run = scenario.runs[index];
  column.append(html("h3", {}, `Linux ${runs[index].name}: `, html("span", { class: `verdict ${run.verdict}` }, run.word),
    html("small", {}, `  ${run.took}, link ${run.link}${run.variant ? `, variant ${run.variant}` : ""}`)));
  if (run.attempts) column.append(html("p", {}, html("small", {}, run.attempts)));
  if (run.explain.length) {
    column.append(html("dl", { class: "explain" }, ...run.explain.flatMap(([name, text]) => [html("dt", {}, name), html("dd", {}, text)])));
  }
  const paths = new Map();
  for (const [host, name, spans] of run.ladder.bars) {
    const path = `${"AB"[host]} ${name}: ${spans.map(span => span[3] ? `(${span[0]})` : span[0]).join(" → ")}`;
    paths.set(path, (paths.get(path) ?? 0) + 1);
  }
  column.append(html("ul", { class: "paths" }, ...[...paths].map(([path, count]) => html("li", {}, count > 1 ? `${path}  (${count} times)` : path))));
  const scroll = html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Ladder diagram" });
  column.append(scroll);
  scroll.append(drawLadder(run.ladder, Math.max(scroll.clientWidth - 2, current.right === undefined ? 640 : 500), { ...shown, fresh }));
  const states = new Set(run.ladder.bars.flatMap(bar => bar[2].map(span => span[0])));
  column.append(html("div", { class: "legend" }, ...[...states].map(state => html("span", {}, html("i", { style: `background: var(--${state}, var(--CLOSE))` }), state)),
    html("span", {}, "■ held by the wire"), html("span", {}, "✕ lost"), html("span", {}, "◆ forged"), html("span", {}, "┇ kernel timer"), html("span", {}, "faded bar: seen by netlink alone")));
  if (run.measures.length) {
    column.append(grid("Measured", ["", "value", "tolerance"], run.measures));
  }
  if (run.counters.length) column.append(grid("Counters that moved", ["host", "counters"], run.counters));
  column.append(grid(`Expectations (${run.checks.length})`, ["", "expected", "seen", "witnesses"], run.checks.map(([ok, ...rest]) => [ok > 0 ? "✓" : ok < 0 ? "?" : "✗", ...rest])));
}

function grid(title, heads, rows) {
  return html("details", {}, html("summary", {}, title), html("table", { class: "grid" },
    html("thead", {}, html("tr", {}, ...heads.map((head, index) => html("th", { class: head === "" && index === 0 ? "mark" : null }, head)))),
    html("tbody", {}, ...rows.map(row => html("tr", {}, ...row.map(text => html("td", {}, String(text))))))));
}

// Keys.

function step(by) {
  const visible = table.filter(row => !row.hidden);
  if (!visible.length) return;
  const focused = document.activeElement?.closest?.("#scenarios tbody tr") ?? table.find(row => row.classList.contains("current"));
  const place = visible.indexOf(focused);
  const next = visible[place < 0 ? (by > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, place + by))];
  if (current) go(next.dataset.id, current.left, current.right);
  else next.querySelector("th a").focus();
}

function turn(by) {
  if (!current) return;
  const there = current.scenario.runs.map((run, index) => run ? index : -1).filter(index => index >= 0);
  const next = there[there.indexOf(current.left) + by];
  if (next !== undefined) go(current.id, next, next === current.right ? current.left : current.right);
}

function toggleComparison() {
  if (!current) return;
  const others = current.scenario.runs.map((run, index) => run ? index : -1).filter(index => index >= 0 && index !== current.left);
  if (others.length) go(current.id, current.left, current.right === undefined ? others.find(index => index > current.left) ?? others[others.length - 1] : undefined);
}

function toggleTheme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName) && event.target.type !== "checkbox";
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else if (current) { const { id } = current; go(); table.find(row => row.dataset.id === id)?.querySelector("th a").focus(); }
    return;
  }
  if (typing) return;
  const actions = { "/": () => { if (current && innerWidth < 1100) go(); $("words").focus(); }, j: () => step(1), k: () => step(-1), "[": () => turn(-1), "]": () => turn(1), c: toggleComparison, t: toggleTheme };
  if (!actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
});

$("filter").addEventListener("input", filter);
$("filter").addEventListener("submit", event => event.preventDefault());
$("clear").addEventListener("click", clearFilter);
$("theme").addEventListener("click", toggleTheme);
addEventListener("hashchange", show);
let width = innerWidth;
addEventListener("resize", () => { if (current && innerWidth !== width) { width = innerWidth; render(); } });
filter();
show();
